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
} from '@holdfast/sql';
import { poolLender, singleLender } from './connection-lender.ts';
import { MysqlClient } from './mysql-client.ts';
import { MysqlConnections } from './mysql-connections.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import { kindOfClient, type MysqlDriverClient } from './mysql-driver.ts';
import { translateError } from './mysql-error.ts';
import { openPool } from './open-pool.ts';

interface MysqlStoreOptions extends SqlStoreOptions, PoolStoreOptions {}

export interface MysqlSessionServiceOptions extends MysqlStoreOptions {
  /**
   * A `Pool` or a `Connection` of mysql2, with promises or with callbacks. Its character set must
   * be utf8mb4. With `multipleStatements: true` a write takes one round trip.
   */
  readonly client: MysqlDriverClient;
  /** Whether `close()` ends it, too. False where it is missing. */
  readonly closeClient?: boolean | undefined;
}

export interface OpenMysqlOptions extends MysqlStoreOptions, OpenPoolOptions {
  /** `mysql://user:password@host:3306/database`, as mysql2 takes it, or the same with `mariadb://`. */
  readonly url: string;
}

/** Keeps sessions in MySQL or MariaDB. An append is one script, and one round trip. */
export class MysqlSessionService extends SqlSessionService {
  /**
   * A service over connections that are there. Call `migrate()` before its first use, unless
   * the tables are there. An option that is out of range is `invalid_argument`.
   */
  constructor(options: MysqlSessionServiceOptions) {
    checkOptions(options);
    const { client, closeClient = false, acquireTimeout, ...rest } = options;
    super({
      ...rest,
      client: clientOf({ client, closeClient, acquireTimeout }),
      dialect: mysqlDialect,
      capabilities: {
        persistent: true,
        shared: true,
        evicts: false,
        atomicAppState: true,
        listAllUsers: true,
      },
    });
  }

  /**
   * Opens a pool and brings the tables up to date. `close()` ends the pool. `unsupported` where
   * mysql2 is not installed, or the schema is newer; `unavailable` where the server cannot be
   * reached.
   */
  static async open(options: OpenMysqlOptions): Promise<MysqlSessionService> {
    checkOptions(options);
    const { url, maxConnections: _, migrate = true, ...rest } = options;
    checkFlag('migrate', migrate);
    const maxConnections = checkMaxConnections(options);
    const connectTimeout = checkAcquireTimeout(rest);
    const client = await openPool({ url, maxConnections, connectTimeout });
    try {
      const service = new MysqlSessionService({ ...rest, client, closeClient: true });
      await (migrate ? service.migrate() : service.checkSchema());
      return service;
    } catch (error) {
      await client.end().catch(() => {});
      throw translateError(error);
    }
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: Pick<SqlStoreOptions, 'tablePrefix'> = {}): string {
  return printSqlMigrations(mysqlDialect, options);
}

function clientOf(options: {
  readonly client: MysqlDriverClient;
  readonly closeClient: boolean;
  readonly acquireTimeout: number | undefined;
}): MysqlClient {
  checkFlag('closeClient', options.closeClient);
  const acquireTimeout = checkAcquireTimeout(options);
  const owned = options.closeClient;
  const kind = kindOfClient(options.client);
  switch (kind?.type) {
    case 'pool': {
      const lender = poolLender(kind.pool, { owned });
      return new MysqlClient(new MysqlConnections({ lender, acquireTimeout }));
    }
    case 'connection': {
      const lender = singleLender(kind.connection, { owned });
      return new MysqlClient(new MysqlConnections({ lender, acquireTimeout }));
    }
    case undefined:
      throw invalidArgument('client', 'must be a Pool or a Connection of mysql2');
  }
}
