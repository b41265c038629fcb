import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  AFTER_OLDER_VERSIONS,
  expectOlderVersion,
  expectOlderVersionSwept,
  type MadeByOlderVersion,
} from '../../session/src/older-version.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { anyDriver, drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const now = () => AFTER_OLDER_VERSIONS;

for (const version of [1, 2]) {
  const made: MadeByOlderVersion<string> = JSON.parse(
    readFileSync(new URL(`./version-${version}.fixture.json`, import.meta.url), 'utf8'),
  );

  async function fileOf(name: string): Promise<string> {
    const file = join(folder, `${version}-${name.replace(':', '-')}.db`);
    const database = await openDatabase(file);
    for (const text of made.written) database.exec(text);
    database.close();
    return `sqlite:${file}`;
  }

  describe(`a file of version ${version}`, () => {
    it.each(drivers)('is brought up to date, its data whole, with %s', async (driver) => {
      const url = await fileOf(driver);
      const asItIs = SqliteSessionService.open({ url, driver, migrate: false });
      await expect(asItIs).rejects.toMatchObject({ code: 'misconfigured' });
      const service = await SqliteSessionService.open({ url, driver, now });
      await expectOlderVersion(service, made);
      await service.close();
    });

    it('knows how long nobody has touched its sessions', async () => {
      const url = await fileOf('untouched');
      const service = await SqliteSessionService.open({ url, driver: anyDriver, now });
      await expectOlderVersionSwept(service, made);
      await service.close();
    });
  });
}
