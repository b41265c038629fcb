import { type AddressInfo, createServer } from 'node:net';
import { createConnection as createCallbackConnection } from 'mysql2';
import { createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('Connections', () => {
  const tablePrefix = createTablePrefix();
  const owner = { appName: 'connections', userId: 'ada' };

  beforeAll(async () => {
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
  });
  afterAll(() => dropTables(tablePrefix));

  it('are not waited for without end, and one that comes late goes back', async () => {
    const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 1 });
    const service = new MysqlSessionService({ client: pool, tablePrefix, acquireTimeout: 20 });
    const held = await pool.getConnection();
    const key = { ...owner, sessionId: 'late' };
    await expect(service.get(key)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    held.release();
    expect(await service.get(key)).toBeUndefined();
    await pool.end();
  });

  it('are waited for in the same way where there is a single one', async () => {
    const client = await createConnection({ uri: TEST_URL, multipleStatements: true });
    const service = new MysqlSessionService({ client, tablePrefix, acquireTimeout: 50 });
    const key = { ...owner, sessionId: 'single' };
    await service.create(key);
    const other = await createConnection(TEST_URL);
    await other.query('START TRANSACTION');
    await other.query(
      `SELECT * FROM \`${tablePrefix}sessions\` WHERE session_id = 'single' FOR UPDATE`,
    );
    const blocked = service.appendEvent({ ...key, event: { author: 'user' } });
    await expect(service.get(key)).rejects.toMatchObject({ code: 'unavailable' });
    await other.query('COMMIT');
    expect((await blocked).seq).toBe(1);
    expect((await service.get(key))?.revision).toBe(1);
    await other.end();
    await client.end();
  });

  it('do one thing at a time where there is a single one', async () => {
    for (const multipleStatements of [true, false]) {
      const client = await createConnection({ uri: TEST_URL, multipleStatements });
      const service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
      const keys = Array.from({ length: 4 }, (_, i) => ({ ...owner, sessionId: `turn-${i}` }));
      const all = keys.map(async (key, i) => {
        await service.create(key);
        await Promise.all(
          Array.from({ length: 20 }, (_, j) =>
            service.appendEvent({
              ...key,
              event: { author: 'user', actions: { stateDelta: { [`k${j}`]: j, 'user:k': i } } },
            }),
          ),
        );
        const session = await service.get(key);
        expect(session?.events.map(({ seq }) => seq)).toStrictEqual(
          Array.from({ length: 20 }, (_, j) => j + 1),
        );
        expect(await service.delete(key)).toBe(true);
        expect(await service.get(key)).toBeUndefined();
      });
      await Promise.all(all);
      await service.close();
    }
  });

  it('do one thing at a time where two services share a single one, by promises and callbacks', async () => {
    const client = createCallbackConnection({ uri: TEST_URL });
    const [one, two] = [client, client.promise()].map(
      (each) => new MysqlSessionService({ client: each, tablePrefix }),
    ) as [MysqlSessionService, MysqlSessionService];
    const keys = Array.from({ length: 10 }, (_, i) => ({ ...owner, sessionId: `shared-${i}` }));
    await Promise.all(keys.map((key) => one.create(key)));
    // Without multiple statements an append is a transaction of several: an interleaved ROLLBACK
    // of the one service would take back what the other has written.
    const appends = keys.flatMap((key, i) => [
      one.appendEvent({ ...key, event: { id: `e-${i}`, author: 'user' } }),
      two.appendEvent({ ...key, event: {}, expectedRevision: 7 }).catch(() => undefined),
    ]);
    await Promise.all(appends);
    for (const key of keys) expect((await two.get(key))?.revision).toBe(1);
    await Promise.all([one.close(), two.close()]);
    await client.promise().end();
  });

  it('that are killed under load make calls unavailable, and are replaced', {
    timeout: 30_000,
  }, async () => {
    const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 5 });
    const threads: number[] = [];
    pool.on('connection', ({ threadId }) => threads.push(threadId));
    const service = new MysqlSessionService({ client: pool, tablePrefix });
    const key = { ...owner, sessionId: 'killed' };
    await service.create(key);
    const errors: unknown[] = [];
    let written = 0;
    let isEnough = false;

    async function write(writer: number) {
      for (let i = 0; !isEnough; i++) {
        const event = { id: `${writer}-${i}`, author: 'user' };
        for (let isStored = false; !isStored; ) {
          try {
            await service.appendEvent({ ...key, event });
            isStored = true;
          } catch (error) {
            errors.push(error);
          }
        }
        written++;
      }
    }
    const killer = await createConnection(TEST_URL);
    const writers = Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
    for (let kills = 0; kills < 20 || errors.length < 5; ) {
      for (const thread of threads.splice(0)) {
        kills++;
        // It may have gone by itself.
        await killer.query(`KILL ${thread}`).catch(() => {});
      }
      // Nothing more is killed than has been opened since.
      await killer.query('DO 0');
    }
    isEnough = true;
    await writers;
    await killer.end();

    for (const error of errors) {
      expect(error).toMatchObject({ name: 'HoldfastError', code: 'unavailable', retryable: true });
    }
    const session = await service.get(key);
    expect(session?.events.map(({ seq }) => seq)).toStrictEqual(
      Array.from({ length: written }, (_, i) => i + 1),
    );
    await pool.end();
  });

  it('that are never answered make open unavailable in time', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const url = `mysql://root@127.0.0.1:${port}/test`;
    await expect(MysqlSessionService.open({ url, acquireTimeout: 100 })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    await new Promise((resolve) => silent.close(resolve));
  });

  it('that are still being made keep no call and no close waiting', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const uri = `mysql://root@127.0.0.1:${port}/test`;
    const client = createPool({ uri, connectTimeout: 2_000, connectionLimit: 1 });
    // Without a bound of its own, one of the two would wait for the driver.
    const timeouts = { acquireTimeout: 60_000, callTimeout: 300 };
    const service = new MysqlSessionService({ client, closeClient: true, ...timeouts });
    const calls = [1, 2].map((i) => service.get({ ...owner, sessionId: `made-${i}` }));
    const closing = service.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    await closing;
    const count = () => new Promise((resolve) => silent.getConnections((_, n) => resolve(n)));
    await expect.poll(count, { timeout: 10_000 }).toBe(0);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('stay open after close where the caller has brought them, and end where not', async () => {
    const client = await createConnection({ uri: TEST_URL, rowsAsArray: true });
    const service = new MysqlSessionService({ client, tablePrefix });
    await service.get({ ...owner, sessionId: 'any' });
    await service.close();
    expect((await client.query('SELECT 1'))[0]).toStrictEqual([[1]]);
    const { threadId } = client;
    await new MysqlSessionService({ client, tablePrefix, closeClient: true }).close();
    const isThere = `SELECT COUNT(*) FROM information_schema.processlist WHERE id = ${threadId}`;
    await expect.poll(() => runSql(isThere)).toStrictEqual([[0]]);
  });
});
