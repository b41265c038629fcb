import pg from 'pg';
import { itEndsCallsOverASilentWire } from '../../sql/src/silent-wire.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('A wire that goes silent', () => {
  const { schema } = useDatabase();
  itEndsCallsOverASilentWire({
    url: TEST_URL,
    open: (options) => PostgresSessionService.open({ ...options, schema }),
    brought: {
      async pool({ url, callTimeout }) {
        const client = new pg.Pool({ connectionString: url });
        const service = new PostgresSessionService({ client, schema, callTimeout });
        return { service, endClient: () => client.end() };
      },
      async client({ url, callTimeout }) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        const service = new PostgresSessionService({ client, schema, callTimeout });
        return { service, endClient: async () => {} };
      },
    },
  });
});
