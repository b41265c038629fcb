import { readInteger, readText } from './read-value.ts';
import type { SqlQuery, SqlValue } from './sql-statement.ts';

/**
 * A row, its columns by position. Text is a string, whatever type the column has; an
 * integer is what `readInteger` makes one of.
 */
export type SqlRow = readonly unknown[];

export interface SqlResult {
  /** Empty if the statement gives none. */
  readonly rows: readonly SqlRow[];
  /** How many rows it wrote or deleted. */
  readonly changes: number;
}

/** Rows that go into a table. */
export interface SqlRows {
  readonly insert: SqlInsert;
  /** In the order of the insert's columns. They are written in this order. */
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Where rows go. It is the same object each time, so that what is made of it can be kept. */
export interface SqlInsert {
  /** Quoted, with its schema. */
  readonly table: string;
  readonly columns: readonly SqlInsertColumn[];
  /** The columns of the primary key, if an existing row gets the other columns' values. */
  readonly replaceBy?: readonly string[];
  /** With `replaceBy`: an existing row is locked, and stays as it is. @default false */
  readonly keepsExisting?: true;
}

export interface SqlInsertColumn {
  readonly name: string;
  readonly type: SqlColumnType;
  /** The value counts from the revision that the guard gave. */
  readonly fromRevision?: boolean;
  /** Whether the value may be null. The text of one that is not is never empty. */
  readonly nullable?: true;
}

/** An `identifier` has up to 255 bytes, a `text` up to 512. */
export type SqlColumnType = 'identifier' | 'text' | 'integer' | 'json';

/** Statements that happen all or not at all, in as few round trips as the database can. */
export interface SqlWrite {
  /**
   * An UPDATE or INSERT of at most one row of sessions, which locks it, and keeps or gives its
   * revision as the dialect says. The rest happens only if there is a row. Undefined: the rest
   * happens in any case.
   */
  readonly guard: SqlQuery | undefined;
  readonly inserts: readonly SqlRows[];
}

export type SqlWriteOutcome =
  /**
   * `revision` is that of the guard's row after it, 0 without a guard; `mark` that of its
   * incarnation, if the guard is an UPDATE.
   */
  | { readonly type: 'written'; readonly revision: number; readonly mark: string }
  /** The guard met no row, or a unique key is taken. Nothing was written. */
  | { readonly type: 'refused' };

export const REFUSED: SqlWriteOutcome = Object.freeze({ type: 'refused' });

/** What a program yields. Of a write, the row has its revision and its mark; none if it was refused. */
export type SqlStep = SqlQuery | SqlWrite;

/**
 * Statements that depend on one another: it yields each, and gets its result back. It waits for
 * nothing else, so a driver that is synchronous runs it in one go.
 */
export type SqlProgram<Result> = Generator<SqlStep, Result, SqlResult>;

/** Whether a step is a write, and not one statement. */
export function isWrite(step: SqlStep): step is SqlWrite {
  return 'inserts' in step;
}

/** What a program gets of a write. */
export function resultOfWrite(outcome: SqlWriteOutcome): SqlResult {
  if (outcome.type === 'refused') return { rows: [], changes: 0 };
  return { rows: [[outcome.revision, outcome.mark]], changes: 1 };
}

/** A write as a part of a program. */
export function* writeWithin(write: SqlWrite): SqlProgram<SqlWriteOutcome> {
  const [row] = (yield write).rows;
  if (row === undefined) return REFUSED;
  return { type: 'written', revision: readInteger(row[0]), mark: readText(row[1]) };
}

export interface SqlTransaction<Result> {
  /** Called again if the transaction has to start over. */
  readonly program: () => SqlProgram<Result>;
  /**
   * Of all transactions with this name, in all processes, one runs at a time. Whoever waits for
   * it, or changes a schema under it, may take minutes.
   */
  readonly lock?: string;
  /**
   * Where others would have to add a row to change what it reads under a lock, they wait for its end:
   * if the locks of the database can do that.
   * @default false
   */
  readonly keepsOthersOut?: true;
  /**
   * What it comes to if a unique key is taken: nothing is written then.
   * @default an error
   */
  readonly ifDuplicate?: () => Result;
}

/**
 * What the store asks of a database. Everything that fails is a `HoldfastError` whose `cause` is
 * the driver's: deadlocks and lock timeouts are retried inside, a bounded number of times.
 */
export interface SqlClient {
  /** One statement on its own, which sees one state of the database. */
  query(query: SqlQuery): Promise<readonly SqlRow[]>;
  write(write: SqlWrite): Promise<SqlWriteOutcome>;
  transaction<Result>(transaction: SqlTransaction<Result>): Promise<Result>;
  /**
   * Calls back soon after anything in the database may have changed, until it is told to stop.
   * @default nobody is told
   */
  watchChanges?(changed: () => void): () => void;
  /**
   * Lets go of copies that the database keeps for itself of what was overwritten or deleted, as far as
   * that can be done now.
   * @default that is left to the database
   */
  forgetDeleted?(): Promise<void>;
  /** Gives back what the client itself has opened. */
  close(): Promise<void>;
}
