import { afterAll, beforeAll } from 'vitest';
import { itKeepsLivesApart } from '../../sql/src/life-writes.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('Lives of sessions in MySQL', () => {
  const tablePrefix = createTablePrefix();
  const open = (options = {}) =>
    MysqlSessionService.open({ url: TEST_URL, tablePrefix, ...options });
  beforeAll(async () => {
    await (await open()).close();
  });
  afterAll(() => dropTables(tablePrefix));

  itKeepsLivesApart({
    open: () => open({ migrate: false }),
    async dump() {
      const texts: string[] = [];
      for (const name of ['sessions', 'events', 'state', 'labels']) {
        texts.push(String(await runSql(`SELECT * FROM \`${tablePrefix}${name}\``)));
      }
      return texts.join('\n');
    },
  });
});
