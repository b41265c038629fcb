import type {
  SqlClient,
  SqlProgram,
  SqlQuery,
  SqlRow,
  SqlRows,
  SqlTransaction,
  SqlValue,
  SqlWrite,
  SqlWriteOutcome,
} from '@holdfast/sql';
import { retryWhileBusy } from './busy-retry.ts';
import { CommitQueue } from './commit-queue.ts';
import { KeptFile } from './kept-file.ts';
import { PreparedStatements } from './prepared-statements.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { isDuplicate, translateError } from './sqlite-error.ts';

export interface SqliteClientOptions {
  readonly database: SqliteDatabase;
  /** The path of its file; undefined where it has none. */
  readonly file: string | undefined;
  /** How long to wait for other connections, in ms. */
  readonly busyTimeout: number;
  /** Whether to close it in the end. */
  readonly ownsDatabase: boolean;
}

// One text for each number of rows is prepared, up to this one.
const ROWS_PER_INSERT = 32;

/** A database in this process: calls into it are synchronous, and only waiting is not. */
export class SqliteClient implements SqlClient {
  readonly #statements: PreparedStatements;
  readonly #queue: CommitQueue;
  readonly #busyTimeout: number;
  readonly #file: KeptFile | undefined;
  readonly #close: () => unknown;
  readonly #guards = new Map<string, string>();
  readonly #inserts = new Map<string, string[]>();

  constructor({ database, file, busyTimeout, ownsDatabase }: SqliteClientOptions) {
    this.#statements = new PreparedStatements(database);
    this.#queue = new CommitQueue({ statements: this.#statements, busyTimeout });
    this.#busyTimeout = busyTimeout;
    this.#file = file === undefined ? undefined : new KeptFile(file);
    this.#close = ownsDatabase ? () => database.close() : () => {};
  }

  async query(query: SqlQuery): Promise<readonly SqlRow[]> {
    try {
      this.#file?.check();
      return await retryWhileBusy(() => this.#statements.run(query).rows, this.#busyTimeout);
    } catch (error) {
      throw translateError(error);
    }
  }

  async write(write: SqlWrite): Promise<SqlWriteOutcome> {
    try {
      this.#file?.check();
      return await this.#queue.add(() => this.#write(write));
    } catch (error) {
      if (isDuplicate(error)) return { type: 'duplicate' };
      throw translateError(error);
    }
  }

  // One transaction at a time writes to a database, so a lock of its own is not needed.
  async transaction<Result>({ program }: SqlTransaction<Result>): Promise<Result> {
    try {
      this.#file?.check();
      return await this.#queue.add(() => this.#runProgram(program()));
    } catch (error) {
      throw translateError(error);
    }
  }

  async close(): Promise<void> {
    this.#statements.release();
    try {
      this.#close();
    } catch (error) {
      throw translateError(error);
    }
  }

  #write({ guard, inserts }: SqlWrite): SqlWriteOutcome {
    let revision = 0;
    if (guard !== undefined) {
      const text = this.#guardText(guard.text);
      const row = this.#statements.first({ text, values: guard.values });
      if (row === undefined) return { type: 'unmet' };
      revision = Number(row[0]);
    }
    for (const rows of inserts) this.#insert(rows, revision);
    return { type: 'written', revision };
  }

  #insert({ insert, rows }: SqlRows, revision: number): void {
    for (let first = 0; first < rows.length; first += ROWS_PER_INSERT) {
      const end = Math.min(first + ROWS_PER_INSERT, rows.length);
      const values: SqlValue[] = [];
      for (let i = first; i < end; i++) pushRow(values, { insert, row: rows[i] ?? [], revision });
      this.#statements.run({ text: this.#insertText(insert, end - first), values });
    }
  }

  #guardText(text: string): string {
    const known = this.#guards.get(text);
    if (known !== undefined) return known;
    const full = `${text} RETURNING revision`;
    this.#guards.set(text, full);
    return full;
  }

  #insertText(insert: SqlRows['insert'], count: number): string {
    let texts = this.#inserts.get(insert.table);
    if (texts === undefined) {
      texts = [];
      this.#inserts.set(insert.table, texts);
    }
    texts[count] ??= sqliteDialect.insertRows(insert, { count, guarded: false });
    return texts[count];
  }

  #runProgram<Result>(program: SqlProgram<Result>): Result {
    let step = program.next();
    while (step.done !== true) {
      let result: ReturnType<PreparedStatements['run']>;
      try {
        result = this.#statements.run(step.value);
      } catch (error) {
        step = program.throw(error);
        continue;
      }
      step = program.next(result);
    }
    return step.value;
  }
}

function pushRow(
  values: SqlValue[],
  at: {
    readonly insert: SqlRows['insert'];
    readonly row: readonly SqlValue[];
    readonly revision: number;
  },
): void {
  const { columns } = at.insert;
  for (let i = 0; i < columns.length; i++) {
    const value = at.row[i] ?? null;
    values.push(columns[i]?.fromRevision ? Number(value) + at.revision : value);
  }
}
