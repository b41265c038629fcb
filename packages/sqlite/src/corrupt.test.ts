import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

/** Writes garbage over all pages from the one given on. */
function damage(file: string, fromPage: number): void {
  const start = fromPage * 4096;
  const garbage = Buffer.alloc(statSync(file).size - start, 0xa5);
  const handle = openSync(file, 'r+');
  writeSync(handle, garbage, 0, garbage.length, start);
  closeSync(handle);
}

describe.each(drivers)('what cannot be read, by %s', (driver) => {
  const fileOf = (name: string) => join(folder, `${name}-${driver.replace(':', '-')}.db`);
  const open = (file: string) => SqliteSessionService.open({ url: `sqlite:${file}`, driver });

  it.each(['hello', 'garbage '.repeat(5000)])('is corrupt at open: no database', async (text) => {
    const file = fileOf(`garbage-${text.length}`);
    writeFileSync(file, text);
    await expect(open(file)).rejects.toMatchObject({ code: 'corrupt' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is corrupt on read: damaged pages', async () => {
    const file = fileOf('damaged');
    const service = await open(file);
    await service.create(key);
    const events = Array.from({ length: 300 }, () => ({ author: 'x'.repeat(1000) }));
    await service.appendEvents({ ...key, events });
    await service.close();
    const database = await openDatabase(file, driver);
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    database.close();
    damage(file, 20);
    const again = await open(file);
    await expect(again.get(key)).rejects.toMatchObject({ code: 'corrupt', retryable: false });
    await expect(again.listEvents(key)).rejects.toMatchObject({ code: 'corrupt' });
    await again.close();
  });

  it('is corrupt with its key: a row that is no JSON', async () => {
    const client = await openDatabase(':memory:', driver);
    const service = new SqliteSessionService({ client, closeClient: true });
    await service.migrate();
    await service.create({ ...key, state: { color: 'red', 'app:theme': 'dark' } });
    await service.appendEvent({ ...key, event: { id: 'e' } });

    client.exec('UPDATE holdfast_events SET body = \'{"id":\'');
    for (const call of [() => service.get(key), () => service.listEvents(key)]) {
      await expect(call()).rejects.toMatchObject({ code: 'corrupt', key });
    }
    expect(await service.get({ ...key, numRecentEvents: 0 })).toBeDefined();
    // It can be appended to, and it can be deleted.
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 2 });

    client.exec("UPDATE holdfast_state SET value = 'red' WHERE name = 'color'");
    const reading = service.get({ ...key, numRecentEvents: 0 });
    await expect(reading).rejects.toMatchObject({
      code: 'corrupt',
      key,
      message: expect.stringContaining('"color"'),
    });
    client.exec("UPDATE holdfast_state SET value = x'00' WHERE name = 'theme'");
    await expect(service.getState({ scope: 'app', appName: 'app' })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('"theme"'),
    });
    expect(await service.delete(key)).toBe(true);
    await service.close();
  });
});
