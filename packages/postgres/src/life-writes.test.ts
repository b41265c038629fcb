import { itKeepsLivesApart } from '../../sql/src/life-writes.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('Lives of sessions in PostgreSQL', () => {
  const { schema, table } = useDatabase();

  itKeepsLivesApart({
    open: () => PostgresSessionService.open({ url: TEST_URL, schema, migrate: false }),
    async dump() {
      const tables = (['sessions', 'events', 'state', 'labels'] as const).map(
        (name) => `SELECT row.*::text FROM ${table(name)} row`,
      );
      return (await runSql(tables.join(' UNION ALL '))).join('\n');
    },
  });
});
