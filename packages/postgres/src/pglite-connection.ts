import type {
  PostgresConnections,
  PostgresQuery,
  PostgresResult,
  RunQuery,
} from './postgres-connections.ts';

/** What is asked of a `PGlite`. */
export interface Pglite extends PgliteQueries {
  /** Where it keeps its files; undefined, or `memory://…`, where it keeps none. */
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

export interface PgliteOptions {
  readonly pglite: Pglite;
  /** Whether to close it in the end. */
  readonly ownsPglite: boolean;
}

/** PostgreSQL in this process: one connection, whose transactions PGlite keeps apart itself. */
export class PgliteConnection implements PostgresConnections {
  readonly #options: PgliteOptions;

  constructor(options: PgliteOptions) {
    this.#options = options;
  }

  get isPersistent(): boolean {
    const { dataDir } = this.#options.pglite;
    return dataDir !== undefined && !dataDir.startsWith('memory:');
  }

  query(query: PostgresQuery): Promise<PostgresResult> {
    return runOn(this.#options.pglite)(query);
  }

  transaction<Result>(body: (run: RunQuery) => Promise<Result>): Promise<Result> {
    return this.#options.pglite.transaction((transaction) => body(runOn(transaction)));
  }

  async close(): Promise<void> {
    if (this.#options.ownsPglite) await this.#options.pglite.close();
  }
}

function runOn(queries: PgliteQueries): RunQuery {
  return async ({ text, values }) => {
    const { rows, affectedRows } = await queries.query(text, [...values], { rowMode: 'array' });
    return { rows: rows as unknown[][], changes: affectedRows ?? 0 };
  };
}
