import { join } from 'node:path';
import type { SessionService } from '@holdfast/session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { observe, openDatabase, type Statement, tempFolder } from './test-database.fixture.ts';

const key = { appName: 'app', userId: 'user', sessionId: 'long' };
const EVENTS = 10_000;
const folder = tempFolder();

interface World {
  readonly service: SqliteSessionService;
  /** Another connection: with libsql, the plan of a write leaves a statement in progress. */
  readonly explainer: SqliteDatabase;
  readonly statements: Statement[];
}

/** A long session among others, once the database has learnt what `analyzed` says. */
async function createWorld(analyzed: 'never' | 'empty' | 'small'): Promise<World> {
  const file = join(folder, `${analyzed}.db`);
  const database = await openDatabase(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  const statements: Statement[] = [];
  const client = observe(database, (statement) => statements.push(statement));
  const service = new SqliteSessionService({ client, closeClient: true });
  await service.migrate();
  if (analyzed === 'empty') database.exec('ANALYZE');
  for (let i = 0; i < 200; i++) {
    const userId = i % 2 === 0 ? 'user' : `user-${i}`;
    const labels = { kind: 'chat', ...(i === 0 && { status: 'open' }) };
    await service.create({ appName: 'app', userId, sessionId: `s-${i}`, state: { a: 1 }, labels });
  }
  await service.create(key);
  if (analyzed === 'small') database.exec('ANALYZE');
  for (let first = 0; first < EVENTS; first += 1000) {
    const events = Array.from({ length: 1000 }, (_, i) => ({ timestamp: 1000 + first + i }));
    await service.appendEvents({ ...key, events });
  }
  return { service, explainer: await openDatabase(file), statements };
}

/** The plan of each statement that a call issues. */
async function plansOf(world: World, call: (service: SessionService) => Promise<unknown>) {
  world.statements.length = 0;
  await call(world.service);
  const issued = [...world.statements];
  return issued.map(({ text, values }) => {
    const rows = world.explainer.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
    return (rows as readonly { detail: string }[]).map(({ detail }) => detail);
  });
}

/** One statement, which finds its way by indexes, and sorts nothing. */
async function onlyPlanOf(world: World, call: (service: SessionService) => Promise<unknown>) {
  const plans = await plansOf(world, call);
  expect(plans).toHaveLength(1);
  const [plan = []] = plans;
  for (const detail of plan) {
    expect(detail).not.toContain('TEMP B-TREE');
    expect(detail).not.toMatch(/SCAN main\.holdfast_/);
  }
  return plan;
}

describe.each(['never', 'empty', 'small'] as const)('analyzed: %s', (analyzed) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(analyzed);
  });
  afterAll(async () => {
    await world.service.close();
    world.explainer.close();
  });

  it('reads the last events of a long session as a range of the key', async () => {
    const plan = await onlyPlanOf(world, (service) => service.get({ ...key, numRecentEvents: 20 }));
    expect(plan).toContainEqual(
      expect.stringMatching(
        // That of the primary key, in whose order the last ones stand together.
        /^SEARCH main\.holdfast_events USING INDEX sqlite_autoindex_holdfast_events_1 \(app_name=\? AND user_id=\? AND session_id=\?/,
      ),
    );
  });

  it('reads the events after a time by their time', async () => {
    const plan = await onlyPlanOf(world, (service) =>
      service.get({ ...key, afterTimestamp: 1000 + EVENTS - 5 }),
    );
    expect(plan).toContainEqual(
      expect.stringMatching(
        /^SEARCH main\.holdfast_events USING INDEX holdfast_events_by_time \(.* AND timestamp>\?\)/,
      ),
    );
  });

  it.each(['asc', 'desc'] as const)('reads a page of events in order: %s', async (order) => {
    const request = { ...key, afterSeq: 5000, limit: 20, order };
    const plan = await onlyPlanOf(world, (service) => service.listEvents(request));
    expect(plan).toContainEqual(
      expect.stringMatching(
        /^SEARCH main\.holdfast_events USING INDEX sqlite_autoindex.* AND seq[<>]\?/,
      ),
    );
  });

  for (const order of ['asc', 'desc'] as const) {
    it(`reads a page of one user's sessions by their time: ${order}`, async () => {
      const request = { appName: 'app', userId: 'user', order, limit: 10 };
      const { nextCursor: cursor } = await world.service.list(request);
      for (const page of [request, { ...request, cursor }]) {
        const plan = await onlyPlanOf(world, (service) => service.list(page));
        expect(plan).toContainEqual(
          expect.stringMatching(
            /^SEARCH main\.holdfast_sessions USING (COVERING )?INDEX holdfast_sessions_by_user \(app_name=\? AND user_id=\?/,
          ),
        );
      }
    });

    it(`reads a page of all users' sessions by their time: ${order}`, async () => {
      const request = { appName: 'app', allUsers: true, order, limit: 10 } as const;
      const { nextCursor: cursor } = await world.service.list(request);
      for (const page of [request, { ...request, cursor }]) {
        const plan = await onlyPlanOf(world, (service) => service.list(page));
        expect(plan).toContainEqual(
          expect.stringMatching(
            /^SEARCH main\.holdfast_sessions USING (COVERING )?INDEX holdfast_sessions_by_time \(app_name=\?/,
          ),
        );
      }
    });
  }

  it.each([
    ['one label', { status: 'open' }],
    ['two labels', { status: 'open', kind: 'chat' }],
  ])('walks the sessions that have %s, and looks the rest up', async (_, labels) => {
    const request = { appName: 'app', userId: 'user', includeTotal: true, labels };
    const [plan = []] = await plansOf(world, (service) => service.list(request));
    for (const detail of plan)
      expect(detail).not.toMatch(/SCAN (first|other|main\.holdfast_\w+)\b/);
    expect(plan).toContainEqual(
      expect.stringMatching(
        /^SEARCH first USING COVERING INDEX holdfast_labels_by_value \(app_name=\? AND user_id=\? AND name=\? AND value=\?\)/,
      ),
    );
    const sessions = plan.filter((detail) => detail.startsWith('SEARCH main.holdfast_sessions'));
    expect(sessions).toHaveLength(2);
    for (const detail of sessions)
      expect(detail).toMatch(/app_name=\? AND user_id=\? AND session_id=\?/);
    const others = plan.filter((detail) => detail.startsWith('SEARCH other'));
    for (const detail of others)
      expect(detail).toMatch(/app_name=\? AND user_id=\? AND .*session_id=\?/);
  });

  it('reads the active events as a range of the key', async () => {
    const plan = await onlyPlanOf(world, (service) => service.get({ ...key, active: true }));
    expect(plan).toContainEqual(
      expect.stringMatching(
        /^SEARCH main\.holdfast_events USING INDEX sqlite_autoindex.* AND seq>\? AND seq<\?\)/,
      ),
    );
  });

  it('finds expired sessions by their index, the oldest first', async () => {
    const sweep = { appName: 'app', allUsers: true } as const;
    const expired =
      /^SEARCH main\.holdfast_sessions USING COVERING INDEX holdfast_sessions_by_expiry \(app_name=\? AND expire_time<\?\)/;
    const plan = await onlyPlanOf(world, (service) => service.sweep(sweep));
    expect(plan).toContainEqual(expect.stringMatching(expired));
    const both = await onlyPlanOf(world, (service) => service.sweep({ ...sweep, idleFor: 8e15 }));
    expect(both).toContainEqual(expect.stringMatching(expired));
    expect(both).toContainEqual(expect.stringMatching(/holdfast_sessions_by_time \(app_name=\?\)/));
  });

  it('counts the sessions of all users by indexes', async () => {
    const request = { appName: 'app', allUsers: true, includeTotal: true, limit: 1 } as const;
    const plan = await onlyPlanOf(world, (service) => service.list(request));
    const counts = plan.filter((detail) => detail.includes('USING COVERING INDEX'));
    expect(counts).toHaveLength(2);
  });

  it('begins a later page where the cursor is', async () => {
    const request = { appName: 'app', userId: 'user', limit: 10 };
    const { nextCursor: cursor } = await world.service.list(request);
    const plan = await onlyPlanOf(world, (service) => service.list({ ...request, cursor }));
    expect(plan).toContainEqual(expect.stringMatching(/last_update_time/));
  });

  it('reads the state of a page by its key, and scans no table', async () => {
    const request = { appName: 'app', allUsers: true, includeState: true, limit: 10 } as const;
    const [plan = []] = await plansOf(world, (service) => service.list(request));
    for (const detail of plan) expect(detail).not.toMatch(/SCAN (s|state|main\.holdfast_\w+)\b/);
  });

  it.each([
    ['an append', (service: SessionService) => service.appendEvent({ ...key, event: {} })],
    [
      'a refused append',
      (service: SessionService) =>
        service.appendEvent({ ...key, event: {}, expectedRevision: 1 }).catch(() => undefined),
    ],
    [
      'a delete',
      (service: SessionService) => service.delete({ ...key, userId: 'user', sessionId: 's-0' }),
    ],
    [
      'the state of a user',
      (service: SessionService) =>
        service.getState({ scope: 'user', appName: 'app', userId: 'user' }),
    ],
  ])('scans no table for %s', async (_, call) => {
    for (const plan of await plansOf(world, call)) {
      for (const detail of plan) {
        expect(detail).not.toMatch(/SCAN main\.holdfast_/);
        expect(detail).not.toContain('TEMP B-TREE');
      }
    }
  });
});
