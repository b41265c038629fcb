import { testSessionService } from '@holdfast/testkit';
import { createConnection as createCallbackConnection } from 'mysql2';
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_CAPABILITIES } from '../../sql/src/capabilities.fixture.ts';
import { processStarter } from '../../testkit/src/process/bundle-module.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import { scanTables } from './scan-tables.fixture.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

const startProcess = processStarter(new URL('./store-process.fixture.ts', import.meta.url));

describeWithDatabase('MysqlSessionService', () => {
  const tablePrefix = createTablePrefix();
  const pool = createPool({ uri: TEST_URL, multipleStatements: true });

  beforeAll(async () => {
    await new MysqlSessionService({ client: pool, tablePrefix }).migrate();
  });
  afterAll(async () => {
    await pool.end();
    await dropTables(tablePrefix);
  });

  const onPool = () => new MysqlSessionService({ client: pool, tablePrefix });
  testSessionService(
    { describe, it },
    {
      name: 'on a pool',
      create: onPool,
      reopen: onPool,
      startProcess: () => startProcess({ url: TEST_URL, tablePrefix }),
      scan: () => scanTables(tablePrefix),
    },
  );

  it('takes a connection with callbacks', async () => {
    const client = createCallbackConnection(TEST_URL);
    const service = new MysqlSessionService({ client, closeClient: true, tablePrefix });
    const key = { appName: 'callbacks', userId: 'ada', sessionId: 'one' };
    await service.create({ ...key, state: { a: 1 } });
    expect((await service.get(key))?.state.toJSON()).toStrictEqual({ a: 1 });
    await service.close();
  });

  it('excuses itself from nothing', () => {
    expect(onPool().capabilities).toStrictEqual({
      persistent: true,
      shared: true,
      ...SQL_CAPABILITIES,
    });
  });
});
