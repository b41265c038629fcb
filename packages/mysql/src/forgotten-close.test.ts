import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import { itEndsWithoutClose } from '../../sql/src/forgotten-close.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const PROGRAM = fileURLToPath(new URL('forgotten-close.fixture.ts', import.meta.url));

describeWithDatabase('A process that never closes its MysqlSessionService', () => {
  const tablePrefix = createTablePrefix();
  let service: MysqlSessionService;
  beforeAll(async () => {
    service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
  });
  afterAll(async () => {
    await service?.close();
    await dropTables(tablePrefix);
  });

  itEndsWithoutClose({
    program: (sessionId) => [PROGRAM, TEST_URL, tablePrefix, sessionId],
    service: () => service,
    async lockSessions() {
      const locker = await createConnection(TEST_URL);
      await locker.query('START TRANSACTION');
      await locker.query(`SELECT 1 FROM \`${tablePrefix}sessions\` FOR UPDATE`);
      return async () => {
        await locker.query('COMMIT');
        await locker.end();
      };
    },
    async waiting() {
      const rows = await runSql(
        `SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE%${tablePrefix}%'`,
      );
      return rows.length;
    },
  });
});
