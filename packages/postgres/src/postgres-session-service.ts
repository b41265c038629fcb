import { invalidArgument } from '@holdfast/core';
import {
  checkAcquireTimeout,
  checkFlag,
  checkMaxConnections,
  checkOptions,
  type OpenPoolOptions,
  type PoolStoreOptions,
  printMigrations as printSqlMigrations,
  SqlSessionService,
  type SqlStoreOptions,
  type TableOptions,
} from '@holdfast/sql';
import { openPool } from './open-pool.ts';
import { PgClientConnection } from './pg-client-connection.ts';
import type { PgClient, PgPool } from './pg-driver.ts';
import { PgPoolConnections } from './pg-pool-connections.ts';
import { type Pglite, PgliteConnection } from './pglite-connection.ts';
import { PostgresClient } from './postgres-client.ts';
import type { PostgresConnections } from './postgres-connections.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { translateError } from './postgres-error.ts';

interface PostgresStoreOptions extends SqlStoreOptions, TableOptions, PoolStoreOptions {
  /**
   * Whether statements are prepared under names. Turn it off behind PgBouncer in transaction
   * mode. True where it is missing.
   */
  readonly preparedStatements?: boolean | undefined;
}

export interface PostgresSessionServiceOptions extends PostgresStoreOptions {
  /**
   * A `Pool` or a connected `Client` of `pg`, or a `PGlite`. A `Client` in a transaction of your own
   * is `unsupported`; begin one in PGlite with its `transaction` alone.
   */
  readonly client: PgPool | PgClient | Pglite;
  /** Whether `close()` ends it, too. False where it is missing. */
  readonly closeClient?: boolean | undefined;
}

export interface OpenPostgresOptions extends PostgresStoreOptions, OpenPoolOptions {
  /** `postgres://user:password@host:5432/database`, as `pg` takes it. */
  readonly url: string;
}

/** Keeps sessions in PostgreSQL. An append is one statement, and one round trip. */
export class PostgresSessionService extends SqlSessionService {
  /**
   * A service over connections that are there. Call `migrate()` before its first use, unless
   * the tables are there. An option that is out of range is `invalid_argument`.
   */
  constructor(options: PostgresSessionServiceOptions) {
    checkOptions(options);
    const { preparedStatements = true } = options;
    checkFlag('preparedStatements', preparedStatements);
    const connections = connectionsOf(options);
    const isLocal = connections instanceof PgliteConnection;
    super({
      tablePrefix: options.tablePrefix,
      schema: options.schema,
      maxEventBytes: options.maxEventBytes,
      now: options.now,
      client: new PostgresClient({ connections, preparedStatements }),
      dialect: postgresDialect,
      capabilities: {
        persistent: !isLocal || connections.isPersistent,
        shared: !isLocal,
        evicts: false,
        atomicAppState: true,
        listAllUsers: true,
      },
    });
  }

  /**
   * Opens a pool and brings the tables up to date. `close()` ends the pool. `unsupported` where
   * `pg` is not installed, or the schema is newer; `unavailable` where the server cannot be
   * reached.
   */
  static async open(options: OpenPostgresOptions): Promise<PostgresSessionService> {
    checkOptions(options);
    const { url, maxConnections: _, migrate = true, ...rest } = options;
    checkFlag('migrate', migrate);
    const maxConnections = checkMaxConnections(options);
    const acquireTimeout = checkAcquireTimeout(rest);
    const client = await openPool({ url, maxConnections, connectTimeout: acquireTimeout });
    try {
      const service = new PostgresSessionService({ ...rest, client, closeClient: true });
      await (migrate ? service.migrate() : service.checkSchema());
      return service;
    } catch (error) {
      await client.end().catch(() => {});
      throw translateError(error);
    }
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: TableOptions = {}): string {
  return printSqlMigrations(postgresDialect, options);
}

function connectionsOf(options: PostgresSessionServiceOptions): PostgresConnections {
  const { client, closeClient = false } = options;
  checkFlag('closeClient', closeClient);
  const acquireTimeout = checkAcquireTimeout(options);
  if (isPool(client)) {
    return new PgPoolConnections({
      pool: client,
      ownsPool: closeClient,
      acquireTimeout,
    });
  }
  if (typeof (client as Pglite | undefined)?.transaction === 'function') {
    return new PgliteConnection({ pglite: client as Pglite, ownsPglite: closeClient });
  }
  if (typeof (client as PgClient | undefined)?.query !== 'function') {
    throw invalidArgument('client', 'must be a Pool or a Client of pg, or a PGlite');
  }
  if (isUnconnected(client)) throw invalidArgument('client', 'must be connected: call connect()');
  return new PgClientConnection({
    client: client as PgClient,
    ownsClient: closeClient,
  });
}

// What is asked of a client that never connects waits for ever. `pg` says it in these two alone.
function isUnconnected(client: object): boolean {
  const { _connected, _connecting } = client as Record<string, unknown>;
  return _connected === false && _connecting === false;
}

function isPool(client: PgPool | PgClient | Pglite | undefined): client is PgPool {
  return typeof (client as PgPool | undefined)?.totalCount === 'number';
}
