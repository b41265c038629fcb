import {
  readInteger,
  type SqlQuery,
  type SqlResult,
  type SqlRow,
  type SqlStatement,
  type SqlValue,
} from '@holdfast/sql';
import { type DriverStatement, prepareStatement, textOf } from './driver-statement.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Runs statements on one database, and prepares each once. */
export class PreparedStatements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<SqlStatement, DriverStatement>();
  /** What `read` has failed to read, with the values. */
  readonly #failed = new Map<DriverStatement, readonly SqlValue[]>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Runs a statement that may write. */
  run({ statement, values }: SqlQuery): SqlResult {
    this.#resetFailed();
    // A command, such as BEGIN. Nobody asks what it has changed. A prepared one that failed in
    // libsql would stay under way, and with it the snapshot of every read that follows.
    if (!statement.givesRows && values.length === 0) {
      this.#database.exec(textOf(statement));
      return { rows: [], changes: 0 };
    }
    const prepared = this.#prepare(statement);
    if (statement.givesRows) return { rows: prepared.all(values), changes: 0 };
    return { rows: [], changes: readInteger(prepared.run(values).changes) };
  }

  /** The first row of a statement that may write: fewer calls into the driver than all of them. */
  first({ statement, values }: SqlQuery): SqlRow | undefined {
    this.#resetFailed();
    try {
      return this.#prepare(statement).first(values);
    } catch (error) {
      // A statement of libsql 0.5.29 that has failed in `get` fails for good, with old values.
      this.#prepared.get(statement)?.release();
      this.#prepared.delete(statement);
      throw error;
    }
  }

  /** The rows of a query that writes nothing. If it fails, it is run again before others are. */
  read({ statement, values }: SqlQuery): readonly SqlRow[] {
    const prepared = this.#prepare(statement);
    this.#resetFailed(prepared);
    try {
      const rows = prepared.all(values);
      this.#failed.delete(prepared);
      return rows;
    } catch (error) {
      this.#failed.set(prepared, values);
      throw error;
    }
  }

  /** Lets go of all statements: with libsql and Bun, a database stays open as long as one is held. */
  release(): void {
    for (const each of this.#prepared.values()) each.release();
    this.#prepared.clear();
    this.#failed.clear();
  }

  /**
   * A query that failed, as on a locked file, stays under way in libsql until it is run again: the
   * connection would keep its lock and its snapshot through all other reads.
   */
  #resetFailed(next?: DriverStatement): void {
    for (const [prepared, values] of this.#failed) {
      if (prepared === next) continue;
      try {
        prepared.all(values);
      } catch {
        // So what comes next fails, too.
        return;
      }
      this.#failed.delete(prepared);
    }
  }

  #prepare(statement: SqlStatement): DriverStatement {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = prepareStatement(this.#database, statement);
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }
}
