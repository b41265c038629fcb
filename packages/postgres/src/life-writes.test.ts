import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itKeepsLivesApart, raiseCounters } from '../../sql/src/life-writes.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

/** All rows as texts. */
function dumpOf(tables: readonly string[]): string {
  return tables.map((table) => `SELECT row.*::text AS text FROM ${table} row`).join(' UNION ALL ');
}

const TABLES = ['sessions', 'events', 'state', 'labels'] as const;

describeWithDatabase('Lives of sessions in PostgreSQL', () => {
  const { schema, table } = useDatabase();

  itKeepsLivesApart({
    open: () => PostgresSessionService.open({ url: TEST_URL, schema, migrate: false }),
    dump: async () => (await runSql(dumpOf(TABLES.map(table)))).join('\n'),
  });

  it('meets no deadlock if many raise counters that others set', { timeout: 60_000 }, async () => {
    const codes: unknown[] = [];
    const client = new pg.Pool({ connectionString: TEST_URL });
    client.on('connect', (connection) => {
      const query = connection.query.bind(connection) as (query: unknown) => Promise<unknown>;
      const recording = (sent: unknown) =>
        query(sent).catch((error: { readonly code?: unknown }) => {
          codes.push(error.code);
          throw error;
        });
      Object.assign(connection, { query: recording });
    });
    const service = new PostgresSessionService({ client, closeClient: true, schema });
    await raiseCounters([service], { appName: 'no-deadlock', userId: 'ada' });
    expect(codes).toStrictEqual([]);
    await service.close();
  });
});

describe('Lives of sessions in PGlite', () => {
  const pglite = new PGlite();
  const open = () => new PostgresSessionService({ client: pglite });
  beforeAll(() => open().migrate(), 60_000);
  afterAll(() => pglite.close());

  itKeepsLivesApart({
    open: async () => open(),
    async dump() {
      const text = dumpOf(TABLES.map((name) => `holdfast_${name}`));
      const { rows } = await pglite.query<{ readonly text: string }>(text);
      return rows.map((row) => row.text).join('\n');
    },
  });
});
