import { absorbErrors, type Turnstile, turnstileOf } from '@holdfast/sql';
import { foreignTransaction, isInTransaction } from './foreign-transaction.ts';
import { inTransaction } from './in-transaction.ts';
import type { PgClient } from './pg-driver.ts';
import { runOn } from './pg-statement.ts';
import type {
  PostgresConnections,
  PostgresQuery,
  PostgresResult,
  RunQuery,
} from './postgres-connections.ts';

export interface PgClientOptions {
  readonly client: PgClient;
  /** Whether to end the client in the end. */
  readonly ownsClient: boolean;
}

/** One connection of `pg`: calls wait for each other, so that none gets into a transaction. */
export class PgClientConnection implements PostgresConnections {
  readonly #options: PgClientOptions;
  readonly #turnstile: Turnstile;
  readonly #stopAbsorbing: () => void;

  constructor(options: PgClientOptions) {
    this.#options = options;
    this.#turnstile = turnstileOf(options.client);
    this.#stopAbsorbing = absorbErrors(options.client);
  }

  query(query: PostgresQuery): Promise<PostgresResult> {
    return this.#pass((run) => run(query));
  }

  transaction<Result>(body: (run: RunQuery) => Promise<Result>): Promise<Result> {
    return this.#pass((run) => inTransaction(run, body));
  }

  #pass<Result>(work: (run: RunQuery) => Promise<Result>): Promise<Result> {
    const { client } = this.#options;
    return this.#turnstile.pass(async () => {
      if (isInTransaction(client)) throw foreignTransaction();
      return work(runOn(client));
    });
  }

  async close(): Promise<void> {
    const { client, ownsClient } = this.#options;
    // An ended client may still meet an error while its socket closes.
    if (ownsClient) await client.end();
    else this.#stopAbsorbing();
  }
}
