import pg from 'pg';
import { expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { SERVER_SETTINGS, type ServerSetting } from './server-settings.fixture.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('A setting of PostgreSQL', () => {
  const { schema } = useDatabase();

  /** A service over one connection, which has a setting of its own. */
  function serviceWith(each: ServerSetting, tablePrefix?: string): PostgresSessionService {
    const { setting, tried } = each;
    // What a driver sets when it connects has to be changed later, and so has a transaction's own.
    const isLate = /^client_encoding$|^transaction_(?!timeout)/.test(setting);
    const own = isLate ? '' : `-c ${setting}=${tried.replaceAll(/[\\ ]/g, '\\$&')}`;
    // Nobody waits for the disk, unless that is what is tried.
    const options = `-c synchronous_commit=off ${own}`;
    const client = new pg.Pool({ connectionString: TEST_URL, max: 1, options });
    if (isLate) {
      client.on('connect', (each) => void each.query(`SET ${setting} = ${tried}`).catch(() => {}));
    }
    return new PostgresSessionService({ client, closeClient: true, schema, tablePrefix });
  }

  /** Tries each setting that the server has over connections that have it. */
  async function tryAll(
    effect: ServerSetting['effect'],
    attempt: (setting: ServerSetting) => Promise<void>,
  ): Promise<void> {
    const known = await settingsOfServer();
    const settings = SERVER_SETTINGS.filter((each) => each.effect === effect);
    const left = settings.filter(({ setting }) => known.has(setting));
    expect(left.length).toBeGreaterThan(0);
    const worker = async () => {
      for (let each = left.pop(); each !== undefined; each = left.pop()) {
        const { setting, tried } = each;
        await attempt(each).catch((cause: unknown) => {
          throw new Error(`${setting} = ${tried}: ${cause}`, { cause });
        });
      }
    };
    await Promise.all([1, 2, 3, 4].map(worker));
  }

  it('that changes no answer changes none', { timeout: 240_000 }, async () => {
    let tried = 0;
    await tryAll('harmless', async (setting) => {
      const service = serviceWith(setting);
      await exercise(service, `app ${tried++}`);
      await service.close();
    });
    expect(tried).toBeGreaterThan(100);
  });

  it('that could have to do with how tables are made has not', async () => {
    let made = 0;
    await tryAll('harmless', async (each) => {
      if (!/^(?:default_t|search_|check_|allow_|standard_|session_r|row_)/.test(each.setting))
        return;
      const service = serviceWith(each, `t${made++}_`);
      await service.migrate();
      await exercise(service, 'app');
      await service.close();
    });
    expect(made).toBeGreaterThan(10);
  });

  it('that would change one is refused by its name', async () => {
    await tryAll('refused', async (each) => {
      const { setting, code = 'misconfigured' } = each;
      const service = serviceWith(each);
      const create = service.create({ appName: 'app', userId: 'ada' });
      const message = expect.stringContaining(setting);
      await expect(create).rejects.toMatchObject({ code, message });
      await service.close();
    });
  });

  it('is one that was tried, if a session can change it', async () => {
    const tried = new Set(SERVER_SETTINGS.map(({ setting }) => setting));
    const unknown = [...(await settingsOfServer())].filter((name) => !tried.has(name));
    expect(unknown).toStrictEqual([]);
  });
});

async function settingsOfServer(): Promise<ReadonlySet<string>> {
  const rows = await runSql(
    "SELECT name FROM pg_settings WHERE context IN ('user', 'superuser') AND name NOT LIKE '%.%'",
  );
  return new Set(rows.map(([name]) => String(name)));
}
