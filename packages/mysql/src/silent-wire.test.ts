import { createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import { itEndsCallsOverASilentWire } from '../../sql/src/silent-wire.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('A wire that goes silent', () => {
  const tablePrefix = createTablePrefix();
  beforeAll(async () => {
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
  });
  afterAll(() => dropTables(tablePrefix));

  itEndsCallsOverASilentWire({
    url: TEST_URL,
    open: (options) => MysqlSessionService.open({ ...options, tablePrefix }),
    brought: {
      async pool({ url, callTimeout }) {
        const client = createPool({ uri: url, multipleStatements: true });
        const service = new MysqlSessionService({ client, tablePrefix, callTimeout });
        return { service, endClient: () => client.end() };
      },
      async connection({ url, callTimeout }) {
        const client = await createConnection({ uri: url, multipleStatements: true });
        const service = new MysqlSessionService({ client, tablePrefix, callTimeout });
        return { service, endClient: async () => {} };
      },
    },
  });
});
