import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

/** Makes something else of integers, and of texts. */
const types = {
  getTypeParser: (oid: number) => (value: string) => (oid === 20 ? BigInt(value) : { value }),
} as unknown as pg.CustomTypesConfig;

describeWithDatabase('A brought pool', () => {
  const { schema } = useDatabase();

  const configs: Readonly<Record<string, pg.PoolConfig>> = {
    'has parsers of its own': { types },
    'sends queries in a pipeline': { pipeline: true } as pg.PoolConfig,
    'has one connection, which it replaces after each use': { max: 1, maxUses: 1 },
    'has timeouts of its own': {
      query_timeout: 20_000,
      statement_timeout: 20_000,
      lock_timeout: 20_000,
      idle_in_transaction_session_timeout: 20_000,
      idleTimeoutMillis: 1,
    },
  };
  for (const [title, config] of Object.entries(configs)) {
    it(`answers as usual if it ${title}`, async () => {
      const client = new pg.Pool({ connectionString: TEST_URL, ...config });
      const service = new PostgresSessionService({ client, schema });
      await exercise(service, randomUUID());
      await service.close();
      await client.end();
      expect(client.ended).toBe(true);
    });
  }
});
