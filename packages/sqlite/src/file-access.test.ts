import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

describe.each(drivers)('a file that cannot be used, by %s', (driver) => {
  const name = driver.replace(':', '-');
  const open = (file: string) => SqliteSessionService.open({ url: `sqlite:${file}`, driver });

  it('is misconfigured if it is a folder, or not in one', async () => {
    const inside = join(folder, `${name}-folder`);
    mkdirSync(inside);
    const file = join(folder, `${name}-file`);
    writeFileSync(file, '');
    for (const [path, problem] of [
      [inside, 'it is a folder'],
      [`${inside}/`, 'it is a folder'],
      [join(inside, 'none', 'chat.db'), 'its folder does not exist'],
      [join(file, 'chat.db'), 'its folder is not a folder'],
    ] as const) {
      await expect(open(path)).rejects.toMatchObject({
        code: 'misconfigured',
        retryable: false,
        message: expect.stringContaining(`${path} cannot be opened: ${problem}`),
      });
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'is misconfigured if it is a device, or cannot be created in its folder',
    async () => {
      await expect(open('/dev/null')).rejects.toMatchObject({
        code: 'misconfigured',
        message: '/dev/null cannot be opened: it is not a file',
      });
      await expect(open('/proc/x.db')).rejects.toMatchObject({
        code: 'misconfigured',
        retryable: false,
        message: expect.stringContaining('/proc/x.db cannot be opened: '),
      });
    },
  );

  it('says what it is if it was cut to nothing, and touches nothing', async () => {
    const file = join(folder, `${name}-cut.db`);
    const service = await open(file);
    await service.create(key);
    const log = statSync(`${file}-wal`).size;
    truncateSync(file, 0);
    for (const migrate of [true, false]) {
      const opening = SqliteSessionService.open({ url: `sqlite:${file}`, driver, migrate });
      await expect(opening).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining(`${file} is empty, and there is a log beside it`),
      });
    }
    expect(statSync(`${file}-wal`).size).toBe(log);
    await service.close();
  });
});
