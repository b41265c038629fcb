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
    const { statement, givesRows, takesArrays } = this.#prepare(text);
    if (givesRows) {
      const rows = takesArrays ? statement.all(values) : statement.all(...values);
      return { rows: rows.map(toArray), changes: 0 };
    }
    const { changes } = takesArrays ? statement.run(values) : statement.run(...values);
    return { rows: [], changes: Number(changes) };
  }

  /** The first row of a statement that gives rows: fewer calls into the driver than all of them. */
  first({ text, values }: SqlQuery): SqlRow | undefined {
    try {
      const { statement, takesArrays } = this.#prepare(text);
      const row = takesArrays ? statement.get(values) : statement.get(...values);
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
  /** Whether it takes its values as one array, which costs the driver a fifth less. */
  readonly takesArrays: boolean;
}

function prepare(database: SqliteDatabase, text: string): Prepared {
  const statement = database.prepare(text);
  const givesRows = GIVES_ROWS.test(text);
  // What has `raw` is libsql or better-sqlite3, and those do.
  const takesArrays = statement.raw !== undefined;
  if (givesRows) {
    if (takesArrays) statement.raw?.(true);
    else statement.setReturnArrays?.(true);
  }
  return { statement, givesRows, takesArrays };
}

// Node 22.13 to 22.15 has objects only. Every column has a name of its own.
function toArray(row: unknown): SqlRow {
  return Array.isArray(row) ? row : Object.values(row as object);
}
