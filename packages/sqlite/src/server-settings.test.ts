import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { SERVER_SETTINGS, type ServerSetting } from './server-settings.fixture.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
let files = 0;
const newFile = () => join(folder, `${files++}.db`);

/** All of it on a database that its owner has set up. */
async function useAll(client: SqliteDatabase): Promise<void> {
  const service = new SqliteSessionService({ client });
  try {
    await service.migrate();
    await exercise(service, 'app');
  } finally {
    await service.close();
    client.close();
  }
}

function check(
  trial: Promise<void>,
  { effect, setting }: Pick<ServerSetting, 'effect' | 'setting'>,
) {
  if (effect !== 'refused') return trial;
  return expect(trial).rejects.toMatchObject({
    code: 'misconfigured',
    retryable: false,
    message: expect.stringMatching(new RegExp(setting, 'i')),
  });
}

describe.each(drivers)('a database of %s', (driver) => {
  const settings = SERVER_SETTINGS.filter(({ takenBy = driver }) => takenBy === driver);

  it.each(settings)('is $effect with $setting = $tried', async (each) => {
    const file = newFile();
    const client = await openDatabase(file, driver);
    client.exec(`PRAGMA synchronous = OFF; PRAGMA ${each.setting} = ${each.tried}`);
    if (each.of === 'file') client.exec('CREATE TABLE own (a)');
    await check(useAll(client), each);
    if (each.of !== 'file') return;
    const url = `sqlite:${file}`;
    const open = async () => {
      await using service = await SqliteSessionService.open({ url, driver });
      await exercise(service, 'opened');
    };
    await check(open(), each);
  });
});
