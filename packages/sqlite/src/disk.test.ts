import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DiskReport } from './disk-process.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };
const large = { content: { role: 'user', parts: [{ text: 'x'.repeat(1e6) }] } };
const fixture = fileURLToPath(new URL('./disk-process.fixture.ts', import.meta.url));
const UNSHARE = 'unshare';
// What is mounted goes with the process.
const mountAndRun = 'mount -t tmpfs -o size=3m tmpfs "$1" && shift && exec "$@"';
const unshare = (rest: readonly string[]) => ['-rm', 'sh', '-c', mountAndRun, 'sh', ...rest];
const canMount = spawnSync(UNSHARE, unshare([folder, 'true'])).status === 0;

describe.each(drivers)('a disk in trouble, by %s', (driver) => {
  // A machine may let nobody mount a disk. The tests below do with a PRAGMA.
  it.skipIf(!canMount)(
    'loses nothing that it took: full, with space again, and read-only',
    async () => {
      const disk = join(folder, driver.replace(':', '-'));
      mkdirSync(disk);
      const options = JSON.stringify({ driver, folder: disk });
      const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
      const { stdout } = await promisify(execFile)(
        UNSHARE,
        unshare([disk, process.execPath, '--import', 'tsx', fixture, options]),
        { env },
      );
      const report: DiskReport = JSON.parse(stdout);
      expect(report.acknowledged).toBeGreaterThan(0);
      for (const code of report.whenFull) expect(code).toMatch(/^unavailable: the disk is full/);
      expect(report.whenFull).toHaveLength(3);
      expect(report.readWhenFull).toBe(report.acknowledged);
      expect(report.seqAfter).toBe(report.acknowledged + 1);
      expect(report.readOnlyFile.revision).toBe(report.acknowledged + 1);
      expect(report.readOnlyFile.append).toMatch(
        /^misconfigured: the database cannot be written: .*this process may not write it/,
      );
      expect(report.openReadOnly).toMatch(
        /^misconfigured: .*cannot be opened: this process may not write its folder/,
      );
    },
  );

  it('is unavailable while there is no room for more pages, and works again after', async () => {
    const client = await openDatabase(':memory:', driver);
    const service = new SqliteSessionService({ client, closeClient: true });
    await service.migrate();
    await service.create(key);
    client.exec('PRAGMA max_page_count = 30');
    const outcomes = await Promise.allSettled([
      service.appendEvent({ ...key, event: { id: 'small' } }),
      service.appendEvent({ ...key, event: large }),
    ]);
    expect(outcomes[1]).toMatchObject({
      status: 'rejected',
      reason: { code: 'unavailable', retryable: true },
    });
    const session = await service.get(key);
    expect(session?.revision).toBe(outcomes[0].status === 'fulfilled' ? 1 : 0);
    client.exec('PRAGMA max_page_count = 1000000');
    const { seq } = await service.appendEvent({ ...key, event: large });
    expect(seq).toBe((session?.revision ?? 0) + 1);
    await service.close();
  });

  it('is misconfigured to writes while the connection only reads', async () => {
    const client = await openDatabase(':memory:', driver);
    const service = new SqliteSessionService({ client, closeClient: true });
    await service.migrate();
    await service.create(key);
    client.exec('PRAGMA query_only = ON');
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('query_only'),
    });
    expect((await service.get(key))?.revision).toBe(0);
    client.exec('PRAGMA query_only = OFF');
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    await service.close();
  });
});
