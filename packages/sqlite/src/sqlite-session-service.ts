import { existsSync } from 'node:fs';
import { HoldfastError, invalidArgument, isHoldfastError } from '@holdfast/core';
import {
  checkFlag,
  checkOptions,
  checkTimeout,
  printMigrations as printSqlMigrations,
  SqlSessionService,
  type SqlStoreOptions,
} from '@holdfast/sql';
import { BLOCKING_WAIT_MS, retryWhileBusy } from './busy-retry.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { SqliteClient } from './sqlite-client.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { loadDriver, type OpenDatabase, type SqliteDriverName } from './sqlite-driver.ts';
import { isBusy, resultCode, translateError } from './sqlite-error.ts';
import { parseSqliteUrl } from './sqlite-url.ts';

interface SqliteStoreOptions extends SqlStoreOptions {
  /**
   * How long a call waits, in ms, while another process writes, before it is `unavailable`.
   * The event loop goes on meanwhile. 10,000 where it is missing.
   */
  readonly busyTimeout?: number | undefined;
}

export interface SqliteSessionServiceOptions extends SqliteStoreOptions {
  /**
   * An open database of `node:sqlite`, libsql or better-sqlite3.
   * Its `busy_timeout` is set to 5 ms; all else is as you have set it.
   */
  readonly client: SqliteDatabase;
  /** Whether `close()` closes the database, too. False where it is missing. */
  readonly closeClient?: boolean | undefined;
}

export interface OpenSqliteOptions extends SqliteStoreOptions {
  /** `sqlite:./chat.db`, `sqlite:///var/lib/chat.db` or `sqlite::memory:`. */
  readonly url: string;
  /**
   * When a commit is answered. `NORMAL`: what was acknowledged survives the end of the process,
   * but the last of it may be lost when the machine loses power. `FULL`: it is on disk.
   * `NORMAL` where it is missing. https://www.sqlite.org/pragma.html#pragma_synchronous
   */
  readonly synchronous?: 'NORMAL' | 'FULL' | undefined;
  /** The driver to load; the first that there is where it is missing: `node:sqlite`, libsql, better-sqlite3. */
  readonly driver?: SqliteDriverName | undefined;
  /** Whether to create or update the tables. True where it is missing. */
  readonly migrate?: boolean | undefined;
}

const NO_DATABASE = 'must be an open database of a SQLite driver';
const DEFAULT_BUSY_TIMEOUT_MS = 10_000;
// Ids are ordered by their bytes.
const ENCODING = { text: 'PRAGMA encoding', values: [] };
// Its columns are a number, the name and the file. It reads nothing, and so waits for nobody.
const DATABASE_LIST = { text: 'PRAGMA database_list', values: [] };

/** Keeps sessions in a SQLite file. Several services, and several processes, may use one. */
export class SqliteSessionService extends SqlSessionService {
  /**
   * A service on a database that is open. Call `migrate()` before its first use, unless the
   * tables are there. An option that is out of range is `invalid_argument`.
   */
  constructor(options: SqliteSessionServiceOptions) {
    checkOptions(options);
    const { client, closeClient = false, ...rest } = options;
    checkFlag('closeClient', closeClient);
    if (typeof client?.prepare !== 'function' || typeof client.exec !== 'function') {
      throw invalidArgument('client', NO_DATABASE);
    }
    const busyTimeout = checkBusyTimeout(rest);
    const file = prepareDatabase(client);
    const isFile = file !== undefined;
    super({
      ...rest,
      client: new SqliteClient({ database: client, file, busyTimeout, ownsDatabase: closeClient }),
      dialect: sqliteDialect,
      capabilities: {
        persistent: isFile,
        shared: isFile,
        evicts: false,
        atomicAppState: true,
        listAllUsers: true,
      },
    });
  }

  /**
   * Opens a file, which is created where it is missing, in WAL mode, and brings its tables up to
   * date. `close()` closes it. `unsupported` where there is no driver, or the schema is newer;
   * `unavailable` where the file cannot be opened; `corrupt` where it is no database.
   */
  static async open(options: OpenSqliteOptions): Promise<SqliteSessionService> {
    checkOptions(options);
    const { url, synchronous = 'NORMAL', driver, migrate = true, ...rest } = options;
    const file = parseSqliteUrl(url);
    if (synchronous !== 'NORMAL' && synchronous !== 'FULL') {
      throw invalidArgument('synchronous', "must be 'NORMAL' or 'FULL'");
    }
    checkFlag('migrate', migrate);
    const busyTimeout = checkBusyTimeout(rest);
    const openDatabase = await loadDriver(driver);
    if (!migrate) refuseMissing(file);
    const client = openFile(file, openDatabase);
    try {
      const service = new SqliteSessionService({ ...rest, client, closeClient: true });
      // Before anything is written.
      if (!migrate) await service.checkSchema();
      await retryWhileBusy(() => client.exec('PRAGMA journal_mode = WAL'), busyTimeout);
      client.exec(`PRAGMA synchronous = ${synchronous}`);
      if (migrate) await service.migrate();
      return service;
    } catch (error) {
      client.close();
      throw translateError(error);
    }
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: Pick<SqlStoreOptions, 'tablePrefix'> = {}): string {
  return printSqlMigrations(sqliteDialect, options);
}

/** To open a file is to create it, so one that is not to be changed is looked for before. */
function refuseMissing(file: string): void {
  if (file === ':memory:' || existsSync(file)) return;
  throw new HoldfastError('unavailable', {
    message: `${file} is not there, and migrate is false`,
  });
}

function openFile(file: string, openDatabase: OpenDatabase): SqliteDatabase {
  try {
    return openDatabase(file);
  } catch (cause) {
    const { code, message } = translateError(cause);
    throw new HoldfastError(code, { message: `${file} cannot be opened: ${message}`, cause });
  }
}

/** Sets how long SQLite blocks, and gives the database's file; undefined where it has none. */
function prepareDatabase(database: SqliteDatabase): string | undefined {
  try {
    // First of all: to change to WAL takes a lock.
    database.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    const statements = new PreparedStatements(database);
    const { rows } = statements.run(DATABASE_LIST);
    refuseEncoding(statements);
    const [, , file] = rows.find(([, name]) => name === 'main') ?? [];
    return typeof file === 'string' && file !== '' ? file : undefined;
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    // SQLite has not spoken: it is closed, or a driver whose answers are promises.
    if (resultCode(error) === undefined) throw invalidArgument('client', NO_DATABASE, error);
    throw translateError(error);
  }
}

/** The one encoding in which ids are ordered as everywhere else. A busy database is not asked. */
function refuseEncoding(statements: PreparedStatements): void {
  let encoding: unknown = 'UTF-8';
  try {
    encoding = statements.run(ENCODING).rows[0]?.[0];
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
  if (encoding === 'UTF-8') return;
  throw new HoldfastError('unsupported', {
    message: `the database is encoded in ${encoding}, and it must be UTF-8`,
  });
}

function checkBusyTimeout({ busyTimeout = DEFAULT_BUSY_TIMEOUT_MS }: SqliteStoreOptions): number {
  return checkTimeout(busyTimeout, { path: 'busyTimeout', min: 0 });
}
