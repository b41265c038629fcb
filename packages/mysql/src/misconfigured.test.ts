import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import { createServerOfOwn, describeWithOwnServer, type OwnServer } from './own-server.fixture.ts';
import { createTablePrefix } from './test-database.fixture.ts';

const PASSWORD = 'a-secret-of-the-test';
const key = { appName: 'misconfigured', userId: 'ada', sessionId: 'one' };

describeWithOwnServer('What a person has to mend', () => {
  const tablePrefix = createTablePrefix();
  let server: OwnServer;
  let admin: Connection;
  let users = 0;

  beforeAll(async () => {
    server = await createServerOfOwn();
    await server.start();
    admin = await createConnection({ uri: server.url, multipleStatements: true });
    const service = await MysqlSessionService.open({ url: server.url, tablePrefix });
    await service.create(key);
    await service.close();
  }, 60_000);
  afterAll(async () => {
    await admin?.end();
    await server?.remove();
  }, 60_000);

  const table = (name: string) => `\`test\`.\`${tablePrefix}${name}\``;

  /** The URL of a new user with these rights, which is made with these options. */
  async function urlOfUser(grants: readonly string[], options = '') {
    users++;
    const url = new URL(server.url);
    url.username = `user${users}`;
    url.password = PASSWORD;
    await admin.query(`CREATE USER ${url.username} IDENTIFIED BY '${PASSWORD}' ${options}`);
    for (const grant of grants) await admin.query(`GRANT ${grant} TO ${url.username}`);
    return url;
  }

  /** What a service over this URL says when it is opened and used. */
  async function failureOf(url: URL | string, options: { readonly migrate?: boolean } = {}) {
    const use = async () => {
      const service = await MysqlSessionService.open({ url: String(url), tablePrefix, ...options });
      try {
        await service.get(key);
        await service.appendEvent({ ...key, event: { actions: { stateDelta: { a: 1 } } } });
        await service.delete(key);
      } finally {
        await service.close();
      }
    };
    const error = await use().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).not.toContain(PASSWORD);
    return error;
  }

  const misconfigured = (...words: readonly string[]) => ({
    name: 'HoldfastError',
    code: 'misconfigured',
    retryable: false,
    message: expect.stringMatching(new RegExp(words.join('.*'), 's')),
  });

  it('is a wrong password, or a user that does not exist', async () => {
    const url = await urlOfUser(['ALL ON test.*']);
    const user = url.username;
    url.password = 'wrong';
    expect(await failureOf(url)).toMatchObject(misconfigured('refuses access', user));
    url.username = 'nobody';
    expect(await failureOf(url)).toMatchObject(misconfigured('refuses access', 'nobody'));
  });

  it('is a user that is locked, or whose password has expired', async () => {
    for (const option of ['ACCOUNT LOCK', 'PASSWORD EXPIRE']) {
      const url = await urlOfUser(['ALL ON test.*'], option);
      expect(await failureOf(url)).toMatchObject(
        misconfigured('unlocked, or given a new password'),
      );
    }
  });

  it('is TLS that only one side wants', async () => {
    const url = await urlOfUser(['ALL ON test.*'], 'REQUIRE SSL');
    expect(await failureOf(url)).toMatchObject(misconfigured('refuses access'));
    const wants = `${await urlOfUser(['ALL ON test.*'])}?ssl={}`;
    expect(await failureOf(wants)).toMatchObject(misconfigured('do not agree', 'secure'));
    await admin.query('SET GLOBAL require_secure_transport = ON');
    expect(await failureOf(server.url)).toMatchObject(misconfigured('refuses access'));
    await admin.query('SET GLOBAL require_secure_transport = OFF');
  });

  it('is a way to log in that the driver does not know', async () => {
    await admin.query("INSTALL SONAME 'auth_ed25519'");
    const url = await urlOfUser(['ALL ON test.*']);
    await admin.query(
      `ALTER USER ${url.username} IDENTIFIED VIA ed25519 USING PASSWORD('${PASSWORD}')`,
    );
    expect(await failureOf(url)).toMatchObject(misconfigured('do not agree', 'ed25519'));
  });

  it('is a database that does not exist, or that the user may not use', async () => {
    const nowhere = server.url.replace(/test$/, 'nowhere');
    expect(await failureOf(nowhere)).toMatchObject(misconfigured('does not exist', 'nowhere'));
    const url = await urlOfUser([]);
    expect(await failureOf(url)).toMatchObject(misconfigured('refuses access', 'test'));
  });

  it('is a right that is missing, for tables, for their making, for a column', async () => {
    const read = await urlOfUser(['SELECT ON test.*']);
    expect(await failureOf(read)).toMatchObject(misconfigured('refuses access', 'UPDATE|INSERT'));
    const part = await urlOfUser(['SELECT, UPDATE ON test.*', `INSERT ON ${table('events')}`]);
    expect(await failureOf(part)).toMatchObject(misconfigured('INSERT', `${tablePrefix}state`));
    const column = await urlOfUser([
      `SELECT ON ${table('migrations')}`,
      `SELECT (app_name, user_id) ON ${table('sessions')}`,
      `SELECT ON ${table('state')}`,
      `SELECT ON ${table('events')}`,
    ]);
    expect(await failureOf(column)).toMatchObject(misconfigured('refuses access', 'SELECT'));
    const noDelete = await urlOfUser(['SELECT, INSERT, UPDATE ON test.*']);
    expect(await failureOf(noDelete)).toMatchObject(misconfigured('DELETE', tablePrefix));
    await admin.query('CREATE DATABASE IF NOT EXISTS other');
    const create = await urlOfUser(['SELECT, INSERT, UPDATE, DELETE ON other.*']);
    create.pathname = 'other';
    expect(await failureOf(create)).toMatchObject(misconfigured('refuses access', 'CREATE'));
  });

  it('is a table, a column or an index that is missing, or was changed', async () => {
    await admin.query('CREATE DATABASE changed');
    const url = server.url.replace(/test$/, 'changed');
    await (await MysqlSessionService.open({ url, tablePrefix })).close();
    const change = async (there: string, back: string, ...words: readonly string[]) => {
      const service = await MysqlSessionService.open({ url, tablePrefix });
      await service.getOrCreate(key);
      await service.close();
      await admin.query(`USE changed; ${there}`);
      expect(await failureOf(url)).toMatchObject(misconfigured(...words));
      await admin.query(back);
    };
    const [events, state] = [`\`${tablePrefix}events\``, `\`${tablePrefix}state\``];
    await change(
      `RENAME TABLE ${state} TO away`,
      `RENAME TABLE away TO ${state}`,
      'do not exist',
      tablePrefix,
    );
    await change(
      `ALTER TABLE ${events} RENAME COLUMN body TO text`,
      `ALTER TABLE ${events} RENAME COLUMN text TO body`,
      'not those of this package',
      'body',
    );
    await change(
      `ALTER TABLE ${events} ADD COLUMN more INT NOT NULL`,
      `ALTER TABLE ${events} DROP COLUMN more`,
      'not those of this package',
      'more',
    );
    await change(
      `ALTER TABLE ${events} MODIFY timestamp TINYINT NOT NULL`,
      `ALTER TABLE ${events} MODIFY timestamp BIGINT NOT NULL`,
      'not those of this package',
      'timestamp',
    );
    await change(
      `CREATE TRIGGER refuse BEFORE INSERT ON ${events} FOR EACH ROW
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'`,
      'DROP TRIGGER refuse',
      'trigger',
      'not today',
    );
    const byUser = `\`${tablePrefix}sessions_by_user\``;
    await admin.query(`ALTER TABLE \`${tablePrefix}sessions\` DROP INDEX ${byUser}`);
    const service = await MysqlSessionService.open({ url, tablePrefix });
    await expect(service.list(key)).rejects.toMatchObject(misconfigured('sessions_by_user'));
    await service.close();
  });

  it('is a schema that was never made, or is too old', async () => {
    await admin.query('CREATE DATABASE fresh');
    const fresh = server.url.replace(/test$/, 'fresh');
    expect(await failureOf(fresh, { migrate: false })).toMatchObject(misconfigured('migrate'));
  });

  it('is an init_connect that fails', async () => {
    await admin.query("SET GLOBAL init_connect = 'SELECT nonsense FROM nowhere'");
    const url = await urlOfUser(['ALL ON test.*']);
    expect(await failureOf(url)).toMatchObject(misconfigured('init_connect'));
    await admin.query("SET GLOBAL init_connect = 'SET sql_select_limit = 0, autocommit = 0'");
    const service = await MysqlSessionService.open({ url: url.href, tablePrefix });
    expect((await service.get(key))?.sessionId).toBe('one');
    await service.close();
    await admin.query("SET GLOBAL init_connect = ''");
  });

  it('is not a server that is read-only, or has no connection left: that may pass', async () => {
    const url = await urlOfUser(['ALL ON test.*'], 'WITH MAX_USER_CONNECTIONS 1');
    const unavailable = { code: 'unavailable', retryable: true };
    await admin.query('SET GLOBAL read_only = ON');
    expect(await failureOf(url)).toMatchObject(unavailable);
    await admin.query('SET GLOBAL read_only = OFF');
    const service = await MysqlSessionService.open({ url: url.href, tablePrefix });
    expect(await failureOf(url)).toMatchObject(unavailable);
    await service.close();
  });
});
