import { randomUUID } from 'node:crypto';
import { type Connection, createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import { createServerOfOwn, describeWithOwnServer, type OwnServer } from './own-server.fixture.ts';
import {
  OF_SOMETHING_ELSE,
  SERVER_SETTINGS,
  type ServerSetting,
} from './server-settings.fixture.ts';
import { createTablePrefix } from './test-database.fixture.ts';

describeWithOwnServer('A setting of MariaDB', () => {
  let server: OwnServer;
  // Its own settings stay what they are.
  let admin: Connection;

  beforeAll(async () => {
    server = await createServerOfOwn('--log-bin=binary-log', '--server-id=1');
    await server.start();
    const options = { rowsAsArray: true, supportBigNumbers: true, multipleStatements: true };
    admin = await createConnection({ uri: server.url, ...options });
  }, 60_000);
  afterAll(async () => {
    await admin?.end();
    await server?.remove();
  }, 60_000);

  async function readRow(statement: string): Promise<readonly unknown[]> {
    const [rows] = await admin.query(statement);
    return (rows as unknown[][])[0] ?? [];
  }

  /** What every connection that is made meanwhile is set to. */
  async function withGlobals(settings: readonly ServerSetting[], body: () => Promise<void>) {
    const names = settings.map(({ setting }) => setting);
    const before = await readRow(`SELECT ${names.map((name) => `@@GLOBAL.${name}`).join(', ')}`);
    const set = (values: readonly unknown[]) =>
      admin.query(names.map((name, i) => `SET GLOBAL ${name} = ${literal(values[i])}`).join('; '));
    try {
      await set(settings.map(({ tried }) => tried));
      await body();
    } catch (cause) {
      throw new Error(`${namesOf(settings)}: ${String(cause)}`, { cause });
    } finally {
      await set(before);
    }
  }

  async function tryOpened(effect: ServerSetting['effect'], settings: readonly ServerSetting[]) {
    const options = { url: server.url, tablePrefix: createTablePrefix(), maxConnections: 2 };
    const use = async () => {
      await using service = await MysqlSessionService.open(options);
      await exercise(service, randomUUID());
    };
    if (effect === 'refused') await expect(use()).rejects.toMatchObject(refusalOf(settings));
    else await use();
  }

  /** Settings for one connection are set on each that the pool makes. */
  async function tryBrought(effect: ServerSetting['brought'], settings: readonly ServerSetting[]) {
    const client = createPool({
      uri: server.url,
      multipleStatements: true,
      connectionLimit: 1,
    });
    client.on('connection', (connection) => {
      for (const { setting, tried, level } of settings) {
        if (level !== 'session') continue;
        void connection.query(`SET SESSION ${setting} = ${literal(tried)}`);
      }
    });
    const use = async () => {
      const tablePrefix = createTablePrefix();
      await using service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
      await service.migrate();
      await exercise(service, randomUUID());
    };
    if (effect === 'refused') await expect(use()).rejects.toMatchObject(refusalOf(settings));
    else await use();
  }

  function settingsWhere(wanted: Partial<ServerSetting>): readonly ServerSetting[] {
    const found = SERVER_SETTINGS.filter((setting) =>
      Object.entries(wanted).every(([name, value]) => setting[name as 'effect'] === value),
    );
    expect(found.length).toBeGreaterThan(0);
    return found;
  }

  it('that would change an answer changes none if the service has opened the connections', {
    timeout: 60_000,
  }, async () => {
    for (const each of settingsWhere({ effect: 'pinned', brought: 'refused', level: 'global' })) {
      await withGlobals([each], () => tryOpened('pinned', [each]));
    }
  });

  it('that would change an answer is refused by its name on a connection that was brought', {
    timeout: 60_000,
  }, async () => {
    for (const each of settingsWhere({ brought: 'refused', level: 'global' })) {
      await withGlobals([each], () => tryBrought('refused', [each]));
    }
    for (const each of settingsWhere({ brought: 'refused', level: 'session' })) {
      await tryBrought('refused', [each]);
    }
  });

  it('is looked at each time if the pool that was brought resets its connections', async () => {
    const limit = { ...settingsWhere({ setting: 'sql_select_limit' })[0], tried: '1' };
    await withGlobals([limit as ServerSetting], async () => {
      const options = { connectionLimit: 1, resetOnRelease: true, multipleStatements: true };
      const client = createPool({ uri: server.url, ...options });
      client.on('connection', (connection) => {
        void connection.query('SET SESSION sql_select_limit = 18446744073709551615');
      });
      const tablePrefix = createTablePrefix();
      await using service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
      // It is as it should be when the version is read, and no more when the tables are made.
      await expect(service.migrate()).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining('sql_select_limit is 1'),
      });
    });
  });

  it('that keeps the service from its work is refused by its name', {
    timeout: 60_000,
  }, async () => {
    for (const each of settingsWhere({ effect: 'refused', level: 'global' })) {
      await withGlobals([each], () => tryOpened('refused', [each]));
    }
  });

  it('that changes no answer changes none', { timeout: 60_000 }, async () => {
    for (const batch of batchesOf(settingsWhere({ brought: 'harmless', level: 'global' }))) {
      await withGlobals(batch, async () => {
        await tryOpened('harmless', batch);
        await tryBrought('harmless', batch);
      });
    }
    for (const batch of batchesOf(settingsWhere({ brought: 'harmless', level: 'session' }))) {
      await tryBrought('harmless', batch);
    }
  });

  it('is one that was tried, if a session can change it', async () => {
    const tried = new Set(SERVER_SETTINGS.map(({ setting }) => setting));
    const [known] = await admin.query(
      "SELECT LOWER(variable_name) FROM information_schema.system_variables WHERE variable_scope LIKE 'SESSION%' AND read_only = 'NO'",
    );
    const names = (known as string[][]).flat().filter((name) => !OF_SOMETHING_ELSE.test(name));
    expect(names.filter((name) => !tried.has(name))).toStrictEqual([]);
  });
});

