import type { SqlColumnType, SqlInsert } from './sql-client.ts';
import type { SqlTemplate } from './sql-template.ts';

/** Where the databases' SQL differs. */
export interface SqlDialect {
  /** A name as an identifier. */
  quote(name: string): string;
  /** The type of a column, with what makes it compare by bytes. */
  readonly types: { readonly [Type in SqlColumnType]: string };
  /** What stands behind the closing parenthesis of a `CREATE TABLE`. */
  readonly tableOptions: { readonly narrow: string; readonly wide: string };
  /** Whether an index stands within its `CREATE TABLE`, or is a statement of its own. */
  readonly indexes: 'inline' | 'separate';
  /** The function that gives the larger of two integers. */
  readonly greatest: string;
  /** A guard's new revision, in a form in which the write's client can get hold of it. */
  keepRevision<Input>(revision: SqlTemplate<Input>): SqlTemplate<Input>;
  /** A SELECT that has an order, as a branch of a union. */
  unionBranch<Input>(select: SqlTemplate<Input>): SqlTemplate<Input>;
  /** The first `count` rows of an ordered SELECT. */
  take<Input>(select: SqlTemplate<Input>, count: SqlTemplate<Input>): SqlTemplate<Input>;
  /** Compares rows of columns, the first column first. */
  readonly compareRows: CompareRows;
  /** What stands behind a table's name to have it read by an index, given quoted, if anything. */
  readIndex(name: string): string;
  /** The statement that inserts `count` rows; `guarded` by a write's guard or on its own. */
  insertRows(insert: SqlInsert, source: InsertSource): string;
  /** The statement that creates a schema where it is not there, for a database that has them. */
  readonly createSchema?: (name: string) => string;
  /** Whether a driver's error says that a table, or the schema, is not there. */
  isMissingTable(error: unknown): boolean;
}

export interface InsertSource {
  readonly count: number;
  readonly guarded: boolean;
}

export type CompareRows = <Input>(comparison: RowComparison<Input>) => SqlTemplate<Input>;

export interface RowComparison<Input> {
  readonly operator: '<' | '>';
  readonly columns: readonly { readonly name: string; value(input: Input): string | number }[];
}
