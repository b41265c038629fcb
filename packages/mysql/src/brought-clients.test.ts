import { randomUUID } from 'node:crypto';
import { createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import { recordingPool } from './recording-pool.fixture.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('Connections that were brought', () => {
  const tablePrefix = createTablePrefix();
  const owner = { appName: 'brought', userId: 'ada' };

  beforeAll(async () => {
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
  });
  afterAll(() => dropTables(tablePrefix));

  it('must carry text as utf8mb4, and commit by themselves', async () => {
    const key = { ...owner, sessionId: 'refused' };
    for (const [setting, problem] of [
      ["character_set_client = 'latin1'", 'character_set_client is latin1'],
      ['character_set_results = NULL', 'character_set_results'],
      ['autocommit = 0', 'autocommit'],
    ] as const) {
      const client = await createConnection(TEST_URL);
      await client.query(`SET ${setting}`);
      const service = new MysqlSessionService({ client, tablePrefix });
      await expect(service.get(key)).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining(problem),
      });
      await client.end();
    }
  });

  it('are each looked at: what is wrong with one is no fault of another', async () => {
    const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 3 });
    let made = 0;
    pool.on('connection', (connection) => {
      made++;
      if (made === 2) void connection.query("SET SESSION sql_mode = 'EMPTY_STRING_IS_NULL'");
      if (made === 3) connection.destroy();
    });
    const service = new MysqlSessionService({ client: pool, tablePrefix });
    const key = { ...owner, sessionId: 'each' };
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => service.get(key)));
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : 'answered',
    );
    // It is not said which one is made first.
    expect(codes.sort()).toStrictEqual(['answered', 'misconfigured', 'unavailable']);
    expect(made).toBe(3);
    await pool.end();
  });

  it('cost one round trip more when they are new, and none later', async () => {
    const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 1 });
    const { client, sent } = recordingPool(pool);
    const service = new MysqlSessionService({ client, tablePrefix });
    await service.get({ ...owner, sessionId: 'trips' });
    expect(sent).toHaveLength(2);
    await service.get({ ...owner, sessionId: 'trips' });
    expect(sent).toHaveLength(3);
    await pool.end();
  });

  it('must have no temporary table in the place of one of the service', async () => {
    for (const multipleStatements of [true, false]) {
      for (const table of ['sessions', 'events', 'state', 'migrations']) {
        const client = await createConnection({ uri: TEST_URL, multipleStatements });
        const name = `\`${tablePrefix}${table}\``;
        await client.query(`CREATE TEMPORARY TABLE ${name} AS SELECT * FROM ${name}`);
        const service = new MysqlSessionService({ client, tablePrefix });
        await expect(service.list(owner)).rejects.toMatchObject({
          code: 'misconfigured',
          message: expect.stringContaining(`temporary table ${tablePrefix}${table}`),
        });
        await client.query(`DROP TEMPORARY TABLE ${name}`);
        await service.list(owner);
        await client.end();
      }
    }
  });

  it('must send statements as they are, and may be set to read rows in any way', async () => {
    const key = { ...owner, sessionId: 'options' };
    const event = { id: 'e-1', content: { parts: [{ text: ":a ? '" }] } };
    for (const options of [
      { bigNumberStrings: true, supportBigNumbers: true, decimalNumbers: true, dateStrings: true },
      { typeCast: () => 'cast', nestTables: true, rowsAsArray: false, namedPlaceholders: true },
      { flags: ['-FOUND_ROWS', 'IGNORE_SPACE'], disableEval: true },
      { jsonStrings: true, stringifyObjects: true, resetOnRelease: true, charset: 'utf8mb4_bin' },
    ]) {
      for (const multipleStatements of [true, false]) {
        const client = createPool({ uri: TEST_URL, ...options, multipleStatements });
        await using service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
        await exercise(service, randomUUID());
      }
    }
    const client = createPool({
      uri: TEST_URL,
      queryFormat: (text) => String(text).replaceAll(/:\w+/g, 'NULL'),
    });
    await using service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('queryFormat'),
    });
  });

  it('keep a transaction of the caller, in which nothing is written or read', async () => {
    for (const multipleStatements of [true, false]) {
      const client = await createConnection({
        uri: TEST_URL,
        multipleStatements,
        rowsAsArray: true,
      });
      const service = new MysqlSessionService({ client, tablePrefix });
      const key = { ...owner, sessionId: `foreign-${multipleStatements}` };
      await client.query('START TRANSACTION');
      for (const call of [
        service.create(key),
        service.get(key),
        service.list(key),
        service.listEvents(key),
        service.getState({ scope: 'app', appName: key.appName }),
        service.updateState({ scope: 'app', appName: key.appName, set: { a: 1 } }),
        service.appendEvent({ ...key, event: {} }),
        service.delete(key),
        service.checkSchema(),
        service.migrate(),
      ]) {
        await expect(call).rejects.toMatchObject({ code: 'unsupported', retryable: false });
      }
      expect((await client.query('SELECT @@in_transaction'))[0]).toStrictEqual([[1]]);
      await client.query('ROLLBACK');
      await service.create(key);
      await client.end();
    }
  });
});
