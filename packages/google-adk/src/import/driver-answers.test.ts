import { HoldfastError } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { type SessionService, wrapSessionService } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import type { AdkDatabase, AdkDatabaseRow } from './adk-database.ts';
import { importAdkDatabase } from './import-adk-database.ts';
import { createPythonTables } from './python-tables.fixture.ts';
import { describeSources, type Source } from './sources.fixture.ts';

async function fill(source: Source) {
  const tables = await createPythonTables(source);
  await tables.app('{"a": 1}');
  await tables.user('ada', '{"name": "Ada"}');
  await tables.session('ada', 'one', { state: '{"n": 1}' });
  await tables.event({ id: 'e', data: '{"author": "agent", "timestamp": 1767322245.25}' });
  return source.database;
}

function renamed(row: AdkDatabaseRow): AdkDatabaseRow {
  const name = (key: string) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [name(key), value]));
}

function refuse(): never {
  throw new HoldfastError('unsupported', { message: 'is read only' });
}

function readOnly(service: SessionService): SessionService {
  return wrapSessionService(service, {
    create: refuse,
    getOrCreate: refuse,
    appendEvent: refuse,
    appendEvents: refuse,
    updateState: refuse,
    delete: refuse,
  });
}

describeSources(['sqlite', 'postgres', 'mysql'], (open) => {
  it('a driver that renames columns is refused before anything is written', async () => {
    const database = await fill(await open());
    const query: AdkDatabase['query'] = async (sql, params) =>
      (await database.query(sql, params)).map(renamed);
    const service = new InMemorySessionService();
    const request = { service, appName: 'app', onRefused: 'skip' } as const;
    const camel = importAdkDatabase({ ...request, database: { ...database, query } });
    await expect(camel).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'database.query',
      message: expect.stringContaining('without the column app_name'),
    });
    // The app has no mark, so that an import from another one may still begin.
    const report = await importAdkDatabase({ ...request, database });
    expect(report).toMatchObject({ sessions: 1, events: 1, written: { sessions: 1 } });
  });

  it('a dry run needs nothing that writes', async () => {
    const database = await fill(await open());
    const service = readOnly(new InMemorySessionService());
    const report = await importAdkDatabase({ database, service, appName: 'app', dryRun: true });
    expect(report).toMatchObject({ sessions: 1, events: 1, users: 1, refused: 0 });
  });
});

describe('a database that is not one', () => {
  const run = (database: unknown) =>
    importAdkDatabase({
      database: database as AdkDatabase,
      service: new InMemorySessionService(),
      appName: 'app',
    });

  it.each([
    ['nothing', undefined, 'database'],
    ['no query', { dialect: 'sqlite' }, 'database.query'],
    ['a query that answers nothing', { dialect: 'sqlite', query: () => {} }, 'database.query'],
    ['a query without rows', { dialect: 'sqlite', query: () => [] }, 'database.query'],
    ['rows that are lists', { dialect: 'sqlite', query: () => [['app']] }, 'database.query'],
    ['rows that are texts', { dialect: 'sqlite', query: () => ['app'] }, 'database.query'],
  ])('%s is refused by name', async (_, database, path) => {
    await expect(run(database)).rejects.toMatchObject({ code: 'invalid_argument', path });
  });
});
