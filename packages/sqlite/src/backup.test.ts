import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

describe.each(drivers)('a backup, by %s', (driver) => {
  const open = (file: string) => SqliteSessionService.open({ url: `sqlite:${file}`, driver });

  /** A backup at 50 events of 250, put in the place of the file of a process that was killed. */
  async function restore(name: string) {
    const file = join(folder, `${driver.replace(':', '-')}-${name}.db`);
    const events = Array.from({ length: 50 }, (_, i) => ({ author: `author ${i}` }));
    const service = await open(file);
    // A part of the file is free, and a backup has no such parts: what is behind it moves.
    const large = { content: { parts: [{ text: 'x'.repeat(100_000) }] } };
    await service.create({ ...key, sessionId: 'gone' });
    await service.appendEvent({ ...key, sessionId: 'gone', event: large });
    await service.create(key);
    await service.appendEvents({ ...key, events });
    await service.delete({ ...key, sessionId: 'gone' });
    const other = await openDatabase(file, driver);
    other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    other.exec(`VACUUM INTO '${file}.backup'`);
    other.close();
    for (let i = 0; i < 4; i++) await service.appendEvents({ ...key, events });
    expect((await service.get({ ...key, numRecentEvents: 0 }))?.revision).toBe(250);
    // What is beside the file now would stay there if the process were killed.
    for (const end of ['-wal', '-shm']) copyFileSync(file + end, `${file}.kept${end}`);
    await service.close();
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(`${file}.backup`, file);
    return file;
  }

  it('answers as of its moment if the old log is removed, and can be appended to', async () => {
    const file = await restore('restored');
    const service = await open(file);
    const session = await service.get(key);
    expect(session?.revision).toBe(50);
    expect(session?.events).toHaveLength(50);
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 51 });
    await service.close();
  });

  it.each(['-wal', '-wal and -shm'])('is corrupt beside the old log: %s', async (kept) => {
    const file = await restore(`beside ${kept}`);
    for (const end of kept.split(' and ')) copyFileSync(`${file}.kept${end}`, file + end);
    const read = async () => {
      await using service = await open(file);
      const session = await service.get(key);
      return { revision: session?.revision, events: session?.events.length };
    };
    await expect(read()).rejects.toMatchObject({ code: 'corrupt', retryable: false });
  });
});
