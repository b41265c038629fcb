import type { PgClient } from './pg-driver.ts';
import type { PostgresValue, RunQuery } from './postgres-connections.ts';

/** Runs queries on one connection. */
export function runOn(client: Pick<PgClient, 'query'>): RunQuery {
  return async ({ values, ...query }) => {
    const { rows, rowCount } = await client.query({
      ...query,
      values: values as PostgresValue[],
      rowMode: 'array',
    });
    return { rows: rows as unknown[][], changes: rowCount ?? 0 };
  };
}
