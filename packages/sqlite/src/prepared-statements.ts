import type { SqlQuery, SqlResult, SqlRow } from '@holdfast/sql';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';

const GIVES_ROWS = /^(?:SELECT|WITH|PRAGMA)\b|\bRETURNING\b/;

/** Runs statements on one database, and prepares each text once. */
export class PreparedStatements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  run({ text, values }: SqlQuery): SqlResult {
    const { statement, givesRows } = this.#prepare(text);
    if (givesRows) return { rows: statement.all(...values).map(toArray), changes: 0 };
    return { rows: [], changes: Number(statement.run(...values).changes) };
  }

  /** The first row of a statement that gives rows: fewer calls into the driver than all of them. */
  first({ text, values }: SqlQuery): SqlRow | undefined {
    try {
      const row = this.#prepare(text).statement.get(...values);
      return row === undefined ? undefined : toArray(row);
    } catch (error) {
      // A statement of libsql 0.5.29 that has failed in `get` fails for good, with old values.
      this.#prepared.delete(text);
      throw error;
    }
  }

  /** Lets go of all statements: with libsql, a database stays open as long as one is held. */
  release(): void {
    this.#prepared.clear();
  }

  #prepare(text: string): Prepared {
    let prepared = this.#prepared.get(text);
    if (prepared === undefined) {
      prepared = prepare(this.#database, text);
      this.#prepared.set(text, prepared);
    }
    return prepared;
  }
}

interface Prepared {
  readonly statement: SqliteStatement;
  readonly givesRows: boolean;
}

function prepare(database: SqliteDatabase, text: string): Prepared {
  const statement = database.prepare(text);
  const givesRows = GIVES_ROWS.test(text);
  if (givesRows) {
    if (statement.raw !== undefined) statement.raw(true);
    else statement.setReturnArrays?.(true);
  }
  return { statement, givesRows };
}

// Node 22.13 to 22.15 has objects only. Every column has a name of its own.
function toArray(row: unknown): SqlRow {
  return Array.isArray(row) ? row : Object.values(row as object);
}
