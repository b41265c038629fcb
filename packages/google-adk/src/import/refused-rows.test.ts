import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, it } from 'vitest';
import { importAdkDatabase } from './import-adk-database.ts';
import { createPythonTables } from './python-tables.fixture.ts';
import { kindsIn, notesOf, type RefusedKind } from './refused-rows.fixture.ts';
import { describeSources, type Source } from './sources.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const data = '{"author": "user", "timestamp": 1767322246.5}';

/** A database with every kind of row that is refused, and rows beside them that are not. */
async function fill(source: Source) {
  const tables = await createPythonTables(source);
  await tables.session('ada', 'one', { state: '{"kept": 1}' });
  await tables.event({ id: 'good', data });
  for (const { insert } of kindsIn(source.dialect)) await insert(tables);
  await tables.event({ id: 'of-user-event', userId: ' eve', sessionId: 'of-user', data });
  await tables.event({ id: 'lost', userId: 'ada', sessionId: 'deleted', data });
  return kindsIn(source.dialect);
}

describeSources(['sqlite', 'postgres', 'mysql'], (open) => {
  it('a database with every kind of refused row is imported whole, and each is named', async () => {
    const source = await open();
    const kinds = await fill(source);
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app', pageSize: 7 };
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });

    for (const kind of kinds) {
      expect(notesOf(kind, report.rows), kind.title).toEqual([noteOf(kind, 'skipped')]);
    }
    // The events whose sessions are left out, or do not exist.
    const others = report.rows.filter(
      ({ key }) => key['id'] === 'lost' || key['user_id'] === ' eve',
    );
    expect(others).toMatchObject([
      { table: 'sessions', path: 'user_id' },
      { table: 'events', key: { id: 'of-user-event' }, reason: 'its session is left out' },
      { table: 'events', key: { id: 'lost' }, reason: 'its session does not exist' },
    ]);
    expect(report.rows.length).toBe(kinds.length + 2);
    expect(report).toMatchObject({ refused: 0, changed: 0, skipped: kinds.length + 2 });

    const session = await service.get(key);
    const ids = session?.events.map(({ id }) => id) ?? [];
    expect(ids).toContain('good');
    // A key that is not valid is left out of an event, and the event stays.
    const withKeys = kinds.filter(({ path }) => String(path).startsWith('actions.stateDelta'));
    for (const kind of withKeys) expect(ids).toContain(kind.key['id']);
    expect(ids.length).toBe(1 + withKeys.length);
    expect(session?.state.toJSON()).toEqual({ kept: 1, 'app:kept': 1 });
    for (const { table, key: row, path } of kinds) {
      if (!String(path).startsWith('state[')) continue;
      if (table === 'user_states') {
        const userId = row['user_id'] ?? '';
        const state = await service.getState({ scope: 'user', appName: 'app', userId });
        expect(state).toEqual({ kept: 1 });
      }
      if (table === 'sessions') {
        const other = { appName: 'app', userId: 'ida', sessionId: row['id'] ?? '' };
        expect((await service.get(other))?.state.get('kept')).toBe(1);
      }
    }
  });

  it('a dry run lists every row that is in the way, and writes nothing', async () => {
    const source = await open();
    const kinds = await fill(source);
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app', dryRun: true };
    const report = await importAdkDatabase(request);
    for (const kind of kinds) {
      expect(notesOf(kind, report.rows), kind.title).toEqual([noteOf(kind, 'refused')]);
    }
    expect(report).toMatchObject({ refused: kinds.length, written: { sessions: 0, events: 0 } });
    await expectNothing(service);

    const skipping = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(skipping).toMatchObject({ refused: 0, skipped: kinds.length + 2 });
    const written = await importAdkDatabase({ ...request, dryRun: false, onRefused: 'skip' });
    expect(written).toEqual({ ...skipping, written: written.written });
  });

  it('an import stops before it has written anything, and goes on when it may skip', async () => {
    const source = await open();
    const kinds = await fill(source);
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app' };
    await expect(importAdkDatabase(request)).rejects.toMatchObject({
      message: expect.stringContaining(`${kinds.length} rows or parts of rows`),
    });
    await expectNothing(service);
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(report.skipped).toBe(kinds.length + 2);
  });
});

function noteOf({ table, path, reason }: RefusedKind, outcome: string): object {
  return {
    table,
    key: expect.any(Object),
    path: typeof path === 'string' ? path : expect.stringMatching(path),
    reason: expect.stringMatching(reason),
    outcome,
  };
}

async function expectNothing(service: InMemorySessionService): Promise<void> {
  const { sessions } = await service.list({ appName: 'app', allUsers: true });
  expect(sessions).toEqual([]);
  const mark = { scope: 'user', appName: 'app', userId: 'holdfast-adk-import' } as const;
  expect(await service.getState(mark)).toEqual({});
}
