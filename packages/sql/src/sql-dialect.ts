import type { SessionKey } from '@holdfast/core';
import type { SqlColumnType, SqlInsert } from './sql-client.ts';
import { joinSql, type SqlTemplate, type SqlText, type SqlValue, sql } from './sql-statement.ts';

/** Where the databases' SQL differs. */
export interface SqlDialect {
  /** A name as an identifier. */
  quote(name: string): string;
  /** The type of a column, with what makes it compare by bytes. */
  readonly types: { readonly [Type in SqlColumnType]: string };
  /** What stands behind the closing parenthesis of a `CREATE TABLE`. */
  readonly tableOptions: { readonly narrow: string; readonly wide: string };
  /**
   * Whether an index stands within its `CREATE TABLE`, or is a statement of its own; `qualified`:
   * a schema stands before the index's name there, and not before the table's.
   */
  readonly indexes: 'inline' | 'separate' | 'qualified';
  /** The statements that add a column to a table. They can be run again. */
  addColumn(added: ColumnDefinition): readonly string[];
  /** The statements that add an index to a table. They can be run again. */
  addIndex(added: AddedIndexDefinition): readonly string[];
  /** The function that gives the larger of two integers. */
  readonly greatest: string;
  /** How the client of a write gets at the revision of the guard's row, and at its mark. */
  readonly revision: {
    /** The new revision as the guard sets it. */
    keep<Input>(revision: SqlTemplate<Input>): SqlTemplate<Input>;
    /** The end of a guard that gives revision and incarnation as a row; undefined if it gives none. */
    readonly returning: string | undefined;
  };
  /** A SELECT that has an order, as a branch of a union. */
  unionBranch<Input>(select: SqlTemplate<Input>): SqlTemplate<Input>;
  /** The first `count` rows of an ordered SELECT. */
  take<Input>(select: SqlTemplate<Input>, count: SqlTemplate<Input>): SqlTemplate<Input>;
  /** Compares rows of columns, the first column first. */
  readonly compareRows: CompareRows;
  /** Sessions of a user, by their ids: what stands behind FROM. Each is looked up by its key. */
  readonly lookUpSessions: LookUpSessions;
  /** The end of a SELECT that locks its rows; empty if every transaction that writes is alone. */
  readonly lockRows: string;
  /**
   * How whoever erases a user keeps others from creating sessions of that user meanwhile. What locks
   * all sessions of a user keeps them out by itself, if there is nothing here.
   */
  readonly userLock?: UserLock;
  /**
   * What stands behind FROM to look up sessions by a list, in its order of access: a table `wanted`
   * with the columns `place`, from 1 on, `app_name`, `user_id` and `session_id`, and the join to the
   * table behind it.
   */
  joinKeys<Input>(keys: (input: Input) => readonly SessionKey[]): SqlTemplate<Input>;
  /** What stands behind a table's name to have it read by an index, given quoted, if anything. */
  readIndex(name: string): string;
  /** The statement that inserts rows; it has a slot for each value. */
  insertRows(insert: SqlInsert, source: InsertSource): SqlText;
  /** The statement that creates a schema if it does not exist, for a database that has them. */
  readonly createSchema?: (name: string) => string;
  /** Whether a driver's error says that a table, or the schema, does not exist. */
  isMissingTable(error: unknown): boolean;
}

/** A lock of a user, until the end of a transaction: many share it, or one has it. */
export interface UserLock {
  /** The value of a column of a row, which is inserted with a share in the lock of its user. */
  share<Input>(value: SqlTemplate<Input>, user: UserParts<Input>): SqlTemplate<Input>;
  /** What a query asks for that is to have the lock alone. */
  take<Input>(user: UserParts<Input>): SqlTemplate<Input>;
}

/** Of which user it is, as parts of a statement. */
export interface UserParts<Input> {
  appName(input: Input): SqlValue;
  userId(input: Input): SqlValue;
}

/** The user that an input names itself, as a session key does. */
export const namedUser: UserParts<Pick<SessionKey, 'appName' | 'userId'>> = {
  appName: ({ appName }) => appName,
  userId: ({ userId }) => userId,
};

