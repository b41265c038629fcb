/** A statement as it is given to the driver: whatever a connection is set to, these hold. */
export interface MysqlStatement {
  readonly sql: string;
  readonly values?: (string | number | null)[];
  readonly rowsAsArray: true;
  readonly typeCast: true | ((field: unknown, next: () => unknown) => unknown);
  readonly nestTables: false;
  readonly namedPlaceholders: false;
}

/** What is asked of a connection of mysql2, as `mysql2/promise` has it. */
export interface MysqlConnection {
  /** What the promises are wrapped around, by each caller anew. Undefined: the object itself counts. */
  readonly connection?: object;
  /** Sends the text as it is. */
  query(statement: MysqlStatement): Promise<readonly unknown[]>;
  /** Prepares the text, and sends the values beside it. */
  execute(statement: MysqlStatement): Promise<readonly unknown[]>;
  /** Closes it at once, whatever it is doing. */
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is the same each time that a connection is lent. */
export function identityOf(connection: MysqlConnection): object {
  return connection.connection ?? connection;
}

/** A connection that a pool has lent. */
export interface MysqlPoolConnection extends MysqlConnection {
  release(): void;
}

/** What is asked of a `Pool` of mysql2, as `mysql2/promise` has it. */
export interface MysqlPool {
  getConnection(): Promise<MysqlPoolConnection>;
  /** Undefined if it is a part of a `PoolCluster`. */
  end?(): Promise<void>;
}

/** What is asked of a `Connection` of mysql2, as `mysql2/promise` has it. */
export interface MysqlSingleConnection extends MysqlConnection {
  end(): Promise<void>;
}

/**
 * A `Pool` or `Connection` of mysql2, of `mysql2/promise` or of the package with callbacks; or what
 * `of()` of a `PoolCluster` of `mysql2/promise` gives.
 */
export type MysqlDriverClient =
  | MysqlPool
  | MysqlSingleConnection
  | { promise(): MysqlPool | MysqlSingleConnection };
