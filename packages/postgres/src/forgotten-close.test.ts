import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { itEndsWithoutClose } from '../../sql/src/forgotten-close.fixture.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

const PROGRAM = fileURLToPath(new URL('forgotten-close.fixture.ts', import.meta.url));

describeWithDatabase('A process that never closes its PostgresSessionService', () => {
  const { schema, table, open } = useDatabase();

  itEndsWithoutClose({
    program: (sessionId) => [PROGRAM, TEST_URL, schema, sessionId],
    service: open,
    async lockSessions() {
      const locker = new pg.Client(TEST_URL);
      await locker.connect();
      await locker.query(`BEGIN; SELECT FROM ${table('sessions')} FOR UPDATE`);
      return async () => {
        await locker.query('COMMIT');
        await locker.end();
      };
    },
    async waiting() {
      const rows = await runSql(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, $1) > 0`,
        [schema],
      );
      return rows.length;
    },
  });
});
