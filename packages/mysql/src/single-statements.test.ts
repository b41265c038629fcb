import { testSessionService } from '@holdfast/testkit';
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, it } from 'vitest';
import { describeSome, isWriting } from '../../testkit/src/some-concerns.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('MysqlSessionService', () => {
  const tablePrefix = createTablePrefix();
  const pool = createPool({ uri: TEST_URL });

  beforeAll(async () => {
    await new MysqlSessionService({ client: pool, tablePrefix }).migrate();
  });
  afterAll(async () => {
    await pool.end();
    await dropTables(tablePrefix);
  });

  const create = () => new MysqlSessionService({ client: pool, tablePrefix });
  testSessionService(
    { describe: describeSome(isWriting), it },
    {
      name: 'on a pool that takes one statement at a time',
      create,
      reopen: create,
      propertyRuns: 10,
    },
  );
});
