import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const owner = { appName: 'app', userId: 'user' };
const key = { ...owner, sessionId: 'session' };
const gone = {
  code: 'unavailable',
  retryable: true,
  message: expect.stringContaining('the database file'),
};
let now = 0;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(drivers)('a file that goes while it is open, by %s', (driver) => {
  async function openWithSession(name: string) {
    const file = join(folder, `${driver.replace(':', '-')}-${name}.db`);
    const service = await SqliteSessionService.open({ url: `sqlite:${file}`, driver });
    await service.create(key);
    now += 1_000;
    return { file, service };
  }

  it('is told to readers and writers within 50 ms', async () => {
    const { file, service } = await openWithSession('deleted');
    rmSync(file);
    await expect(service.get(key)).rejects.toMatchObject(gone);
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(gone);
    await expect(service.delete(key)).rejects.toMatchObject(gone);
    await service.close();
  });

  it('is told when another file has taken its place', async () => {
    const { file, service } = await openWithSession('replaced');
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(gone);
    await service.close();
  });

  it('goes on when the file is back', async () => {
    const { file, service } = await openWithSession('moved');
    renameSync(file, `${file}.elsewhere`);
    await expect(service.get(key)).rejects.toMatchObject(gone);
    renameSync(`${file}.elsewhere`, file);
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    await service.close();
  });
});

