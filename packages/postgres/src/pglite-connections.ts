import type { ConnectionSource, SqlResult } from '@holdfast/sql';
import type { PostgresQuery } from './compose-statements.ts';
import type { PostgresConnections } from './postgres-driver.ts';

/** What is asked of a `PGlite`. */
export interface Pglite extends PgliteQueries {
  /** Where it keeps its files; undefined, or `memory://…`, if it keeps none. */
  readonly dataDir?: string | undefined;
  transaction<Result>(body: (transaction: PgliteQueries) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface PgliteQueries {
  query(
    text: string,
    values: unknown[],
    options: { readonly rowMode: 'array' },
  ): Promise<{ readonly rows: unknown[]; readonly affectedRows?: number | undefined }>;
}

/** PostgreSQL in this process: one connection, whose transactions PGlite keeps apart itself. */
export function pgliteConnections(pglite: Pglite, { owned }: { readonly owned: boolean }) {
  const source: ConnectionSource<PgliteQueries> = {
    acquire: async () => pglite,
    release() {},
    destroy() {},
    async end() {
      if (owned) await pglite.close();
    },
    destroyAll() {},
  };
  return {
    source,
    run,
    transaction: (_, body) => pglite.transaction(body),
  } satisfies PostgresConnections<PgliteQueries>;
}

async function run(pglite: PgliteQueries, { text, values }: PostgresQuery): Promise<SqlResult> {
  const { rows, affectedRows } = await pglite.query(text, [...values], { rowMode: 'array' });
  return { rows: rows as unknown[][], changes: affectedRows ?? 0 };
}
