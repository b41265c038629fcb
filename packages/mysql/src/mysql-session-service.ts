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
} from '@holdfast/sql';
import { connectionsOf } from './mysql-connections.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import { MysqlDriver } from './mysql-driver.ts';
import type { MysqlDriverClient } from './mysql2-client.ts';
import { isOpenedHere, openPool } from './open-pool.ts';

interface MysqlStoreOptions extends SqlServiceOptions, PoolStoreOptions {}

export interface MysqlSessionServiceOptions extends MysqlStoreOptions {
  /**
   * A `Pool` or a `Connection` of mysql2, with promises or with callbacks, or what `of()` of a
   * `PoolCluster` with promises gives. Its character set must be utf8mb4. With
   * `multipleStatements: true` a write takes one round trip.
   */
  readonly client: MysqlDriverClient;
  /** Whether `close()` ends it, too. @default false */
  readonly closeClient?: boolean | undefined;
}

export interface OpenMysqlOptions extends MysqlStoreOptions, OpenPoolOptions {
  /**
   * `mysql://user:password@host:3306/database`, or another URL with which mysql2 connects to a
   * database, such as one with `?socketPath=`. What it would take for something else is
   * `invalid_argument`.
   */
  readonly url: string;
}

/**
 * Keeps sessions in MySQL or MariaDB. An append is one script, and one round trip.
 *
 * @example
 * const url = 'mysql://user:password@localhost:3306/agents';
 * await using service = await MysqlSessionService.open({ url });
 */
export class MysqlSessionService extends SqlSessionService {
  /**
   * A service over connections of your own. Call `migrate()` before its first use, unless the
   * tables exist. An option that is out of range is `invalid_argument`.
   */
  constructor(options: MysqlSessionServiceOptions) {
    const own = copyOptions(options);
    super({
      ...own,
      client: sqlClient(own),
      dialect: mysqlDialect,
      persistent: true,
      shared: true,
    });
  }

  /**
   * Opens a pool and brings the tables up to date. `close()` ends the pool. `unsupported` if
   * mysql2 is not installed, or the schema is newer; `misconfigured` if the server refuses access,
   * or the database does not exist; `unavailable` if the server cannot be reached.
   */
  static async open(options: OpenMysqlOptions): Promise<MysqlSessionService> {
    const own = copyOptions(options);
    const { url, maxConnections: _, migrate: __, ...rest } = own;
    return await openOverPool(own, {
      pool: (settings) => openPool(url, settings),
      service: (client) => new MysqlSessionService({ ...rest, client, closeClient: true }),
    });
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: Pick<SqlServiceOptions, 'tablePrefix'> = {}): string {
  return printSqlMigrations(mysqlDialect, options);
}

function sqlClient(options: MysqlSessionServiceOptions): SqlClient {
  const { client } = options;
  const owned = checkFlag(options.closeClient, 'closeClient');
  const timeouts = checkPoolTimeouts(options);
  const connections = connectionsOf(client, { owned });
  if (connections === undefined) {
    throw invalidArgument(
      'client',
      'must be a Pool or a Connection of mysql2; of a PoolCluster, what its of() gives in mysql2/promise',
    );
  }
  if (owned && !canEnd(client)) {
    throw invalidArgument('closeClient', 'must be false: the client has no end()');
  }
  const { migrations, sessions, events, state, labels } = schemaOf({
    tablePrefix: options.tablePrefix,
    dialect: mysqlDialect,
  }).tables;
  const driver = new MysqlDriver(
    connections.source,
    isOpenedHere(client)
      ? { type: 'ours', callTimeout: timeouts.callTimeout }
      : {
          type: 'brought',
          tables: [migrations, sessions, events, state, labels],
          isSingle: connections.isSingle,
        },
  );
  return new PooledClient(driver, timeouts);
}

function canEnd(client: MysqlDriverClient): boolean {
  return 'promise' in client || typeof client.end === 'function';
}
