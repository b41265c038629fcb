import {
  type ConnectionSource,
  inTransaction,
  type Lease,
  REFUSED,
  type SqlDriver,
  type SqlQuery,
  type SqlResult,
  type SqlWrite,
  type SqlWriteOutcome,
  type TransactionBody,
} from '@holdfast/sql';
import { hashText, type PostgresQuery, StatementComposer } from './compose-statements.ts';
import { postgresErrors } from './postgres-error.ts';

/** The connections of one of the drivers for PostgreSQL. */
export interface PostgresConnections<Connection> {
  readonly source: ConnectionSource<Connection>;
  run(connection: Connection, query: PostgresQuery): Promise<SqlResult>;
  /** How the driver runs a transaction; undefined: as on any connection. */
  transaction?<Result>(
    connection: Connection,
    body: (connection: Connection) => Promise<Result>,
  ): Promise<Result>;
}

export interface PostgresDriverOptions<Connection> {
  readonly connections: PostgresConnections<Connection>;
  /** Whether statements have names. */
  readonly preparedStatements: boolean;
}

/** PostgreSQL over any driver. A write is one statement, and so one round trip. */
export class PostgresDriver<Connection> implements SqlDriver<Connection> {
  readonly source: ConnectionSource<Connection>;
  readonly errors = postgresErrors;
  readonly #connections: PostgresConnections<Connection>;
  readonly #composer: StatementComposer;

  constructor(options: PostgresDriverOptions<Connection>) {
    this.#connections = options.connections;
    this.source = options.connections.source;
    this.#composer = new StatementComposer(options);
  }

  query(lease: Lease<Connection>, query: SqlQuery): Promise<SqlResult> {
    return this.#run(lease, this.#composer.query(query));
  }

  async write(lease: Lease<Connection>, write: SqlWrite): Promise<SqlWriteOutcome> {
    const { rows } = await this.#run(lease, this.#composer.write(write));
    const [row] = rows;
    return row === undefined ? REFUSED : { type: 'written', revision: Number(row[0]) };
  }

  transaction<Result>(
    lease: Lease<Connection>,
    { body, lock }: { readonly body: TransactionBody<Result>; readonly lock: string | undefined },
  ): Promise<Result> {
    return this.#transaction(lease, async (connection) => {
      if (lock !== undefined) await this.#connections.run(connection, lockStatement(lock));
      return await body((query) => this.#connections.run(connection, this.#composer.query(query)));
    });
  }

  // A connection that is set to a stricter isolation gives way to other transactions; a
  // transaction of our own does not.
  #run(lease: Lease<Connection>, query: PostgresQuery): Promise<SqlResult> {
    if (!lease.isRetry) return this.#connections.run(lease.connection, query);
    return this.#transaction(lease, (connection) => this.#connections.run(connection, query));
  }

  #transaction<Result>(
    lease: Lease<Connection>,
    body: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const { connection } = lease;
    if (this.#connections.transaction !== undefined) {
      return this.#connections.transaction(connection, body);
    }
    return inTransaction(lease, {
      begin: ['BEGIN ISOLATION LEVEL READ COMMITTED'],
      run: (text) => this.#connections.run(connection, { text, values: [] }),
      body: () => body(connection),
    });
  }
}

function lockStatement(lock: string): PostgresQuery {
  return { text: 'SELECT pg_advisory_xact_lock($1)', values: [hashText(lock)] };
}
