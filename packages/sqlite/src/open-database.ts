import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { checkString, invalidArgument } from '@holdfast/core/internal';
import { queryOf, sql } from '@holdfast/sql';
import { BLOCKING_WAIT_MS } from './busy-retry.ts';
import { PreparedStatements } from './prepared-statements.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { OpenDatabase } from './sqlite-driver.ts';
import { isBusy, resultCode, translateError } from './sqlite-error.ts';

/** What is said of a client that is not one. */
export const NO_DATABASE = 'must be an open database of a SQLite driver';

// Ids are ordered by their bytes.
const ENCODING = queryOf(sql`PRAGMA encoding`)({});
// Its columns are a number, the name and the file. It reads nothing, and so waits for nobody.
const DATABASE_LIST = queryOf(sql`PRAGMA database_list`)({});

// Two letters at least: one is a drive of Windows.
const OTHER_URL = /^[a-z][a-z0-9+.-]+:/i;

/** The file of a `sqlite:` URL, or `:memory:`; `invalid_argument` if it is not one. */
export function parseSqliteUrl(url: unknown): string {
  const match = /^sqlite:(.*)$/is.exec(checkString(url, 'url'));
  // Of two slashes, what follows would be a host; a third begins the path.
  const file = match?.[1]?.replace(/^\/\/(?=\/)/, '');
  if (file === undefined || file.trim() === '' || OTHER_URL.test(file)) {
    throw invalidArgument('url', 'must be sqlite: and a file, such as sqlite:./chat.db');
  }
  if (file.startsWith('//')) {
    throw invalidArgument('url', 'must have one slash or three before an absolute path');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f?]/.test(file)) {
    throw invalidArgument('url', 'must not have a ? or control characters: it takes no parameters');
  }
  return file;
}

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
  try {
    return openDatabase(file);
  } catch (cause) {
    if (file !== ':memory:' && !existsSync(dirname(file))) {
      const problem = 'cannot be opened: its folder does not exist';
      throw new HoldfastError('misconfigured', { message: `${file} ${problem}`, cause });
    }
    const { code, message } = translateError(cause);
    // Of a file that it cannot open, libsql has no code.
    throw new HoldfastError(code === 'internal' ? 'unavailable' : code, {
      message: `${file} cannot be opened: ${message}`,
      cause,
    });
  }
}

/** Sets how long SQLite blocks, and gives the database's file; undefined if it has none. */
export function prepareDatabase(database: SqliteDatabase): string | undefined {
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
  throw new HoldfastError('misconfigured', {
    message: `the database is encoded in ${encoding}, and it must be UTF-8`,
  });
}
