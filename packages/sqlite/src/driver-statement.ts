import type { SqlRow, SqlStatement, SqlValue } from '@holdfast/sql';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';

/** A prepared statement, the same by every driver: values go in as one array, rows are arrays. */
export interface DriverStatement {
  all(values: readonly SqlValue[]): readonly SqlRow[];
  /** The first row; undefined if there is none. */
  first(values: readonly SqlValue[]): SqlRow | undefined;
  run(values: readonly SqlValue[]): { readonly changes: number | bigint };
  /** Lets go of what the driver holds for it. */
  release(): void;
}

/** A statement as text, with a `?` for each of its values. */
export function textOf({ pieces }: SqlStatement): string {
  return pieces.join('?');
}

/** Prepares a statement in the way of the driver. */
export function prepareStatement(database: SqliteDatabase, whole: SqlStatement): DriverStatement {
  const { givesRows } = whole;
  const statement = database.prepare(textOf(whole));
  // Bun has a `raw` of its own, which runs the statement.
  if (statement.values !== undefined) return new BunStatement(database, statement);
  if (statement.raw !== undefined) {
    if (givesRows) statement.raw(true);
    return new RawStatement(statement);
  }
  if (givesRows) statement.setReturnArrays?.(true);
  return new NodeStatement(statement);
}

/** Of libsql and better-sqlite3. To take the values as one array costs them a fifth less. */
class RawStatement implements DriverStatement {
  readonly #statement: SqliteStatement;

  constructor(statement: SqliteStatement) {
    this.#statement = statement;
  }

  all(values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#statement.all(values) as SqlRow[];
  }

  first(values: readonly SqlValue[]): SqlRow | undefined {
    return this.#statement.get(values) as SqlRow | undefined;
  }

  run(values: readonly SqlValue[]): { readonly changes: number | bigint } {
    return this.#statement.run(values);
  }

  release(): void {}
}

/** Of `node:sqlite`, or of what somebody has put around another. */
class NodeStatement implements DriverStatement {
  readonly #statement: SqliteStatement;

  constructor(statement: SqliteStatement) {
    this.#statement = statement;
  }

  all(values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#statement.all(...values).map(toArray);
  }

  first(values: readonly SqlValue[]): SqlRow | undefined {
    const row = this.#statement.get(...values);
    return row === undefined || row === null ? undefined : toArray(row);
  }

  run(values: readonly SqlValue[]): { readonly changes: number | bigint } {
    return this.#statement.run(...values);
  }

  release(): void {}
}

// Node 22.13 to 22.15 has objects only. Every column has a name of its own.
function toArray(row: unknown): SqlRow {
  if (Array.isArray(row)) return row;
  if (typeof row === 'object' && row !== null) return Object.values(row);
  // A value alone, as of a statement that gives one column.
  return [];
}

/** Of `bun:sqlite`. */
class BunStatement implements DriverStatement {
  readonly #database: SqliteDatabase;
  readonly #statement: SqliteStatement;

  constructor(database: SqliteDatabase, statement: SqliteStatement) {
    this.#database = database;
    this.#statement = statement;
  }

  all(values: readonly SqlValue[]): readonly SqlRow[] {
    this.#refuseClosed();
    return this.#statement.values?.(values) as SqlRow[];
  }

  first(values: readonly SqlValue[]): SqlRow | undefined {
    return this.all(values)[0];
  }

  run(values: readonly SqlValue[]): { readonly changes: number | bigint } {
    this.#refuseClosed();
    return this.#statement.run(values);
  }

  release(): void {
    this.#statement.finalize?.();
  }

  // A statement of Bun keeps a database open that its owner has closed, and would write to it.
  #refuseClosed(): void {
    void this.#database.inTransaction;
  }
}
