import { copyFileSync } from 'node:fs';
import {
  type BaseSessionService,
  createEvent,
  createEventActions,
  type Session,
} from '@google/adk';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { SessionService } from '@holdfast/session';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type AdkDatabaseFile,
  closeAdkDatabase,
  useAdkDatabases,
} from '../adk-database.fixture.ts';
import { jsonOf } from '../comparable.fixture.ts';
import { HoldfastSessionService } from '../holdfast-session-service.ts';
import { text } from '../scripted-model.fixture.ts';
import { lastText, openShop, takeTurn } from '../shop.fixture.ts';
import { describeStores } from '../stores.fixture.ts';
import type { AdkDatabase } from './adk-database.ts';
import { openSource } from './adk-tables.fixture.ts';
import { failingAfter, refusingAfter } from './failing.fixture.ts';
import { importAdkDatabase } from './import-adk-database.ts';

const appName = 'shop';

/** Conversations of two users, and of another app, as ADK itself stores them. */
async function fill({ file, service }: AdkDatabaseFile) {
  const { runner } = openShop(service);
  for (const [userId, name] of [
    ['ada', 'Ada'],
    ['bob', 'Bob'],
  ] as const) {
    for (const sessionId of ['one', 'two']) {
      const state = { 'user:name': name, 'app:currency': 'EUR', cart: ['pen'], theme: 'dark' };
      await service.createSession({ appName, userId, sessionId, state });
      for (const words of ['add book', 'help', 'back', 'order desk', 'close']) {
        await takeTurn({ runner, userId, sessionId, parts: [text(words)] });
      }
    }
  }
  await service.createSession({ appName: 'other', userId: 'ada', state: { 'app:x': 1 } });
  const sessions = await read(service);
  await closeAdkDatabase(service);
  return { sessions, file };
}

