import { markOf } from '@holdfast/session/store';
import {
  type ConnectionSource,
  inTransaction,
  isWrite,
  type Lease,
  REFUSED,
  readInteger,
  resultOfWrite,
  type SqlDriver,
  type SqlQuery,
  type SqlResult,
  type SqlWrite,
  type SqlWriteOutcome,
  type Tables,
  type TransactionOptions,
} from '@holdfast/sql';
import { checkConnection, connectionCheck } from './check-connection.ts';
import { hashText, type PostgresQuery, StatementComposer } from './compose-statements.ts';
import { isPreparedStatementLost, postgresErrors } from './postgres-error.ts';

/** The connections of one of the drivers for PostgreSQL. */
export interface PostgresConnections<Connection extends object> {
  readonly source: ConnectionSource<Connection>;
  run(connection: Connection, query: PostgresQuery): Promise<SqlResult>;
  /** Runs a statement that is not within a transaction of ours. Undefined: like any other. */
  runFirst?(connection: Connection, query: PostgresQuery): Promise<SqlResult>;
  /** How the driver runs a transaction; undefined: as on any connection. */
  transaction?<Result>(
    connection: Connection,
    body: (connection: Connection) => Promise<Result>,
  ): Promise<Result>;
}

export interface PostgresDriverOptions<Connection extends object> {
  readonly connections: PostgresConnections<Connection>;
  /** Whether statements have names. */
  readonly preparedStatements: boolean;
  readonly tables: Tables;
}

/** For which tables a connection was found to be fit, however many services share it. */
const checkedFor = new WeakMap<object, Set<string>>();

/** PostgreSQL over any driver. A write is one statement, and so one round trip. */
export class PostgresDriver<Connection extends object> implements SqlDriver<Connection> {
  readonly source: ConnectionSource<Connection>;
  readonly errors = postgresErrors;
  readonly #connections: PostgresConnections<Connection>;
  readonly #composer: StatementComposer;
  readonly #check: PostgresQuery;
  readonly #tables: string;
  /** Connections that lose their prepared statements. */
  readonly #nameless = new WeakSet<Connection>();

  constructor(options: PostgresDriverOptions<Connection>) {
    this.#connections = options.connections;
    this.source = options.connections.source;
    this.#composer = new StatementComposer(options);
    this.#check = connectionCheck(options.tables);
    this.#tables = Object.values(options.tables).join();
  }

  query(lease: Lease<Connection>, query: SqlQuery): Promise<SqlResult> {
    return this.#run(lease, this.#composer.query(query));
  }

  async write(lease: Lease<Connection>, write: SqlWrite): Promise<SqlWriteOutcome> {
    return outcomeOf(await this.#run(lease, this.#composer.write(write)));
  }

  async transaction<Result>(
    lease: Lease<Connection>,
    { body, lock }: TransactionOptions<Result>,
  ): Promise<Result> {
    if (!this.#isChecked(lease.connection)) await this.#checkNow(lease.connection);
    return await this.#transaction(lease, async (connection) => {
      const run = (query: PostgresQuery) => this.#connections.run(connection, withoutName(query));
      if (lock !== undefined) {
        await run(WAIT_AS_LONG_AS_IT_TAKES);
        await run(lockStatement(lock));
      }
      return await body(async (step) => {
        if (!isWrite(step)) return await run(this.#composer.query(step));
        return resultOfWrite(outcomeOf(await run(this.#composer.write(step))));
      });
    });
  }

  async #run(lease: Lease<Connection>, query: PostgresQuery): Promise<SqlResult> {
    const { connection, isRetry } = lease;
    if (!this.#isChecked(connection)) await this.#checkNow(connection);
    if (!isRetry) return await this.#runAlone(connection, query);
    // A connection that is set to a stricter isolation gives way to other transactions; a
    // transaction of our own does not.
    return await this.#transaction(lease, (own) => this.#connections.run(own, withoutName(query)));
  }

  /**
   * Runs a statement that is its own transaction. If somebody has dropped what was prepared, or
   * there is a pooler between that mixes connections up, it has not begun, and goes without a name.
   */
  async #runAlone(connection: Connection, query: PostgresQuery): Promise<SqlResult> {
    if (query.name === undefined) return await this.#runFirst(connection, query);
    if (this.#nameless.has(connection)) {
      return await this.#runFirst(connection, withoutName(query));
    }
    try {
      return await this.#runFirst(connection, query);
    } catch (error) {
      if (!isPreparedStatementLost(error)) throw error;
      this.#nameless.add(connection);
      return await this.#runFirst(connection, withoutName(query));
    }
  }

  #runFirst(connection: Connection, query: PostgresQuery): Promise<SqlResult> {
    const { runFirst, run } = this.#connections;
    return (runFirst ?? run)(connection, query);
  }

  async #transaction<Result>(
    lease: Lease<Connection>,
    body: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const { connection } = lease;
    if (this.#connections.transaction !== undefined) {
      return await this.#connections.transaction(connection, body);
    }
    await this.#runFirst(connection, BEGIN);
    return await inTransaction(lease, {
      begin: [],
      run: (text) => this.#connections.run(connection, { text, values: [] }),
      body: () => body(connection),
    });
  }

  #isChecked(connection: Connection): boolean {
    return checkedFor.get(connection)?.has(this.#tables) === true;
  }

  async #checkNow(connection: Connection): Promise<void> {
    checkConnection(await this.#runFirst(connection, this.#check));
    const checked = checkedFor.get(connection) ?? new Set();
    checkedFor.set(connection, checked.add(this.#tables));
  }
}

/** What a write came to: it gives the guard's row if it was done. */
function outcomeOf({ rows: [row] }: SqlResult): SqlWriteOutcome {
  if (row === undefined) return REFUSED;
  return { type: 'written', revision: readInteger(row[0]), mark: markOf(String(row[1] ?? '')) };
}

const BEGIN: PostgresQuery = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', values: [] };

/** Within a transaction that changes the schema, or waits for one that does. */
const WAIT_AS_LONG_AS_IT_TAKES: PostgresQuery = {
  text: `SELECT ${['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
    .map((name) => `pg_catalog.set_config('${name}', '0', true)`)
    .join(', ')}`,
  values: [],
};

function lockStatement(lock: string): PostgresQuery {
  return { text: 'SELECT pg_advisory_xact_lock($1)', values: [hashText(lock)] };
}

function withoutName({ text, values }: PostgresQuery): PostgresQuery {
  return { text, values };
}
