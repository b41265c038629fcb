import { createConnection, createPool } from 'mysql2/promise';
import { afterEach, expect, it } from 'vitest';
import { MysqlSessionService, printMigrations } from './mysql-session-service.ts';
import { recordingPool } from './recording-pool.fixture.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('migrate', () => {
  const prefixes: string[] = [];
  afterEach(async () => {
    for (const prefix of prefixes.splice(0)) await dropTables(prefix);
  });

  function emptyPlace(): string {
    const tablePrefix = createTablePrefix();
    prefixes.push(tablePrefix);
    return tablePrefix;
  }

  it('succeeds for fifty services at once on an empty database', { timeout: 30_000 }, async () => {
    const tablePrefix = emptyPlace();
    const services = await Promise.all(
      Array.from({ length: 50 }, () =>
        MysqlSessionService.open({
          url: TEST_URL,
          tablePrefix,
          maxConnections: 1,
          acquireTimeout: 25_000,
        }),
      ),
    );
    await Promise.all(services.map((service) => service.close()));
    expect(
      await runSql(`SELECT version FROM ${tablePrefix}migrations ORDER BY version`),
    ).toStrictEqual([[1], [2], [3]]);
  });

  it('is one read where the schema is current', async () => {
    const tablePrefix = emptyPlace();
    const pool = createPool({ uri: TEST_URL, multipleStatements: true });
    const { client, sent } = recordingPool(pool);
    const service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
    await service.migrate();
    sent.length = 0;
    await service.migrate();
    expect(sent).toStrictEqual([
      `SELECT COALESCE(MAX(version), 0) FROM \`${tablePrefix}migrations\`;\nDO 0`,
    ]);
    await service.close();
  });

  it('says what it waits for, if it gives up', async () => {
    const tablePrefix = emptyPlace();
    const holder = await createConnection({ uri: TEST_URL, rowsAsArray: true });
    const database = new URL(TEST_URL).pathname.slice(1);
    await holder.query(`SELECT GET_LOCK('holdfast ${database} \`${tablePrefix}migrations\`', 0)`);
    const opening = MysqlSessionService.open({ url: TEST_URL, tablePrefix });
    const failure = expect(opening).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('another process is migrating'),
    });
    const waiting = `SELECT id FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE '%${tablePrefix}%'`;
    await expect.poll(() => runSql(waiting), { timeout: 20_000 }).toHaveLength(1);
    await holder.query(`KILL QUERY ${(await runSql(waiting))[0]?.[0]}`);
    await failure;
    await holder.end();
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
  });

  it('refuses a schema that is newer', async () => {
    const tablePrefix = emptyPlace();
    const options = { url: TEST_URL, tablePrefix };
    await (await MysqlSessionService.open(options)).close();
    await runSql(`INSERT INTO ${tablePrefix}migrations (version) VALUES (99)`);
    await expect(MysqlSessionService.open(options)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(MysqlSessionService.open({ ...options, migrate: false })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('is not called where migrate is false, and missing tables are misconfigured', async () => {
    const options = { url: TEST_URL, tablePrefix: emptyPlace(), migrate: false };
    await expect(MysqlSessionService.open(options)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('call migrate()'),
    });
  });

  it('is not needed where someone has run the printed SQL', async () => {
    const tablePrefix = emptyPlace();
    const printed = printMigrations({ tablePrefix });
    await runSql(...printed.split(/;\n/).filter((statement) => statement.trim() !== ''));
    const service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix, migrate: false });
    const key = { appName: 'a', userId: 'b', sessionId: 'c' };
    await service.create(key);
    expect((await service.get(key))?.revision).toBe(0);
    await service.close();
  });

  it('makes keys that are compared by their bytes', async () => {
    const tablePrefix = emptyPlace();
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
    // Of each table by its name: a look at all tables of the database meets those that others drop.
    const tables = (await runSql(`SHOW TABLES LIKE '${tablePrefix}%'`)).map(([name]) => `${name}`);
    const kinds = await Promise.all(
      tables.map(async (table) => {
        const columns = await runSql(`SHOW COLUMNS FROM \`${table}\``);
        const types = new Map(columns.map(([name, type]) => [name, `${type}`.replace(/\(.*/, '')]));
        const indexed = await runSql(`SHOW INDEX FROM \`${table}\``);
        return indexed.map((row) => `${row[10]} of ${types.get(row[4])}`);
      }),
    );
    expect(tables.length).toBeGreaterThan(2);
    expect([...new Set(kinds.flat())].sort()).toStrictEqual([
      'BTREE of bigint',
      'BTREE of varbinary',
    ]);
  });
});
