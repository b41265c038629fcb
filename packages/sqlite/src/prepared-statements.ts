import type { SqlQuery, SqlResult, SqlRow, SqlStatement } from '@holdfast/sql';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';

/** Runs statements on one database, and prepares each once. */
export class PreparedStatements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<SqlStatement, Prepared>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  run({ statement, values }: SqlQuery): SqlResult {
    const { driver, takesArrays } = this.#prepare(statement);
    if (statement.givesRows) {
      const rows = takesArrays ? driver.all(values) : driver.all(...values);
      return { rows: rows.map(toArray), changes: 0 };
    }
    const { changes } = takesArrays ? driver.run(values) : driver.run(...values);
    return { rows: [], changes: Number(changes) };
  }

  /** The first row of a query: fewer calls into the driver than all of them. */
  first({ statement, values }: SqlQuery): SqlRow | undefined {
    try {
      const { driver, takesArrays } = this.#prepare(statement);
      const row = takesArrays ? driver.get(values) : driver.get(...values);
      return row === undefined ? undefined : toArray(row);
    } catch (error) {
      // A statement of libsql 0.5.29 that has failed in `get` fails for good, with old values.
      this.#prepared.delete(statement);
      throw error;
    }
  }

  /** Lets go of all statements: with libsql, a database stays open as long as one is held. */
  release(): void {
    this.#prepared.clear();
  }

  #prepare(statement: SqlStatement): Prepared {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = prepare(this.#database, statement);
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }
}

interface Prepared {
  readonly driver: SqliteStatement;
  /** Whether it takes its values as one array, which costs the driver a fifth less. */
  readonly takesArrays: boolean;
}

function prepare(database: SqliteDatabase, { pieces, givesRows }: SqlStatement): Prepared {
  const driver = database.prepare(pieces.join('?'));
  // What has `raw` is libsql or better-sqlite3, and those do.
  const takesArrays = driver.raw !== undefined;
  if (givesRows) {
    if (takesArrays) driver.raw?.(true);
    else driver.setReturnArrays?.(true);
  }
  return { driver, takesArrays };
}

// Node 22.13 to 22.15 has objects only. Every column has a name of its own.
function toArray(row: unknown): SqlRow {
  return Array.isArray(row) ? row : Object.values(row as object);
}
