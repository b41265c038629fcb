import { checkFlag, copyOptions, invalidArgument } from '@holdfast/core/internal';
import {
  checkPoolTimeouts,
  type OpenPoolOptions,
  openOverPool,
  PooledClient,
  type PoolStoreOptions,
  printMigrations as printSqlMigrations,
  type SqlClient,
  type SqlServiceOptions,
  SqlSessionService,
  schemaOf,
  type TableOptions,
} from '@holdfast/sql';
import { openPool } from './open-pool.ts';
import { isBinary, pgClient, pgPool } from './pg-connections.ts';
import type { PgClient, PgPool } from './pg-driver.ts';
import { type Pglite, pgliteConnections } from './pglite-connections.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { type PostgresConnections, PostgresDriver } from './postgres-driver.ts';

interface PostgresStoreOptions extends SqlServiceOptions, TableOptions, PoolStoreOptions {
  /**
   * Whether statements are prepared under names. A connection that loses what was prepared, as one
   * behind PgBouncer in transaction mode does, goes on without names.
   * @default true
   */
  readonly preparedStatements?: boolean | undefined;
}

export interface PostgresSessionServiceOptions extends PostgresStoreOptions {
  /**
   * A `Pool` or a connected `Client` of `pg` without its option `binary`, or a `PGlite`. A `Client`
   * in a transaction of your own is `unsupported`; begin one in PGlite with its `transaction` alone.
   */
  readonly client: PgPool | PgClient | Pglite;
  /** Whether `close()` ends it, too. @default false */
  readonly closeClient?: boolean | undefined;
}

export interface OpenPostgresOptions extends PostgresStoreOptions, OpenPoolOptions {
  /**
   * `postgres://user:password@host:5432/database`, or another URL with which `pg` connects, such as
   * one with `?host=/var/run/postgresql`. What it would take for something else is
   * `invalid_argument`.
   */
  readonly url: string;
}

/**
 * Keeps sessions in PostgreSQL. An append is one statement, and one round trip.
 *
 * @example
 * const url = 'postgres://user:password@localhost:5432/agents';
 * await using service = await PostgresSessionService.open({ url });
 */
export class PostgresSessionService extends SqlSessionService {
  /**
   * A service over connections of your own. Call `migrate()` before its first use, unless the
   * tables exist. An option that is out of range is `invalid_argument`.
   */
  constructor(options: PostgresSessionServiceOptions) {
    const own = copyOptions(options);
    const { client, ...rest } = own;
    const pglite = isPglite(client) ? client : undefined;
    const hasFolder = pglite?.dataDir?.startsWith('memory:') === false;
    super({
      ...rest,
      client: sqlClient(own),
      dialect: postgresDialect,
      persistent: pglite === undefined || hasFolder,
      shared: pglite === undefined,
    });
  }

  /**
   * Opens a pool and brings the tables up to date. `close()` ends the pool. `unsupported` if `pg`
   * is not installed, or the schema is newer; `misconfigured` if the server refuses the role or
   * its password, or the database does not exist, or a setting breaks a promise; `unavailable` if
   * the server cannot be reached. Connections that are idle do not keep the process running.
   */
  static async open(options: OpenPostgresOptions): Promise<PostgresSessionService> {
    const own = copyOptions(options);
    const { url, maxConnections: _, migrate: __, ...rest } = own;
    return await openOverPool(own, {
      pool: (settings) => openPool(url, settings),
      service: (client) => new PostgresSessionService({ ...rest, client, closeClient: true }),
    });
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: TableOptions = {}): string {
  return printSqlMigrations(postgresDialect, options);
}

function sqlClient(options: PostgresSessionServiceOptions): SqlClient {
  const { client, closeClient, preparedStatements = true } = options;
  const named = checkFlag(preparedStatements, 'preparedStatements');
  const owned = checkFlag(closeClient, 'closeClient');
  const timeouts = checkPoolTimeouts(options);
  const { tables } = schemaOf({ ...options, dialect: postgresDialect });
  const over = <Connection extends object>(connections: PostgresConnections<Connection>) =>
    new PooledClient(
      new PostgresDriver({ connections, preparedStatements: named, tables }),
      timeouts,
    );
  if (isPool(client)) {
    refuseBinary((client as { readonly options?: object }).options ?? {});
    return over(pgPool(client, { owned }));
  }
  if (isPglite(client)) return over(pgliteConnections(client, { owned }));
  const { query, execute } = (client ?? {}) as Partial<Record<'query' | 'execute', unknown>>;
  // With execute, it is one of mysql2, which takes what is asked of pg for something else.
  if (typeof query !== 'function' || execute !== undefined) {
    throw invalidArgument('client', 'must be a Pool or a Client of pg, or a PGlite');
  }
  if (isUnconnected(client)) throw invalidArgument('client', 'must be connected: call connect()');
  refuseBinary(client);
  return over(pgClient(client, { owned }));
}

function refuseBinary(options: object): void {
  if (isBinary(options)) throw invalidArgument('client', 'must not have the option binary of pg');
}

// What is asked of a client that never connects waits for ever. `pg` says it in these two alone.
function isUnconnected(client: object): boolean {
  const { _connected, _connecting } = client as Record<string, unknown>;
  return _connected === false && _connecting === false;
}

function isPool(client: PgPool | PgClient | Pglite | undefined): client is PgPool {
  return typeof (client as PgPool | undefined)?.totalCount === 'number';
}

function isPglite(client: PgPool | PgClient | Pglite | undefined): client is Pglite {
  return typeof (client as Pglite | undefined)?.transaction === 'function';
}