async function read(service: BaseSessionService): Promise<Session[]> {
  const { sessions } = await service.listSessions({ appName });
  const all = sessions.map(({ userId, id }) =>
    service.getSession({ appName, userId, sessionId: id }),
  );
  const order = ({ userId, id }: Session) => `${userId} ${id}`;
  return (await Promise.all(all))
    .filter((session) => session !== undefined)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** ADK's store gives events of one millisecond in another order than they came. */
function expectSame(found: readonly Session[], expected: readonly Session[]) {
  expect(found.map(({ userId, id }) => [userId, id])).toEqual(
    expected.map(({ userId, id }) => [userId, id]),
  );
  expect(found.map(({ state }) => state)).toEqual(expected.map(({ state }) => state));
  for (const [i, { events }] of found.entries()) {
    expect(jsonOf(events).sort()).toEqual(jsonOf(expected[i]?.events ?? []).sort());
    expect(events.map(({ timestamp }) => timestamp)).toEqual(
      events.map(({ timestamp }) => timestamp).sort((a, b) => a - b),
    );
  }
}

describe('an ADK database', () => {
  const openDatabase = useAdkDatabases();
  let filled: Awaited<ReturnType<typeof fill>>;
  beforeAll(async () => {
    filled = await fill(openDatabase());
  });

  let copies = 0;
  /** A copy of the database. */
  function openCopy() {
    const file = `${filled.file}-${copies++}`;
    copyFileSync(filled.file, file);
    return { sessions: filled.sessions, source: openSource(file) };
  }

  describeStores((open) => {
    it('is imported, and the runner goes on with it', async () => {
      const { sessions, source } = openCopy();
      const store = await open();
      const report = await importAdkDatabase({ database: source, service: store, appName });
      const events = sessions.reduce((sum, session) => sum + session.events.length, 0);
      expect(report).toEqual({
        appName,
        sessions: 4,
        events,
        users: 2,
        corrected: 0,
        refused: 0,
        skipped: 0,
        changed: 0,
        bigIntegers: 0,
        bytes: 0,
        partial: 0,
        rows: [],
        written: { sessions: 4, events },
      });
      const service = new HoldfastSessionService(store);
      expectSame(await read(service), sessions);
      expect(await store.getState({ scope: 'app', appName: 'other' })).toEqual({});

      const key = { appName, userId: 'ada', sessionId: 'one' };
      const asked = (await service.getSession(key))?.events
        .flatMap((event) => event.content?.parts ?? [])
        .findLast((part) => part.functionCall?.name === 'adk_request_confirmation');
      const { runner } = openShop(service);
      const answer = {
        id: asked?.functionCall?.id ?? '',
        name: 'adk_request_confirmation',
        response: { confirmed: true },
      };
      const turn = { runner, sessionId: 'one', parts: [{ functionResponse: answer }] };
      expect(lastText(await takeTurn(turn))).toBe('done: {"closed":true}');
      expect((await service.getSession(key))?.state).toMatchObject({ closed: true, theme: 'dark' });
    });
  });

  it('that was imported is not imported again, whatever has happened since', async () => {
    const { source } = openCopy();
    const service = new InMemorySessionService();
    const request = { database: source, service, appName };
    const first = await importAdkDatabase(request);
    await service.updateState({ scope: 'app', appName, set: { currency: 'USD' } });
    const key = { appName, userId: 'ada', sessionId: 'one' };
    await service.appendEvent({ ...key, event: { id: 'later' } });
    const before = JSON.stringify(await service.get(key));

    const second = await importAdkDatabase(request);
    expect(second).toEqual({ ...first, written: { sessions: 0, events: 0 } });
    expect(JSON.stringify(await service.get(key))).toBe(before);
    expect((await service.getState({ scope: 'app', appName }))['currency']).toBe('USD');
  });

  it('goes on where an import stopped, and nothing is there twice', async () => {
    const { sessions, source } = openCopy();
    const whole = new InMemorySessionService();
    await importAdkDatabase({ database: source, service: whole, appName });

    const service = new InMemorySessionService();
    const limits = { pageSize: 3 };
    let runs = 0;
    for (let calls = 3; ; calls += 3) {
      const database = failingAfter(source, calls);
      runs++;
      try {
        const report = await importAdkDatabase({ database, service, appName, ...limits });
        const events = sessions.reduce((sum, session) => sum + session.events.length, 0);
        expect(report).toMatchObject({ sessions: 4, events });
        expect(report.written.events).toBeLessThan(events);
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: 'unavailable', cause: { message: 'gone' } });
      }
    }
    expect(runs).toBeGreaterThan(5);
    expectSame(await read(new HoldfastSessionService(service)), sessions);
    for (const scope of ['ada', 'bob']) {
      const whose = { scope: 'user', appName, userId: scope } as const;
      expect(await service.getState(whose)).toEqual(await whole.getState(whose));
    }
  });

  it('goes on where a write has failed', async () => {
    const { sessions, source } = openCopy();
    const store = new InMemorySessionService();
    for (let writes = 1; writes < 60; writes += 7) {
      const service = refusingAfter(store, writes);
      const run = importAdkDatabase({ database: source, service, appName, pageSize: 4 });
      if (
        await run.then(
          () => true,
          () => false,
        )
      )
        break;
    }
    await importAdkDatabase({ database: source, service: store, appName, pageSize: 5 });
    expectSame(await read(new HoldfastSessionService(store)), sessions);
  });

  it('goes into an app of another name', async () => {
    const { sessions, source } = openCopy();
    const service = new InMemorySessionService();
    await service.create({ appName, userId: 'ada' });
    const request = { database: source, service, appName, toAppName: 'moved' };
    expect(await importAdkDatabase(request)).toMatchObject({ appName: 'moved', sessions: 4 });
    const { total } = await service.list({ appName: 'moved', allUsers: true, includeTotal: true });
    expect(total).toBe(sessions.length);
  });

  it('names what ADK itself has stored, and a service does not take', async () => {
    const { file, service: adk } = openDatabase();
    const state = { 'k ': 1, kept: 1, 'user:name ': 'Eve', 'app:': 1 };
    await adk.createSession({ appName, userId: 'eve', sessionId: 'one', state });
    const session = await adk.createSession({ appName, userId: ' eve', sessionId: 'two' });
    const event = createEvent({ author: 'user', actions: createEventActions() });
    await adk.appendEvent({ session, event });
    await closeAdkDatabase(adk);

    const service = new InMemorySessionService();
    const request = { database: openSource(file), service, appName };
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(report).toMatchObject({ sessions: 1, events: 0, skipped: 6 });
    expect(report.rows.map(({ table, path }) => `${table} ${path}`).sort()).toEqual([
      'app_states state[""]',
      'events undefined',
      'sessions state["k "]',
      'sessions user_id',
      'user_states state["name "]',
      'user_states user_id',
    ]);
    const key = { appName, userId: 'eve', sessionId: 'one' };
    expect((await service.get(key))?.state.toJSON()).toEqual({ kept: 1 });
  });

  it('keeps the order of lists', async () => {
    const { source } = openCopy();
    // Two of them in one millisecond.
    const update = source.database.prepare(
      'UPDATE sessions SET update_time = ? WHERE user_id = ? AND id = ?',
    );
    update.run(4000, 'ada', 'one');
    update.run(1000, 'ada', 'two');
    update.run(2000, 'bob', 'one');
    update.run(2000, 'bob', 'two');
    for (const pageSize of [1, 2, 3, 200]) {
      let time = 10_000_000_000_000;
      const service = new InMemorySessionService({ now: () => time++ });
      await importAdkDatabase({ database: source, service, appName, pageSize });
      const page = await service.list({ appName, allUsers: true, order: 'asc' });
      expect(page.sessions.map(({ userId, id }) => `${userId} ${id}`)).toEqual([
        'ada two',
        'bob one',
        'bob two',
        'ada one',
      ]);
    }
  });

  it.each<[string, (service: SessionService) => Promise<unknown>]>([
    ['a session', (service) => service.create({ appName, userId: 'eve' })],
    ['state', (service) => service.updateState({ scope: 'app', appName, set: { a: 1 } })],
    [
      'the state of a user',
      (service) => service.updateState({ scope: 'user', appName, userId: 'bob', set: { a: 1 } }),
    ],
    [
      'an import of another app',
      (service) =>
        importAdkDatabase({
          database: openCopy().source,
          service,
          appName: 'other',
          toAppName: appName,
        }),
    ],
  ])('is refused by an app that has %s, before anything is written', async (_, prepare) => {
    const { source } = openCopy();
    const service = new InMemorySessionService();
    await prepare(service);
    const shared = { scope: 'app', appName } as const;
    const list = { appName, allUsers: true, includeTotal: true } as const;
    const stateBefore = await service.getState(shared);
    const listBefore = await service.list(list);
    await expect(importAdkDatabase({ database: source, service, appName })).rejects.toMatchObject({
      code: 'already_exists',
      path: 'toAppName',
    });
    expect(await service.getState(shared)).toEqual(stateBefore);
    expect((await service.list(list)).total).toBe(listBefore.total);
  });

  it('stops at a session that was changed between two runs', async () => {
    const { source } = openCopy();
    const service = new InMemorySessionService();
    const request = { database: source, appName, pageSize: 3 };
    const failing = refusingAfter(service, 4);
    await importAdkDatabase({ service: failing, ...request }).catch(() => {});
    const { sessions } = await service.list({ appName, allUsers: true });
    const key = sessions.at(-1)?.key ?? { appName, userId: '', sessionId: '' };
    await service.appendEvent({ ...key, event: { id: 'someone else' } });
    await expect(importAdkDatabase({ service, ...request })).rejects.toMatchObject({
      code: 'conflict',
      key,
    });
  });

  it.each([
    ['appName', { appName: '' }],
    ['toAppName', { toAppName: ' ' }],
    ['pageSize', { pageSize: 0 }],
    ['database.dialect', { database: { dialect: 'oracle' as 'sqlite', query: () => [] } }],
  ])('is not read where %s is wrong', async (path, wrong) => {
    const service = new InMemorySessionService();
    const database: AdkDatabase = {
      dialect: 'sqlite',
      query: () => {
        throw new Error('was read');
      },
    };
    await expect(importAdkDatabase({ database, service, appName, ...wrong })).rejects.toMatchObject(
      { code: 'invalid_argument', path },
    );
  });
});
