import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { markOf } from '@holdfast/session/store';
import {
  InsertStatements,
  isWrite,
  queryOf,
  REFUSED,
  readInteger,
  readText,
  resultOfWrite,
  type SqlClient,
  type SqlProgram,
  type SqlQuery,
  type SqlResult,
  type SqlRow,
  type SqlStep,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
  sql,
} from '@holdfast/sql';
import { pause, retryWhileBusy, turnOfEventLoop } from './busy-retry.ts';
import { CommitQueue } from './commit-queue.ts';
import { DatabaseChanges } from './database-changes.ts';
import { DatabaseFile } from './database-file.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { refuseSettings } from './refused-settings.ts';
import { isInTransaction, type SqliteDatabase } from './sqlite-database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import {
  accessError,
  foreignTransaction,
  isBusy,
  isDuplicate,
  isOfAccess,
  isOfFile,
  leftOut,
  translateError,
} from './sqlite-error.ts';

export interface SqliteClientOptions {
  readonly database: SqliteDatabase;
  /** The path of its file; undefined if it has none. */
  readonly file: string | undefined;
  /** How long to wait for other connections, in ms. */
  readonly busyTimeout: number;
  /** Whether to close it in the end. */
  readonly ownsDatabase: boolean;
}

// It gives up at once if others are reading what the log has, and answers that they are, or fails.
const EMPTY_LOG = queryOf(sql`PRAGMA wal_checkpoint(TRUNCATE)`)({});
// Those who read do so for a moment, mostly. In ms, each twice the one before.
const LONGEST_WAIT_TO_EMPTY = 64;
const QUERY_ONLY = queryOf(sql`PRAGMA query_only`)({});
const JOURNAL_MODE = queryOf(sql`PRAGMA journal_mode`)({});
// It is read from the database.
const SCHEMA_VERSION = queryOf(sql`PRAGMA schema_version`)({});

/** A database in this process: calls into it are synchronous, and only waiting is not. */
export class SqliteClient implements SqlClient {
  readonly #database: SqliteDatabase;
  readonly #statements: PreparedStatements;
  readonly #queue: CommitQueue;
  readonly #busyTimeout: number;
  readonly #file: DatabaseFile | undefined;
  readonly #changes: DatabaseChanges;
  readonly #close: () => unknown;
  readonly #inserts = new InsertStatements(sqliteDialect);

  constructor({ database, file, busyTimeout, ownsDatabase }: SqliteClientOptions) {
    this.#database = database;
    this.#statements = new PreparedStatements(database);
    this.#changes = new DatabaseChanges({ database, statements: this.#statements });
    this.#queue = new CommitQueue({ statements: this.#statements, busyTimeout });
    this.#busyTimeout = busyTimeout;
    this.#file = file === undefined ? undefined : new DatabaseFile(file, () => this.#usesLog());
    this.#close = ownsDatabase ? () => database.close() : () => {};
  }

  query(query: SqlQuery): Promise<readonly SqlRow[]> {
    return this.#call(async () => {
      this.#file?.check();
      if (this.#queue.turn !== undefined) await this.#queue.turn;
      return await retryWhileBusy(() => this.#read(query), this.#busyTimeout);
    });
  }

  async write(write: SqlWrite): Promise<SqlWriteOutcome> {
    try {
      this.#file?.check();
      const outcome = await this.#queue.add(() => this.#write(write));
      this.#file?.confirm();
      return outcome;
    } catch (error) {
      if (isDuplicate(error)) return REFUSED;
      throw this.#translate(error);
    }
  }

  // One transaction at a time writes to a database, so a lock of its own is not needed.
  async transaction<Result>({ program, ifDuplicate }: SqlTransaction<Result>): Promise<Result> {
    try {
      this.#file?.check();
      const result = await this.#queue.add(() => this.#runProgram(program()));
      this.#file?.confirm();
      return result;
    } catch (error) {
      if (ifDuplicate !== undefined && isDuplicate(error)) return ifDuplicate();
      throw this.#translate(error);
    }
  }

  watchChanges(changed: () => void): () => void {
    return this.#changes.watch(changed);
  }

  /** If it cannot be done now, SQLite does it later, as it does now and then. */
  async forgetDeleted(): Promise<void> {
    for (let wait = 1; wait <= LONGEST_WAIT_TO_EMPTY; wait *= 2) {
      if (this.#isLogEmptied()) return;
      await pause(wait);
    }
  }

  #isLogEmptied(): boolean {
    if (isInTransaction(this.#database)) return false;
    try {
      const [row] = this.#statements.read(EMPTY_LOG);
      return Number(row?.[0]) !== 1;
    } catch (error) {
      return !isBusy(error);
    }
  }

  async close(): Promise<void> {
    this.#changes.stop();
    this.#statements.release();
    try {
      this.#close();
    } catch (error) {
      throw translateError(error);
    }
    // In a turn of the event loop, libsql closes the files of what the garbage collector has found.
    await turnOfEventLoop();
  }

  async #call<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): HoldfastError {
    const found = this.#whatIsBehind(error);
    if (found !== undefined) {
      return new HoldfastError(found.code, { message: found.message, cause: error });
    }
    if (!isOfAccess(error)) return translateError(error);
    const problem = this.#isForReading() ? 'query_only is on' : this.#file?.problem;
    return accessError(error, problem);
  }

  /** A file that was lost or cut, or a setting of later, shows itself in many ways. */
  #whatIsBehind(error: unknown): HoldfastError | undefined {
    try {
      if (isOfFile(error)) this.#file?.look();
      const mayBeSetting = isBusy(error) || isHoldfastError(error, 'misconfigured');
      if (mayBeSetting) refuseSettings(this.#statements, { isFile: this.#file !== undefined });
    } catch (found) {
      if (isHoldfastError(found)) return found;
    }
    return undefined;
  }

  #isForReading(): boolean {
    try {
      return Number(this.#statements.read(QUERY_ONLY)[0]?.[0]) === 1;
    } catch {
      return false;
    }
  }

  #read(query: SqlQuery): readonly SqlRow[] {
    if (isInTransaction(this.#database)) throw foreignTransaction();
    return this.#statements.read(query);
  }

  #usesLog(): boolean {
    try {
      if (this.#statements.read(JOURNAL_MODE)[0]?.[0] !== 'wal') return false;
      this.#statements.read(SCHEMA_VERSION);
      return true;
    } catch (error) {
      // Another connection has the whole file. So this one has no log yet.
      if (isBusy(error)) return false;
      throw error;
    }
  }

  #write({ guard, inserts }: SqlWrite): SqlWriteOutcome {
    let revision = 0;
    let mark = '';
    if (guard !== undefined) {
      const row = this.#statements.first(guard);
      if (row === undefined) return REFUSED;
      revision = readInteger(row[0]);
      mark = markOf(readText(row[1]));
    }
    for (const rows of inserts) {
      let changes = 0;
      for (const query of this.#inserts.plain(rows, revision)) {
        changes += this.#statements.run(query).changes;
      }
      // A trigger may leave a row out without a word.
      if (!rows.insert.keepsExisting && changes !== rows.rows.length) throw leftOut();
    }
    return { type: 'written', revision, mark };
  }

  #runProgram<Result>(program: SqlProgram<Result>): Result {
    let step = program.next();
    while (step.done !== true) step = program.next(this.#runStep(step.value));
    return step.value;
  }

  #runStep(step: SqlStep): SqlResult {
    return isWrite(step) ? resultOfWrite(this.#write(step)) : this.#statements.run(step);
  }
}