describeWithOwnServer('A setting with which MariaDB is started', () => {
  let server: OwnServer;

  beforeAll(async () => {
    const settings = SERVER_SETTINGS.filter(({ level }) => level === 'startup');
    server = await createServerOfOwn(
      ...settings.map(({ setting, tried }) => `--${setting}=${tried}`),
    );
    await server.start();
  }, 60_000);
  afterAll(() => server?.remove(), 60_000);

  it('changes no answer', async () => {
    await using service = await MysqlSessionService.open({ url: server.url });
    await exercise(service, randomUUID());
  });

  it('is refused by what it does to a connection that was brought', async () => {
    const client = await createConnection({ uri: server.url });
    await using service = new MysqlSessionService({ client, closeClient: true });
    await expect(service.migrate()).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('character_set_client is latin1'),
    });
  });
});

/** Settings that can be tried together: each has one value in a batch. */
function batchesOf(settings: readonly ServerSetting[]): readonly (readonly ServerSetting[])[] {
  const batches: ServerSetting[][] = [];
  const counts = new Map<string, number>();
  for (const each of settings) {
    const count = counts.get(each.setting) ?? 0;
    counts.set(each.setting, count + 1);
    batches[count] ??= [];
    batches[count].push(each);
  }
  return batches;
}

function namesOf(settings: readonly ServerSetting[]): string {
  return settings.map(({ setting, tried }) => `${setting} = ${tried}`).join(', ');
}

/** A variable may be called otherwise on the other server. */
function refusalOf(settings: readonly ServerSetting[]) {
  const names = settings.map(({ setting }) => setting.replace(/^tx_/, 'transaction_'));
  const message = expect.stringMatching(names.join('|'));
  return { name: 'HoldfastError', code: 'misconfigured', message };
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (value === 'NULL' || value === 'DEFAULT') return value;
  return /^-?[\d.]+$/.test(String(value)) ? String(value) : `'${String(value)}'`;
}
