import {
  checkChoice,
  checkFlag,
  checkTimeout,
  copyOptions,
  invalidArgument,
} from '@holdfast/core/internal';
import {
  printMigrations as printSqlMigrations,
  type SqlServiceOptions,
  SqlSessionService,
} from '@holdfast/sql';
import { retryWhileBusy, turnOfEventLoop } from './busy-retry.ts';
import {
  cannotBeOpened,
  NO_DATABASE,
  openFile,
  prepareDatabase,
  refuseCutFile,
} from './open-database.ts';
import { SqliteClient } from './sqlite-client.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { loadDriver, type SqliteDriverName } from './sqlite-driver.ts';
import { isOfAccess, translateError } from './sqlite-error.ts';
import { parseSqliteUrl } from './sqlite-url.ts';

// Without it, a temporary table of the same name would be taken.
const MAIN = 'main';

// Without it, the log beside a file keeps the size that its largest batch has needed. A log is moved
// into the database when it has some 4 MB, so one of everyday use is never cut.
const LARGEST_EMPTY_LOG = 16 * 1024 * 1024;

interface SqliteStoreOptions extends SqlServiceOptions {
  /**
   * How long a call waits, in ms, while another process writes, before it is `unavailable`.
   * The event loop goes on meanwhile.
   * @default 10_000
   */
  readonly busyTimeout?: number | undefined;
}

export interface SqliteSessionServiceOptions extends SqliteStoreOptions {
  /**
   * An open database of `node:sqlite`, `bun:sqlite`, libsql or better-sqlite3.
   * Its `busy_timeout` is set to 5 ms; all else is as you have set it.
   */
  readonly client: SqliteDatabase;
  /** Whether `close()` closes the database, too. @default false */
  readonly closeClient?: boolean | undefined;
}

export interface OpenSqliteOptions extends SqliteStoreOptions {
  /** `sqlite:./chat.db`, `sqlite:///var/lib/chat.db` or `sqlite::memory:`. */
  readonly url: string;
  /**
   * When a commit is answered. `NORMAL`: what was acknowledged survives the end of the process,
   * but the last of it may be lost when the machine loses power. `FULL`: it is on disk.
   * https://www.sqlite.org/pragma.html#pragma_synchronous
   * @default 'NORMAL'
   */
  readonly synchronous?: 'NORMAL' | 'FULL' | undefined;
  /**
   * The driver to load.
   * @default the first that there is of `bun:sqlite`, `node:sqlite`, libsql and better-sqlite3
   */
  readonly driver?: SqliteDriverName | undefined;
  /** Whether to create or update the tables. @default true */
  readonly migrate?: boolean | undefined;
}

/**
 * Keeps sessions in a SQLite file. Several services, and several processes, may use one.
 *
 * @example
 * await using service = await SqliteSessionService.open({ url: 'sqlite:./chat.db' });
 */
export class SqliteSessionService extends SqlSessionService {
  /**
   * A service on a database that is open. Call `migrate()` before its first use, unless the
   * tables exist. An option that is out of range is `invalid_argument`.
   */
  constructor(options: SqliteSessionServiceOptions) {
    const { client, closeClient, ...rest } = copyOptions(options);
    const ownsDatabase = checkFlag(closeClient, 'closeClient');
    if (typeof client?.prepare !== 'function' || typeof client.exec !== 'function') {
      throw invalidArgument('client', NO_DATABASE);
    }
    const busyTimeout = checkBusyTimeout(rest);
    const file = prepareDatabase(client);
    const isFile = file !== undefined;
    super({
      ...rest,
      client: new SqliteClient({ database: client, file, busyTimeout, ownsDatabase }),
      dialect: sqliteDialect,
      schema: MAIN,
      persistent: isFile,
      shared: isFile,
    });
  }

  /**
   * Opens a file, which is created if it does not exist, in WAL mode, and brings its tables up to
   * date. `close()` closes it. `unsupported` if there is no driver, or the schema is newer;
   * `misconfigured` if its folder does not exist, or, with `migrate: false`, the file or its
   * tables don't; `unavailable` if it cannot be opened; `corrupt` if it is not a database.
   */
  static async open(options: OpenSqliteOptions): Promise<SqliteSessionService> {
    const { url, driver, synchronous, migrate = true, ...rest } = copyOptions(options);
    const file = parseSqliteUrl(url);
    const synchronously = checkChoice(synchronous, {
      path: 'synchronous',
      choices: ['NORMAL', 'FULL'],
    });
    checkFlag(migrate, 'migrate');
    const busyTimeout = checkBusyTimeout(rest);
    const openDatabase = await loadDriver(driver);
    await refuseCutFile(file);
    const client = openFile(file, { openDatabase, mustExist: !migrate });
    try {
      const service = new SqliteSessionService({ ...rest, client, closeClient: true });
      // Before anything is written.
      if (!migrate) await service.checkSchema();
      await retryWhileBusy(() => client.exec('PRAGMA journal_mode = WAL'), busyTimeout);
      client.exec(`PRAGMA synchronous = ${synchronously}`);
      client.exec(`PRAGMA journal_size_limit = ${LARGEST_EMPTY_LOG}`);
      // So what was deleted is not left in the free room of the file. It costs nothing that shows.
      client.exec('PRAGMA secure_delete = ON');
      if (migrate) await service.migrate();
      return service;
    } catch (error) {
      await closeUnused(client);
      throw isOfAccess(error) ? cannotBeOpened(file, error) : translateError(error);
    }
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(options: Pick<SqlServiceOptions, 'tablePrefix'> = {}): string {
  return printSqlMigrations(sqliteDialect, options);
}

async function closeUnused(client: SqliteDatabase): Promise<void> {
  try {
    client.close();
  } catch {
    // Why it is of no use is what the caller wants to know.
  }
  await turnOfEventLoop();
}

function checkBusyTimeout({ busyTimeout = 10_000 }: SqliteStoreOptions): number {
  return checkTimeout(busyTimeout, { path: 'busyTimeout', min: 0 });
}