/** Keys as JSON: an array for each, which begins with its place. */
export function jsonOfKeys(keys: readonly SessionKey[]): string {
  return JSON.stringify(
    keys.map(({ appName, userId, sessionId }, i) => [i + 1, appName, userId, sessionId]),
  );
}

export interface ColumnDefinition {
  /** Quoted, with its schema. */
  readonly table: string;
  readonly tableName: string;
  readonly name: string;
  /** Name, type and default. */
  readonly definition: string;
}

export interface AddedIndexDefinition {
  /** Quoted, with its schema if it stands there. */
  readonly name: string;
  /** The table, quoted, and the columns. */
  readonly target: string;
  readonly tableName: string;
  readonly indexName: string;
  /** Rows without a value in this column need not be in the index. */
  readonly ofValuesIn: string;
}

export interface InsertSource {
  readonly count: number;
  /** Whether the rows depend on a write's guard. */
  readonly guarded: boolean;
}

export type LookUpSessions = <Input>(lookup: SessionLookup<Input>) => SqlTemplate<Input>;

export interface SessionLookup<Input> {
  /** The table of sessions. */
  readonly sessions: string;
  /** The condition that a session is of the user. */
  readonly ofUser: SqlTemplate<Input>;
  /** A SELECT of the ids, as `wanted_id`. It is read first. */
  readonly ids: SqlTemplate<Input>;
}

/** A look-up by a join of which the left side is read first. */
export const lookUpInOrder =
  (join: 'CROSS JOIN' | 'STRAIGHT_JOIN'): LookUpSessions =>
  ({ sessions, ofUser, ids }) =>
    sql`(${ids}) wanted ${join} ${sessions} ON ${ofUser} AND session_id = wanted_id`;

export type CompareRows = <Input>(comparison: RowComparison<Input>) => SqlTemplate<Input>;

export interface RowComparison<Input> {
  readonly operator: '<' | '>';
  readonly columns: readonly { readonly name: string; value(input: Input): SqlValue }[];
}

/** `(a, b) < (?, ?)`, if the database makes one range of an index of it. */
export const compareAsRow: CompareRows = ({ operator, columns }) => {
  const names = columns.map(({ name }) => name).join(', ');
  const values = columns.map(({ value }) => value);
  return sql`(${names}) ${operator} (${joinSql(values, ', ')})`;
};

/** `(a < ? OR (a = ? AND (b < ?)))`, if a comparison of rows would use no index. */
export const compareByColumn: CompareRows = <Input>({ operator, columns }: RowComparison<Input>) =>
  columns.reduceRight<SqlTemplate<Input> | undefined>((rest, { name, value }) => {
    const beyond = sql<Input>`${name} ${operator} ${value}`;
    return rest === undefined ? beyond : sql`(${beyond} OR (${name} = ${value} AND ${rest}))`;
  }, undefined) as SqlTemplate<Input>;

/** `INSERT INTO t (a, b)`: what every dialect's insert begins with. */
export function insertHead({ table, columns }: SqlInsert): string {
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})`;
}

/** The index of rows with a value, of SQLite and PostgreSQL. */
export function addPartialIndex({ name, target, ofValuesIn }: AddedIndexDefinition): string {
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${target} WHERE ${ofValuesIn} IS NOT NULL`;
}

/** The columns that an existing row takes over. */
export function replacedColumns({ columns, replaceBy = [] }: SqlInsert): readonly string[] {
  return columns.map(({ name }) => name).filter((name) => !replaceBy.includes(name));
}

/** ` ON CONFLICT (a) DO UPDATE SET b = excluded.b`, or nothing: the upsert of SQLite and PostgreSQL. */
export function onConflict(insert: SqlInsert): string {
  if (insert.replaceBy === undefined) return '';
  const sets = replacedColumns(insert).map((name) => `${name} = excluded.${name}`);
  // A row that does not meet the condition is locked all the same.
  const condition = insert.keepsExisting ? ' WHERE false' : '';
  return ` ON CONFLICT (${insert.replaceBy.join(', ')}) DO UPDATE SET ${sets.join(', ')}${condition}`;
}
