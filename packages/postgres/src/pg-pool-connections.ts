import { absorbErrors, borrowInTime } from '@holdfast/sql';
import { isInTransaction } from './foreign-transaction.ts';
import { inTransaction, RollbackFailed } from './in-transaction.ts';
import type { PgPool, PgPoolClient } from './pg-driver.ts';
import { runOn } from './pg-statement.ts';
import type {
  PostgresConnections,
  PostgresQuery,
  PostgresResult,
  RunQuery,
} from './postgres-connections.ts';
import { isConnectionLost } from './postgres-error.ts';

export interface PgPoolOptions {
  readonly pool: PgPool;
  /** Whether to end the pool in the end. */
  readonly ownsPool: boolean;
  /** How long to wait for a free connection, in ms. */
  readonly acquireTimeout: number;
}

/** The connections of a pool of `pg`. */
export class PgPoolConnections implements PostgresConnections {
  readonly #options: PgPoolOptions;
  readonly #stopAbsorbing: () => void;

  constructor(options: PgPoolOptions) {
    this.#options = options;
    this.#stopAbsorbing = absorbErrors(options.pool);
  }

  query(query: PostgresQuery): Promise<PostgresResult> {
    return this.#withClient((client) => runOn(client)(query));
  }

  transaction<Result>(body: (run: RunQuery) => Promise<Result>): Promise<Result> {
    return this.#withClient((client) => inTransaction(runOn(client), body));
  }

  async close(): Promise<void> {
    const { pool, ownsPool } = this.#options;
    // An ended pool may still meet an error while its sockets close.
    if (ownsPool) await pool.end();
    else this.#stopAbsorbing();
  }

  async #withClient<Result>(body: (client: PgPoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#acquire();
    const stopAbsorbing = absorbErrors(client);
    let isLost = false;
    try {
      return await body(client);
    } catch (error) {
      isLost = isConnectionLost(error);
      throw error instanceof RollbackFailed ? error.cause : error;
    } finally {
      if (!isLost) stopAbsorbing();
      client.release(isLost);
    }
  }

  #acquire(): Promise<PgPoolClient> {
    const { pool, acquireTimeout } = this.#options;
    return borrowInTime({
      async borrow() {
        let client = await pool.connect();
        // Somebody gave it back too early: it is of no use to anyone.
        while (isInTransaction(client)) {
          client.release(true);
          client = await pool.connect();
        }
        return client;
      },
      giveBack: (client) => client.release(),
      timeout: acquireTimeout,
    });
  }
}
