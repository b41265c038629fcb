import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  PostgresSessionService,
  type PostgresSessionServiceOptions,
} from './postgres-session-service.ts';

/** The database that the tests use. Each test file has schemas of its own in it. */
export const TEST_URL =
  process.env['HOLDFAST_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const START =
  'docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust -e POSTGRES_DB=test postgres:15';

const isReachable = await runSql('SELECT 1').then(
  () => true,
  () => false,
);

const isSkipped = !isReachable && !process.env['CI'];
if (isSkipped) console.warn(`Skipped: no database at ${TEST_URL}. To start one: ${START}`);

/** A `describe` that is skipped if there is no database. If `CI` is set, it fails. */
export function describeWithDatabase(name: string, body: () => void): void {
  describe.skipIf(isSkipped)(isSkipped ? `${name} (no database)` : name, body);
}

/** The name of a schema that does not exist. */
export function newSchemaName(): string {
  return `holdfast_test_${randomBytes(6).toString('hex')}`;
}

/** Runs one statement on a connection of its own, and gives its rows as arrays. */
export async function runSql(
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly unknown[][]> {
  const client = new pg.Client({ connectionString: TEST_URL, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text, values: [...values], rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

export async function dropSchema(schema: string): Promise<void> {
  await runSql(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
}

export interface TestDatabase {
  readonly schema: string;
  readonly pool: pg.Pool;
  /** The name of a table in a statement. */
  table(name: 'sessions' | 'events' | 'state' | 'labels' | 'migrations'): string;
  /** A service over the pool, and its tables. */
  open(options?: Partial<PostgresSessionServiceOptions>): PostgresSessionService;
}

/** Makes a schema with tables for the tests of a `describe`, and a pool for it. */
export function useDatabase(config: pg.PoolConfig = {}): TestDatabase {
  const schema = newSchemaName();
  const pool = new pg.Pool({ connectionString: TEST_URL, ...config });
  const open = (options?: Partial<PostgresSessionServiceOptions>) =>
    new PostgresSessionService({ client: pool, schema, ...options });
  beforeAll(() => migrate({ schema }), 60_000);
  afterAll(async () => {
    await pool.end();
    await dropSchema(schema);
  });
  return { schema, pool, open, table: (name) => `"${schema}".holdfast_${name}` };
}

/** Makes tables, over a connection of its own. */
export async function migrate(
  options: Pick<PostgresSessionServiceOptions, 'schema' | 'tablePrefix'>,
): Promise<void> {
  const service = await PostgresSessionService.open({ url: TEST_URL, ...options });
  await service.close();
}
