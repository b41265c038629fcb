import { existsSync, statSync } from 'node:fs';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import { queryOf, readText, sql } from '@holdfast/sql';
import { BLOCKING_WAIT_MS, pause } from './busy-retry.ts';
import { creationProblem, fileProblem } from './file-problem.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { refuseSettings } from './refused-settings.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { OpenDatabase } from './sqlite-driver.ts';
import { isBusy, resultCode, translateError } from './sqlite-error.ts';

/** What is said of a client that is not one. */
export const NO_DATABASE = 'must be an open database of a SQLite driver, in a file or in memory';

const LOOKS_AT_NEW_FILE = 10;
const LOOK_AGAIN_MS = 20;

// Its columns are a number, the name and the file. It reads nothing, and so waits for nobody.
const DATABASE_LIST = queryOf(sql`PRAGMA database_list`)({});

/** Opens a file, which is created if it does not exist unless `mustExist`. */
export function openFile(
  file: string,
  { openDatabase, mustExist }: { readonly openDatabase: OpenDatabase; readonly mustExist: boolean },
): SqliteDatabase {
  // To open a file is to create it, so one that is not to be changed is looked for before.
  if (mustExist && file !== ':memory:' && !existsSync(file)) {
    throw new HoldfastError('misconfigured', {
      message: `${file} does not exist, and migrate is false`,
    });
  }
  refuseDevice(file);
  try {
    return openDatabase(file);
  } catch (cause) {
    throw cannotBeOpened(file, cause);
  }
}

// SQLite would open a device, and fail later, as if a disk did.
function refuseDevice(file: string): void {
  if (file === ':memory:') return;
  let isOther: boolean;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    isOther = found !== undefined && !found.isFile() && !found.isDirectory();
  } catch {
    // What keeps it from being opened is said when that fails.
    return;
  }
  if (!isOther) return;
  throw new HoldfastError('misconfigured', {
    message: `${file} cannot be opened: it is not a file`,
  });
}

/** What the failure to open a file means. */
export function cannotBeOpened(file: string, cause: unknown): HoldfastError {
  const { code, message } = translateError(cause);
  const problem = file === ':memory:' ? undefined : (fileProblem(file) ?? creationProblem(file));
  const reason = `${file} cannot be opened: ${problem ?? message}`;
  if (problem !== undefined) return new HoldfastError('misconfigured', { message: reason, cause });
  // Of a file that it cannot open, libsql has no code.
  return new HoldfastError(code === 'internal' ? 'unavailable' : code, { message: reason, cause });
}

/**
 * Refuses a file that was cut to nothing: SQLite would take it for a new one, and delete what is
 * in the log beside it, which others may be writing to.
 */
export async function refuseCutFile(file: string): Promise<void> {
  // Someone else may be making a new file just now, beside the log of one that was deleted.
  for (let i = 0; isCut(file); i++) {
    if (i === LOOKS_AT_NEW_FILE) {
      throw new HoldfastError('corrupt', {
        message: `${file} is empty, and there is a log beside it, ${file}-wal: restore a backup, and remove the log`,
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

function isCut(file: string): boolean {
  // The log first: it is never there before the database has a page.
  const log = sizeOf(`${file}-wal`);
  return log !== undefined && log > 0 && sizeOf(file) === 0;
}

function sizeOf(file: string): number | undefined {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}

/** Sets how long SQLite blocks, and gives the database's file; undefined if it has none. */
export function prepareDatabase(database: SqliteDatabase): string | undefined {
  const statements = new PreparedStatements(database);
  try {
    // First of all: to change to WAL takes a lock.
    database.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    const rows = statements.read(DATABASE_LIST);
    const main = rows.find((row) => row[1] === 'main');
    if (main === undefined) throw invalidArgument('client', NO_DATABASE);
    const [, , path = null] = main;
    const file = path === null || path === '' ? undefined : readText(path);
    refuseSettingsUnlessBusy(statements, file !== undefined);
    return file;
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    // SQLite has not spoken: it is closed, or a driver whose answers are promises.
    if (resultCode(error) === undefined) throw invalidArgument('client', NO_DATABASE, error);
    throw translateError(error);
  } finally {
    statements.release();
  }
}

/** A database that is busy is not asked. */
function refuseSettingsUnlessBusy(statements: PreparedStatements, isFile: boolean): void {
  try {
    refuseSettings(statements, { isFile });
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}
