/** What a parameter of a statement can be. A number is a safe integer. */
export type SqlValue = string | number | null;

/** One statement. The text has a `?` for each value, and is the same string each time. */
export interface SqlQuery {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/**
 * A row, its columns by position. Text is a string, whatever type the column has; an
 * integer is what `Number` makes one of.
 */
export type SqlRow = readonly unknown[];

/** Rows that go into a table. */
export interface SqlRows {
  readonly insert: SqlInsert;
  /** In the order of the insert's columns. They are written in this order. */
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Where rows go. */
export interface SqlInsert {
  /** Quoted, with its schema. */
  readonly table: string;
  readonly columns: readonly SqlInsertColumn[];
  /** The columns of the primary key, if a row that is there gets the other columns' values. */
  readonly replaceBy?: readonly string[];
}

export interface SqlInsertColumn {
  readonly name: string;
  readonly type: SqlColumnType;
  /** The value counts from the revision that the guard gave. */
  readonly fromRevision?: boolean;
}

export type SqlColumnType = 'identifier' | 'integer' | 'json';

/** Statements that happen all or not at all, in as few round trips as the database can. */
export interface SqlWrite {
  /**
   * An UPDATE or INSERT of at most one row of sessions, which locks it. The rest happens only if
   * there is a row. Undefined: the rest happens in any case.
   */
  readonly guard: SqlQuery | undefined;
  readonly inserts: readonly SqlRows[];
}

export type SqlWriteOutcome =
  /** `revision` is that of the guard's row after it; 0 without a guard. */
  | { readonly type: 'written'; readonly revision: number }
  /** The guard met no row. */
  | { readonly type: 'unmet' }
  /** A unique key is taken. */
  | { readonly type: 'duplicate' };

/**
 * Statements that depend on one another: it yields each, and gets its result back. It waits for
 * nothing else, so a driver that is synchronous runs it in one go.
 */
export type SqlProgram<Result> = Generator<SqlQuery, Result, SqlResult>;

export interface SqlResult {
  /** None where the statement gives none. */
  readonly rows: readonly SqlRow[];
  /** How many rows it wrote or deleted. */
  readonly changes: number;
}

export interface SqlTransaction<Result> {
  /** Called again if the transaction has to start over. */
  readonly program: () => SqlProgram<Result>;
  /** Of all transactions with this name, in all processes, one runs at a time. */
  readonly lock?: string;
}

/**
 * What the service asks of a database. Everything that fails is a `HoldfastError`:
 * deadlocks and lock timeouts are retried inside, a bounded number of times.
 */
export interface SqlClient {
  /** One statement on its own, which sees one state of the database. */
  query(query: SqlQuery): Promise<readonly SqlRow[]>;
  write(write: SqlWrite): Promise<SqlWriteOutcome>;
  transaction<Result>(transaction: SqlTransaction<Result>): Promise<Result>;
  /** Gives back what the client itself has opened. */
  close(): Promise<void>;
}
