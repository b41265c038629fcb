import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };
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

  it('is told to readers and writers within a second', async () => {
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
