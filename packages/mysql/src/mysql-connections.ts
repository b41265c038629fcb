import { borrowInTime } from '@holdfast/sql';
import type { ConnectionLender } from './connection-lender.ts';
import type { MysqlConnection } from './mysql-driver.ts';
import { ConnectionSpoiled, isConnectionLost } from './mysql-error.ts';

export interface MysqlConnectionsOptions {
  readonly lender: ConnectionLender;
  /** How long a call waits for a connection, in ms. */
  readonly acquireTimeout: number;
}

/** Lends connections for one piece of work each, and never waits for one without end. */
export class MysqlConnections {
  readonly #lender: ConnectionLender;
  readonly #acquireTimeout: number;

  constructor({ lender, acquireTimeout }: MysqlConnectionsOptions) {
    this.#lender = lender;
    this.#acquireTimeout = acquireTimeout;
  }

  /** Runs `work` on a connection that nobody else uses meanwhile. */
  async use<Result>(work: (connection: MysqlConnection) => Promise<Result>): Promise<Result> {
    const connection = await this.#acquire();
    let result: Result;
    try {
      result = await work(connection);
    } catch (error) {
      if (error instanceof ConnectionSpoiled || isConnectionLost(error)) {
        this.#lender.discard(connection);
      } else {
        this.#lender.giveBack(connection);
      }
      throw error instanceof ConnectionSpoiled ? error.cause : error;
    }
    this.#lender.giveBack(connection);
    return result;
  }

  close(): Promise<void> {
    return this.#lender.close();
  }

  #acquire(): Promise<MysqlConnection> {
    return borrowInTime({
      borrow: () => this.#lender.borrow(),
      giveBack: (connection) => this.#lender.giveBack(connection),
      timeout: this.#acquireTimeout,
    });
  }
}
