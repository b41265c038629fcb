import { type ConnectionSource, readRows, type SqlResult } from '@holdfast/sql';
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
    options: PgliteQueryOptions,
  ): Promise<{ readonly rows: unknown[]; readonly affectedRows?: number | undefined }>;
}

/** Whatever a PGlite is set to, these hold for a query. They are by the number of a type. */
export interface PgliteQueryOptions {
  readonly rowMode: 'array';
  readonly parsers: Readonly<Record<number, (text: string) => unknown>>;
  readonly serializers: Readonly<Record<number, (value: unknown) => string>>;
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

// https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const [INT8, INT4, TEXT] = [20, 23, 25];
const [INT8_ARRAY, TEXT_ARRAY] = [1016, 1009];

/** The types of what is read and written, of which the owner of a PGlite may have another notion. */
const OPTIONS: PgliteQueryOptions = {
  rowMode: 'array',
  parsers: { [INT8]: asItIs, [INT4]: asItIs, [TEXT]: asItIs },
  serializers: {
    [INT8]: String,
    [INT4]: String,
    [TEXT]: String,
    [INT8_ARRAY]: arrayLiteral,
    [TEXT_ARRAY]: arrayLiteral,
  },
};

function asItIs(text: string): string {
  return text;
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayLiteral(values: unknown): string {
  const quote = (value: unknown) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`;
  return `{${(values as readonly unknown[]).map(quote).join(',')}}`;
}

async function run(pglite: PgliteQueries, { text, values }: PostgresQuery): Promise<SqlResult> {
  const { rows, affectedRows } = await pglite.query(text, [...values], OPTIONS);
  return { rows: readRows(rows), changes: affectedRows ?? 0 };
}
