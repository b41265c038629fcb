import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import {
  drivers,
  hasAllDrivers,
  isBun,
  openDatabase,
  tempFolder,
} from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

async function serviceOn(client: SqliteDatabase): Promise<SqliteSessionService> {
  const service = new SqliteSessionService({ client });
  await service.migrate();
  await service.getOrCreate(key);
  return service;
}

describe.each(drivers)('a database that its owner uses, too, by %s', (driver) => {
  const name = driver.replace(':', '-');

  it('refuses to read or write within its transaction, which stays whole', async () => {
    const database = await openDatabase(':memory:', driver);
    database.exec('CREATE TABLE own (a INTEGER)');
    const service = await serviceOn(database);
    database.exec('BEGIN');
    database.exec('INSERT INTO own VALUES (1)');
    for (const call of [
      () => service.appendEvent({ ...key, event: {} }),
      () => service.delete(key),
      () => service.get(key),
      () => service.list({ appName: 'app', userId: 'user' }),
      () => service.migrate(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'unsupported',
        retryable: false,
        message: expect.stringContaining('transaction of somebody else'),
      });
    }
    database.exec('INSERT INTO own VALUES (2)');
    database.exec('COMMIT');
    expect(database.prepare('SELECT a FROM own').all()).toHaveLength(2);
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    await service.close();
    database.close();
  });

  it('goes on, or refuses to, within a query that gives its rows one by one', async () => {
    const database = await openDatabase(':memory:', driver);
    const service = await serviceOn(database);
    const rows = (
      database.prepare('VALUES (1), (2)') as unknown as { iterate(): Iterable<unknown> }
    ).iterate();
    for (const _ of rows) {
      const append = service.appendEvent({ ...key, event: {} });
      if (driver !== 'better-sqlite3') await append;
      else await expect(append).rejects.toMatchObject({ code: 'unsupported', retryable: false });
    }
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({
      seq: driver === 'better-sqlite3' ? 1 : 3,
    });
    await service.close();
    database.close();
  });

  it.each(['migrations', 'sessions', 'events', 'state'])(
    'may have a temporary table of the same name as ours: %s',
    async (table) => {
      const database = await openDatabase(':memory:', driver);
      database.exec(`CREATE TEMP TABLE holdfast_${table} (own TEXT)`);
      const service = await serviceOn(database);
      database.exec(`DROP TABLE temp.holdfast_${table}`);
      database.exec(`CREATE TEMP TABLE holdfast_${table} (other TEXT)`);
      const actions = { stateDelta: { a: 1, 'user:b': 2 } };
      expect(await service.appendEvent({ ...key, event: { actions } })).toMatchObject({ seq: 1 });
      await service.updateState({ scope: 'app', appName: 'app', set: { c: 3 } });
      const session = await service.get(key);
      expect(session?.state.toJSON()).toStrictEqual({ a: 1, 'user:b': 2, 'app:c': 3 });
      const page = await service.list({ appName: 'app', userId: 'user', includeState: true });
      expect(page.sessions).toHaveLength(1);
      await service.migrate();
      expect(await service.delete(key)).toBe(true);
      expect(database.prepare(`SELECT * FROM temp.holdfast_${table}`).all()).toStrictEqual([]);
      await service.close();
      database.close();
    },
  );

  it.each([
    ['a column is missing', 'ALTER TABLE holdfast_state RENAME COLUMN value TO other'],
    [
      'one is a view',
      'ALTER TABLE holdfast_state RENAME TO s; CREATE VIEW holdfast_state AS SELECT * FROM s',
    ],
    [
      'one has no key',
      'ALTER TABLE holdfast_state RENAME TO s; CREATE TABLE holdfast_state AS SELECT * FROM s',
    ],
    [
      'one has a trigger that refuses',
      "CREATE TRIGGER t BEFORE INSERT ON holdfast_state BEGIN SELECT RAISE(ABORT, 'no'); END",
    ],
    [
      'one has a trigger that leaves rows out',
      'CREATE TRIGGER t BEFORE INSERT ON holdfast_state BEGIN SELECT RAISE(IGNORE); END',
    ],
    [
      'one has a constraint more',
      'ALTER TABLE holdfast_state RENAME TO s; CREATE TABLE holdfast_state (app_name, user_id, session_id, name, value CHECK (value = 1), PRIMARY KEY (app_name, user_id, session_id, name))',
    ],
  ])('is misconfigured if the tables are other ones: %s', async (_, change) => {
    const database = await openDatabase(':memory:', driver);
    const service = await serviceOn(database);
    database.exec(change);
    for (const call of [
      () => service.updateState({ scope: 'app', appName: 'app', set: { a: '2' } }),
      () => service.appendEvent({ ...key, event: { actions: { stateDelta: { a: '2' } } } }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'misconfigured',
        retryable: false,
        message: expect.stringContaining('the tables are not those of this package'),
      });
    }
    await service.close();
    database.close();
  });

  it('acknowledges no event that a trigger of its owner leaves out', async () => {
    const database = await openDatabase(':memory:', driver);
    const service = await serviceOn(database);
    database.exec(
      'CREATE TRIGGER t BEFORE INSERT ON holdfast_events WHEN NEW.seq = 3 BEGIN SELECT RAISE(IGNORE); END',
    );
    const events = [{}, {}, {}, {}];
    await expect(service.appendEvents({ ...key, events })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('a trigger that leaves rows out'),
    });
    expect(await service.get(key)).toMatchObject({ revision: 0, events: [] });
    database.exec('DROP TRIGGER t');
    expect(await service.appendEvents({ ...key, events })).toHaveLength(4);
    await service.close();
    database.close();
  });

  it('is neither persistent nor shared without a file, whatever it was opened with', async () => {
    for (const name of [':memory:', '']) {
      const database = await openDatabase(name, driver);
      const service = await serviceOn(database);
      expect(service.capabilities).toMatchObject({ persistent: false, shared: false });
      expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
      await service.close();
      database.close();
    }
  });

  it('names a setting that its owner has changed since, if a call fails by it', async () => {
    const database = await openDatabase(':memory:', driver);
    const service = new SqliteSessionService({ client: database, busyTimeout: 50 });
    await service.migrate();
    await service.create(key);
    database.exec('PRAGMA count_changes = on');
    const append = service.appendEvent({ ...key, event: {} });
    // The others take the rows for what they are.
    if (driver !== 'libsql') expect(await append).toMatchObject({ seq: 1 });
    else {
      const message = expect.stringContaining('count_changes');
      await expect(append).rejects.toMatchObject({ code: 'misconfigured', message });
    }
    await service.close();
    database.close();
  });

  it('serves two services on one connection', async () => {
    const database = await openDatabase(':memory:', driver);
    const services = [await serviceOn(database), await serviceOn(database)];
    const appends = Array.from({ length: 100 }, (_, i) =>
      services[i % 2]?.appendEvent({ ...key, event: {} }),
    );
    const seqs = (await Promise.all(appends)).map((event) => event?.seq ?? 0);
    expect(seqs.sort((a, b) => a - b)).toStrictEqual(seqs.map((_, i) => i + 1));
    for (const service of services) await service.close();
    database.close();
  });

  it('works without WAL, among readers and writers', async () => {
    const file = join(folder, `${name}-rollback.db`);
    const databases = await Promise.all([openDatabase(file, driver), openDatabase(file, driver)]);
    const services: SqliteSessionService[] = [];
    for (const database of databases) services.push(await serviceOn(database));
    const calls = Array.from({ length: 100 }, async (_, i) => {
      const service = services[i % 2];
      await service?.appendEvent({ ...key, event: {} });
      return service?.get({ ...key, numRecentEvents: 1 });
    });
    for (const session of await Promise.all(calls)) {
      expect(session?.events.at(-1)?.seq).toBe(session?.revision);
    }
    expect((await services[0]?.get(key))?.revision).toBe(100);
    for (const service of services) await service.close();
    for (const database of databases) database.close();
  });

  it('may be closed by its owner, and the service ends without a fault', async () => {
    const database = await openDatabase(':memory:', driver);
    const service = await serviceOn(database);
    database.close();
    await expect(service.list({ appName: 'app', userId: 'user' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await service.close();
  });
});

describe.skipIf(!hasAllDrivers || isBun)('a database that answers in a way of its own', () => {
  it('may give integers as bigints, by better-sqlite3', async () => {
    const database = await openDatabase(join(folder, 'bigints.db'), 'better-sqlite3');
    (database as unknown as { defaultSafeIntegers(): void }).defaultSafeIntegers();
    await checkNumbers(database);
  });

  it.each([{ readBigInts: true }, { returnArrays: true }])(
    'may be opened with %j, by node:sqlite',
    async (options) => {
      const { DatabaseSync } = (await import('node:sqlite')) as unknown as {
        DatabaseSync: new (file: string, options: object) => SqliteDatabase;
      };
      const [name] = Object.keys(options);
      await checkNumbers(new DatabaseSync(join(folder, `${name}.db`), options));
    },
  );

  async function checkNumbers(database: SqliteDatabase): Promise<void> {
    const service = await serviceOn(database);
    expect(service.capabilities.persistent).toBe(true);
    const event = await service.appendEvent({ ...key, event: { timestamp: 8.64e15 } });
    expect(event.seq).toBe(1);
    const session = await service.get(key);
    expect(session?.lastUpdateTime).toBe(8.64e15);
    expect(session?.events).toStrictEqual([event]);
    const page = await service.list({ appName: 'app', allUsers: true, includeTotal: true });
    expect(page.total).toBe(1);
    expect(await service.delete(key)).toBe(true);
    await service.close();
    database.close();
  }
});