describe.each(drivers)('what belongs to a file that is open, by %s', (driver) => {
  const url = (file: string) => `sqlite:${file}`;

  /** A session with some events, whose newest are in the log. */
  async function openWithEvents(name: string) {
    const file = join(folder, `${driver.replace(':', '-')}-${name}.db`);
    const service = await SqliteSessionService.open({ url: url(file), driver });
    await service.create(key);
    for (let i = 0; i < 19; i++) await service.appendEvent({ ...key, event: {} });
    now += 1_000;
    await service.appendEvent({ ...key, event: {} });
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(10_000);
    now += 1_000;
    return { file, service };
  }

  /** Appends until one fails; gives the error, and how many were acknowledged. */
  async function appendUntilRefused(service: SqliteSessionService, passing: number) {
    let acknowledged = 0;
    for (let i = 0; i < 50; i++) {
      try {
        await service.appendEvent({ ...key, event: {} });
      } catch (error) {
        return { error, acknowledged };
      }
      acknowledged++;
      now += passing;
    }
    return { error: undefined, acknowledged };
  }

  it.each(['-wal', '-shm'])('is told when it goes: %s', async (end) => {
    const { file, service } = await openWithEvents(`gone${end}`);
    rmSync(file + end);
    const lost = { code: 'unavailable', message: expect.stringContaining(file + end) };
    await expect(service.get(key)).rejects.toMatchObject(lost);
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(lost);
    await service.close();
  });

  it.each(['-wal', '-shm'])('is told when another takes its place: %s', async (end) => {
    const { file, service } = await openWithEvents(`replaced${end}`);
    copyFileSync(file + end, `${file}.copy`);
    renameSync(`${file}.copy`, file + end);
    const lost = { code: 'unavailable', message: expect.stringContaining('replaced') };
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(lost);
    await service.close();
  });

  it('is told within 50 ms when the log goes right after the file was opened', async () => {
    const file = join(folder, `${driver.replace(':', '-')}-early.db`);
    const service = await SqliteSessionService.open({ url: url(file), driver });
    await service.create(key);
    rmSync(`${file}-wal`);
    const { error, acknowledged } = await appendUntilRefused(service, 10);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(acknowledged).toBeLessThanOrEqual(5);
    await service.close();
  });

  it.each([
    ['to nothing', 0],
    ['within a header', 20],
    ['to its header', 32],
    ['to a half', 0.5],
    ['to a third', 0.33],
  ])('is told before anything is acknowledged when the log is cut %s', async (name, part) => {
    const { file, service } = await openWithEvents(`cut-${name.replaceAll(' ', '-')}`);
    const log = `${file}-wal`;
    truncateSync(log, part < 1 ? Math.floor(statSync(log).size * part) : part);
    const { error, acknowledged } = await appendUntilRefused(service, 10);
    expect(error).toMatchObject({ code: 'corrupt', message: expect.stringContaining('was cut') });
    expect(acknowledged).toBe(0);
    // It stays so, and a read says the same.
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await expect(service.get(key)).rejects.toMatchObject({ code: 'corrupt' });
    await service.close();
  });

  it('is told within 50 ms when the log is cut between two appends', async () => {
    const { file, service } = await openWithEvents('cut-between');
    await service.appendEvent({ ...key, event: {} });
    truncateSync(`${file}-wal`, 0);
    const { error, acknowledged } = await appendUntilRefused(service, 10);
    expect(error).toMatchObject({ code: 'corrupt' });
    expect(acknowledged).toBeLessThanOrEqual(5);
    await service.close();
  });

  it('is told when the database itself is cut to nothing', async () => {
    const { file, service } = await openWithEvents('nothing');
    await service.get(key);
    now += 1_000;
    truncateSync(file, 0);
    const cut = { code: 'corrupt', message: expect.stringContaining('was cut') };
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(cut);
    await expect(service.get(key)).rejects.toMatchObject(cut);
    await service.close();
  });

  it('may be shortened by another connection, which moves the log into the database', async () => {
    const { file, service } = await openWithEvents('checkpoints');
    const other = await openDatabase(file, driver);
    for (let i = 0; i < 10; i++) {
      other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      expect(statSync(`${file}-wal`).size).toBe(0);
      now += 600;
      await service.get(key);
      const events = Array.from({ length: i * 3 + 1 }, () => ({}));
      await service.appendEvents({ ...key, events });
      now += 600;
      await service.appendEvent({ ...key, event: {} });
    }
    other.close();
    expect((await service.get(key))?.events).toHaveLength(20 + 145 + 10);
    await service.close();
  });

  it('may be shortened to the limit that another connection has set', async () => {
    const { file, service } = await openWithEvents('limit');
    const other = await openDatabase(file, driver);
    other.exec('CREATE TABLE other (a)');
    other.prepare('PRAGMA journal_size_limit = 10000').all();
    for (let i = 0; i < 10; i++) {
      await service.appendEvents({ ...key, events: Array.from({ length: 100 }, () => ({})) });
      other.prepare('PRAGMA wal_checkpoint(RESTART)').all();
      now += 1_000;
      await service.get(key);
      other.exec('INSERT INTO other VALUES (1)');
      expect(statSync(`${file}-wal`).size).toBeLessThan(20_000);
      await service.appendEvent({ ...key, event: {} });
      now += 1_000;
      await service.appendEvent({ ...key, event: {} });
    }
    other.close();
    expect((await service.get({ ...key, numRecentEvents: 0 }))?.revision).toBe(20 + 1020);
    await service.close();
  });

  it('may be opened, compacted and closed by others meanwhile', async () => {
    const { file, service } = await openWithEvents('others');
    for (let i = 0; i < 5; i++) {
      const other = await SqliteSessionService.open({ url: url(file), driver });
      await other.appendEvent({ ...key, event: {} });
      await other.close();
      const shell = await openDatabase(file, driver);
      shell.exec('VACUUM');
      shell.close();
      now += 1_000;
      await service.appendEvent({ ...key, event: {} });
    }
    expect((await service.get(key))?.revision).toBe(30);
    await service.close();
  });

  it('may come and go with the journal mode of a connection that was brought', async () => {
    const file = join(folder, `${driver.replace(':', '-')}-modes.db`);
    const client = await openDatabase(file, driver);
    const service = new SqliteSessionService({ client, closeClient: true });
    await service.migrate();
    await service.create(key);
    for (const [mode, hasLog] of [
      ['WAL', true],
      ['DELETE', false],
      ['TRUNCATE', false],
    ] as const) {
      client.prepare(`PRAGMA journal_mode = ${mode}`).all();
      for (let i = 0; i < 3; i++) {
        await service.appendEvent({ ...key, event: {} });
        now += 1_000;
      }
      expect(existsSync(`${file}-wal`)).toBe(hasLog);
    }
    expect((await service.get(key))?.revision).toBe(9);
    await service.close();
  });
});

describe.each(drivers)('the log of a file that was opened, by %s', (driver) => {
  it('gives its room back after a large batch, and nothing is taken for lost', async () => {
    const file = join(folder, `${driver.replace(':', '-')}-large.db`);
    await using service = await SqliteSessionService.open({ url: `sqlite:${file}`, driver });
    await service.create(key);
    const logSize = () => statSync(`${file}-wal`).size;
    const author = 'x'.repeat(6 * 1024 * 1024);
    for (let round = 0; round < 2; round++) {
      const seq = round * 12;
      await service.appendEvents({ ...key, events: Array.from({ length: 6 }, () => ({ author })) });
      expect(logSize()).toBeGreaterThan(6 * author.length);
      for (let i = 0; i < 6; i++) {
        now += 1_000;
        expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({
          seq: seq + 7 + i,
        });
        expect(logSize()).toBeLessThanOrEqual(16 * 1024 * 1024);
        expect((await service.get({ ...key, numRecentEvents: 1 }))?.revision).toBe(seq + 7 + i);
      }
    }
  });
});
