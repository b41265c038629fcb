/**
 * What is asked of a SQLite driver. `DatabaseSync` of `node:sqlite`, and `Database` of
 * better-sqlite3 and of libsql, have it.
 */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
}

export interface SqliteStatement {
  all(...values: unknown[]): unknown[];
  /** The first row; undefined if there is none. */
  get(...values: unknown[]): unknown;
  run(...values: unknown[]): { readonly changes: number | bigint };
  /** Gives rows as arrays, if the driver calls it so. */
  raw?(toggle: boolean): unknown;
  /** Gives rows as arrays, as `node:sqlite` calls it from Node 22.16 on. */
  setReturnArrays?(enabled: boolean): unknown;
}
