import { createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('Writers that meet', () => {
  const tablePrefix = createTablePrefix();
  let service: MysqlSessionService;

  beforeAll(async () => {
    service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix, maxConnections: 20 });
  });
  afterAll(async () => {
    await service?.close();
    await dropTables(tablePrefix);
  });

  it('all succeed with 200 appends at once to the same shared keys, in any order', async () => {
    const owner = { appName: 'shared-keys', userId: 'ada' };
    const sessions = Array.from({ length: 20 }, (_, i) => `s${i}`);
    for (const sessionId of sessions) await service.create({ ...owner, sessionId });
    const keys = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? `app:k${i}` : `user:k${i}`));
    const events = await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const turned = [...keys.slice(i % 8), ...keys.slice(0, i % 8)];
        if (i % 3 === 0) turned.reverse();
        return service.appendEvent({
          ...owner,
          sessionId: sessions[i % 20] as string,
          event: {
            author: 'user',
            actions: {
              stateDelta: Object.fromEntries(turned.slice(0, 5).map((key) => [key, i])),
              removedStateKeys: turned.slice(5),
            },
          },
        });
      }),
    );
    expect(events.map(({ seq }) => seq).sort()).toStrictEqual(
      Array.from({ length: 200 }, (_, i) => 1 + Math.floor(i / 20)).sort(),
    );
  });

  it('wait for a transaction of somebody else, and try again where the server does not', async () => {
    const key = { appName: 'waiting', userId: 'ada', sessionId: 'one' };
    await service.create(key);
    const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 1 });
    await pool.query('SET SESSION innodb_lock_wait_timeout = 0');
    const impatient = new MysqlSessionService({ client: pool, closeClient: true, tablePrefix });
    const other = await createConnection(TEST_URL);
    await other.query('START TRANSACTION');
    await other.query(
      `SELECT * FROM \`${tablePrefix}sessions\` WHERE app_name = 'waiting' FOR UPDATE`,
    );

    const append = { ...key, event: { id: 'e-1', author: 'user' } };
    await expect(impatient.appendEvent(append)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      cause: { errno: 1205 },
    });
    const waiting = service.appendEvent(append);
    await other.query('COMMIT');
    expect((await waiting).seq).toBe(1);
    expect((await impatient.appendEvent(append)).seq).toBe(1);
    await other.end();
    await impatient.close();
  });
});
