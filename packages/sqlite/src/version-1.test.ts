import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectVersion1, type MadeByVersion1 } from '../../session/src/version-1.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const made: MadeByVersion1<string> = JSON.parse(
  readFileSync(new URL('./version-1.fixture.json', import.meta.url), 'utf8'),
);
const folder = tempFolder();

it.each(drivers)(
  'brings a file of version 1 up to date, its data whole, with %s',
  async (driver) => {
    const file = join(folder, `${driver.replace(':', '-')}.db`);
    const database = await openDatabase(file);
    for (const text of made.written) database.exec(text);
    database.close();
    const url = `sqlite:${file}`;
    await expect(SqliteSessionService.open({ url, driver, migrate: false })).rejects.toMatchObject({
      code: 'misconfigured',
    });
    const service = await SqliteSessionService.open({ url, driver });
    await expectVersion1(service, made);
    await service.close();
  },
);
