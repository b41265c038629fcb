import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SqliteDatabase } from './sqlite-database.ts';
import { type OpenSqliteOptions, SqliteSessionService } from './sqlite-session-service.ts';
import { anyDriver as driver, drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const url = (name: string) => `sqlite:${join(folder, name)}.db`;
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

function pragmaOf(database: SqliteDatabase, pragma: string): unknown {
  const [row] = database.prepare(`PRAGMA ${pragma}`).all();
  return Object.values(row as object)[0];
}

describe('SqliteSessionService.open', () => {
  it.each([
    ['url', { url: 'mysql://localhost' }],
    ['url', { url: undefined }],
    ['synchronous', { synchronous: 'OFF' }],
    ['synchronous', { synchronous: 2 }],
    ['driver', { driver: 'sqlite' }],
    ['migrate', { migrate: 'no' }],
    ['busyTimeout', { busyTimeout: -1 }],
    ['busyTimeout', { busyTimeout: 1.5 }],
    ['busyTimeout', { busyTimeout: '5s' }],
    ['tablePrefix', { tablePrefix: 'a-b' }],
    ['tablePrefix', { tablePrefix: '' }],
    ['maxEventBytes', { maxEventBytes: 0 }],
    ['maxEventBytes', { maxEventBytes: 9 * 1024 * 1024 }],
    ['now', { now: 1 }],
  ])('refuses a wrong %s: %j', async (path, wrong) => {
    const file = join(folder, 'never.db');
    const options = { url: `sqlite:${file}`, driver, ...wrong } as OpenSqliteOptions;
    const error = { code: 'invalid_argument', path };
    await expect(SqliteSessionService.open(options)).rejects.toMatchObject(error);
  });

  it.each([undefined, null, 'sqlite:chat.db', []])('refuses %j for options', async (options) => {
    await expect(SqliteSessionService.open(options as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'options',
    });
  });

  it.each(drivers)('is misconfigured if there is no such folder, by %s', async (each) => {
    const opening = SqliteSessionService.open({ url: url('none/chat'), driver: each });
    await expect(opening).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('chat.db cannot be opened'),
      cause: expect.any(Error),
    });
  });

  it('keeps what was acknowledged in a file', async () => {
    const service = await SqliteSessionService.open({ url: url('kept'), driver });
    await service.create(key);
    await service.close();
    await using again = await SqliteSessionService.open({ url: url('kept'), driver });
    expect(await again.get(key)).toBeDefined();
  });
});

describe('the settings of a database that was opened', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['FULL', 2],
    ['NORMAL', 1],
    [undefined, 1],
  ] as const)('are WAL and synchronous %s', async (synchronous, expected) => {
    const probe = await openDatabase(':memory:');
    const exec = vi.spyOn(Object.getPrototypeOf(probe) as SqliteDatabase, 'exec');
    const name = `synchronous-${synchronous}`;
    const service = await SqliteSessionService.open({ url: url(name), driver, synchronous });
    const database = exec.mock.contexts[0] as SqliteDatabase;
    expect(pragmaOf(database, 'synchronous')).toBe(expected);
    expect(pragmaOf(database, 'journal_mode')).toBe('wal');
    // What blocks the event loop is short, whatever the busyTimeout.
    expect(pragmaOf(database, 'busy_timeout')).toBe(5);
    await service.close();
    probe.close();
  });
});

it('refuses options that cannot be read', async () => {
  const unreadable = {
    get url(): string {
      throw new Error('not today');
    },
  };
  await expect(SqliteSessionService.open(unreadable)).rejects.toMatchObject({
    code: 'invalid_argument',
    path: 'url',
  });
});

describe('a database that the caller brings', () => {
  it.each([undefined, {}, { prepare() {} }, 'chat.db'])(
    'is refused if it is none: %j',
    (client) => {
      expect(() => new SqliteSessionService({ client: client as never })).toThrow(
        expect.objectContaining({ code: 'invalid_argument', path: 'client' }),
      );
    },
  );

  it('keeps its settings, but for the busy_timeout', async () => {
    const client = await openDatabase(join(folder, 'settings.db'));
    client.exec('PRAGMA synchronous = OFF');
    new SqliteSessionService({ client });
    expect(pragmaOf(client, 'synchronous')).toBe(0);
    expect(pragmaOf(client, 'journal_mode')).toBe('delete');
    expect(pragmaOf(client, 'busy_timeout')).toBe(5);
    client.close();
  });

  it.each([
    [undefined, false],
    [false, false],
    [true, true],
  ])('is closed with the service only if closeClient is true: %s', async (closeClient, closed) => {
    const database = await openDatabase(':memory:');
    const close = vi.spyOn(database, 'close');
    const service = new SqliteSessionService({ client: database, closeClient });
    await service.migrate();
    await Promise.all([service.close(), service.close()]);
    await service.close();
    expect(close).toHaveBeenCalledTimes(closed ? 1 : 0);
    if (!closed) expect(pragmaOf(database, 'user_version')).toBe(0);
  });

  it('is closed after the calls that were accepted', async () => {
    const client = await openDatabase(':memory:');
    const service = new SqliteSessionService({ client, closeClient: true });
    await service.migrate();
    await service.create(key);
    const appends = Array.from({ length: 20 }, () => service.appendEvent({ ...key, event: {} }));
    const closing = service.close();
    const late = service.appendEvent({ ...key, event: {} });
    await expect(late).rejects.toMatchObject({ code: 'closed' });
    expect(await Promise.all(appends)).toHaveLength(20);
    await closing;
  });
});
