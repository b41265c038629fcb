/**
 * What is asked of a SQLite driver. `DatabaseSync` of `node:sqlite`, and `Database` of
 * better-sqlite3, of libsql and of `bun:sqlite`, have it.
 */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
  /** Whether it is open, as libsql and better-sqlite3 call it. */
  readonly open?: unknown;
  /** Whether a transaction is open, as libsql, better-sqlite3 and `bun:sqlite` call it. */
  readonly inTransaction?: unknown;
  /** The same, as `node:sqlite` calls it from Node 22.16 on. */
  readonly isTransaction?: unknown;
}

export interface SqliteStatement {
  all(...values: unknown[]): unknown[];
  /** The first row; undefined or null if there is none. */
  get(...values: unknown[]): unknown;
  run(...values: unknown[]): { readonly changes: number | bigint };
  /** Gives rows as arrays, if the driver calls it so. */
  raw?(toggle: boolean): unknown;
  /** All rows as arrays, as `bun:sqlite` calls it. */
  values?(...values: unknown[]): unknown[];
  /** Lets go of it, as `bun:sqlite` calls it. */
  finalize?(): unknown;
  /** Gives rows as arrays, as `node:sqlite` calls it from Node 22.16 on. */
  setReturnArrays?(enabled: boolean): unknown;
}

/** Whether a transaction is open on it, which is then its owner's. False if the driver does not say. */
export function isInTransaction(database: SqliteDatabase): boolean {
  // A database of libsql that is closed ends the process if it is asked.
  if (database.open === false) return false;
  return (database.inTransaction ?? database.isTransaction) === true;
}
