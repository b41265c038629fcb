import {
  InsertStatements,
  REFUSED,
  type SqlClient,
  type SqlProgram,
  type SqlQuery,
  type SqlRow,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
} from '@holdfast/sql';
import { retryWhileBusy } from './busy-retry.ts';
import { CommitQueue } from './commit-queue.ts';
import { DatabaseFile } from './database-file.ts';
import { PreparedStatements } from './prepared-statements.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { isDuplicate, translateError } from './sqlite-error.ts';

export interface SqliteClientOptions {
  readonly database: SqliteDatabase;
  /** The path of its file; undefined if it has none. */
  readonly file: string | undefined;
  /** How long to wait for other connections, in ms. */
  readonly busyTimeout: number;
  /** Whether to close it in the end. */
  readonly ownsDatabase: boolean;
}

/** A database in this process: calls into it are synchronous, and only waiting is not. */
export class SqliteClient implements SqlClient {
  readonly #statements: PreparedStatements;
  readonly #queue: CommitQueue;
  readonly #busyTimeout: number;
  readonly #file: DatabaseFile | undefined;
  readonly #close: () => unknown;
  readonly #inserts = new InsertStatements(sqliteDialect);

  constructor({ database, file, busyTimeout, ownsDatabase }: SqliteClientOptions) {
    this.#statements = new PreparedStatements(database);
    this.#queue = new CommitQueue({ statements: this.#statements, busyTimeout });
    this.#busyTimeout = busyTimeout;
    this.#file = file === undefined ? undefined : new DatabaseFile(file);
    this.#close = ownsDatabase ? () => database.close() : () => {};
  }

  query(query: SqlQuery): Promise<readonly SqlRow[]> {
    return this.#call(() =>
      retryWhileBusy(() => this.#statements.run(query).rows, this.#busyTimeout),
    );
  }

  async write(write: SqlWrite): Promise<SqlWriteOutcome> {
    try {
      this.#file?.check();
      return await this.#queue.add(() => this.#write(write));
    } catch (error) {
      if (isDuplicate(error)) return REFUSED;
      throw translateError(error);
    }
  }

  // One transaction at a time writes to a database, so a lock of its own is not needed.
  transaction<Result>({ program }: SqlTransaction<Result>): Promise<Result> {
    return this.#call(() => this.#queue.add(() => this.#runProgram(program())));
  }

  async close(): Promise<void> {
    this.#statements.release();
    try {
      this.#close();
    } catch (error) {
      throw translateError(error);
    }
  }

  async #call<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      this.#file?.check();
      return await work();
    } catch (error) {
      throw translateError(error);
    }
  }

  #write({ guard, inserts }: SqlWrite): SqlWriteOutcome {
    let revision = 0;
    if (guard !== undefined) {
      const row = this.#statements.first(guard);
      if (row === undefined) return REFUSED;
      revision = Number(row[0]);
    }
    for (const rows of inserts) {
      for (const query of this.#inserts.plain(rows, revision)) this.#statements.run(query);
    }
    return { type: 'written', revision };
  }

  #runProgram<Result>(program: SqlProgram<Result>): Result {
    let step = program.next();
    while (step.done !== true) step = program.next(this.#statements.run(step.value));
    return step.value;
  }
}
