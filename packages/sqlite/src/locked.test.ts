import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProcess } from './child-process.fixture.ts';
import type { LockOptions } from './lock-process.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

const lock = (options: LockOptions) => startProcess('./lock-process.fixture.ts', options);

describe.each(drivers)('a file that another process has locked, by %s', (driver) => {
  const fileOf = (name: string) => join(folder, `${name}-${driver.replace(':', '-')}.db`);

  it('is unavailable after the timeout, and works again after', async () => {
    const file = fileOf('held');
    const service = await SqliteSessionService.open({
      url: `sqlite:${file}`,
      driver,
      busyTimeout: 400,
    });
    await service.create(key);
    const other = lock({ file, driver });
    expect(await other.next()).toBe('locked');

    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const appends = Array.from({ length: 10 }, () => service.appendEvent({ ...key, event: {} }));
    const outcomes = await Promise.allSettled(appends);
    clearInterval(timer);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'HoldfastError', code: 'unavailable', retryable: true },
      });
    }
    // It stood still for a few ms at a time, and not for the whole time.
    expect(ticks).toBeGreaterThan(5);
    expect((await service.get(key))?.revision).toBe(0);

    const patient = await SqliteSessionService.open({ url: `sqlite:${file}`, driver });
    const append = patient.appendEvent({ ...key, event: {} });
    other.send('release');
    expect(await append).toMatchObject({ seq: 1 });
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 2 });
    await patient.close();
    await service.close();
  });

  it('is free again when the process that holds it dies', async () => {
    const file = fileOf('died');
    const service = await SqliteSessionService.open({ url: `sqlite:${file}`, driver });
    await service.create(key);
    const other = lock({ file, driver });
    expect(await other.next()).toBe('locked');
    const append = service.appendEvent({ ...key, event: {} });
    await other.kill();
    expect(await append).toMatchObject({ seq: 1 });
    await service.close();
  });

  it('is unavailable at once where busyTimeout is 0', async () => {
    const file = fileOf('at-once');
    const service = await SqliteSessionService.open({
      url: `sqlite:${file}`,
      driver,
      busyTimeout: 0,
    });
    await service.create(key);
    const other = await openDatabase(file, driver);
    other.exec('BEGIN IMMEDIATE');
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
      code: 'unavailable',
    });
    other.exec('COMMIT');
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    other.close();
    await service.close();
  });

  it('reads what others write after a write of its own was refused', async () => {
    const url = `sqlite:${fileOf('refused')}`;
    const service = await SqliteSessionService.open({ url, driver, busyTimeout: 0 });
    await service.create(key);
    const writer = await SqliteSessionService.open({ url, driver });
    const other = await openDatabase(fileOf('refused'), driver);
    other.exec('BEGIN IMMEDIATE');
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
      code: 'unavailable',
    });
    other.exec('COMMIT');
    other.close();

    for (const seq of [1, 2, 3]) {
      await writer.appendEvent({ ...key, event: {} });
      expect((await service.get(key))?.revision).toBe(seq);
    }
    await writer.close();
    await service.close();
  });

  it('keeps nobody from writing after a read of its own was refused', async () => {
    const file = fileOf('without-log');
    const [client, other] = [await openDatabase(file, driver), await openDatabase(file, driver)];
    const service = new SqliteSessionService({ client, busyTimeout: 0 });
    await service.migrate();
    await service.create(key);
    other.exec('PRAGMA busy_timeout = 0');
    other.exec('BEGIN EXCLUSIVE');
    await expect(service.get(key)).rejects.toMatchObject({ code: 'unavailable' });
    other.exec('COMMIT');

    await service.getState({ scope: 'app', appName: key.appName });
    expect(() => other.exec('BEGIN EXCLUSIVE; COMMIT')).not.toThrow();
    expect((await service.get(key))?.revision).toBe(0);
    other.close();
    await service.close();
    client.close();
  });
});
