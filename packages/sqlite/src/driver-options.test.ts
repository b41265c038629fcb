import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import {
  DRIVER_OPTIONS,
  type DriverOption,
  type OwnersDatabase,
} from './driver-options.fixture.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteDriverName } from './sqlite-driver.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const now = () => 1_000;
let files = 0;

type DatabaseClass = new (
  file: string,
  options?: object | number,
) => SqliteDatabase & OwnersDatabase;

function classOf(driver: SqliteDriverName): DatabaseClass {
  const module = createRequire(import.meta.url)(driver);
  return module.DatabaseSync ?? module.Database ?? module;
}

/** Every answer of a service over a database. */
async function answersOf(client: SqliteDatabase): Promise<unknown> {
  await using service = new SqliteSessionService({ client, now, closeClient: true });
  await service.migrate();
  return await transcribe(service, 'transcript');
}

describe.each(drivers)('An option of %s', (driver) => {
  let expected: unknown;
  beforeAll(async () => {
    expected = await answersOf(await openDatabase(':memory:', driver));
  });

  function openWith({ setting, options, prepare }: DriverOption): SqliteDatabase {
    const file = join(folder, `${driver.replace(':', '-')}-${files++}.db`);
    if (/readonly|fileMustExist/i.test(setting)) writeFileSync(file, '');
    const client = new (classOf(driver))(file, ...(options === undefined ? [] : [options]));
    prepare?.(client);
    return client;
  }

  const all = DRIVER_OPTIONS.filter((option) => option.driver === driver);

  it.each(all.filter(({ effect }) => effect === 'harmless'))(
    'changes no answer: $setting = $tried',
    async (option) => {
      expect(await answersOf(openWith(option))).toStrictEqual(expected);
    },
  );

  it.each(all.filter(({ effect }) => effect === 'refused'))(
    'is $code: $setting = $tried',
    async (option) => {
      const { code } = option;
      const client = openWith(option);
      await expect(answersOf(client)).rejects.toMatchObject({
        code,
        retryable: false,
        ...(code === 'invalid_argument' && { path: 'client' }),
      });
    },
  );
});
