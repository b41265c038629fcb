import {
  readInteger,
  type SqlQuery,
  type SqlResult,
  type SqlRow,
  type SqlStatement,
} from '@holdfast/sql';
import { type DriverStatement, prepareStatement } from './driver-statement.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Runs statements on one database, and prepares each once. */
export class PreparedStatements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<SqlStatement, DriverStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  run({ statement, values }: SqlQuery): SqlResult {
    const prepared = this.#prepare(statement);
    if (statement.givesRows) return { rows: prepared.all(values), changes: 0 };
    const { changes } = prepared.run(values);
    // A command, such as BEGIN, has no values. Nobody asks what it has changed.
    return { rows: [], changes: values.length === 0 ? 0 : readInteger(changes) };
  }

  /** The first row of a query: fewer calls into the driver than all of them. */
  first({ statement, values }: SqlQuery): SqlRow | undefined {
    try {
      return this.#prepare(statement).first(values);
    } catch (error) {
      // A statement of libsql 0.5.29 that has failed in `get` fails for good, with old values.
      this.#prepared.get(statement)?.release();
      this.#prepared.delete(statement);
      throw error;
    }
  }

  /** Lets go of all statements: with libsql and Bun, a database stays open as long as one is held. */
  release(): void {
    for (const each of this.#prepared.values()) each.release();
    this.#prepared.clear();
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
