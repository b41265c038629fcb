import { HoldfastError } from '@holdfast/core';
import { describeType, invalidArgument } from '@holdfast/core/internal';
import { answeredRows } from './answered-rows.ts';
import { textOrEmpty } from './stored-json.ts';
import { storedTime, timeOfSeconds } from './stored-time.ts';

export type AdkDatabaseDialect = 'sqlite' | 'postgres' | 'mysql';

/** A row, by the names of its columns. */
export type AdkDatabaseRow = Readonly<Record<string, unknown>>;

/**
 * A database with the tables of an ADK's session service, as far as an import needs it: it is
 * only read. Whatever `query` throws becomes the cause of an `unavailable`.
 */
export interface AdkDatabase {
  /** `mysql` is MariaDB, too. */
  readonly dialect: AdkDatabaseDialect;
  /**
   * Runs one SELECT. Placeholders are `$1`, `$2` … for PostgreSQL, and `?` for the others.
   * Columns of JSON are asked for as text, so a driver has nothing to parse. The columns of a row
   * have the names that the SELECT gives them, in lower case and with `_`.
   */
  query(
    sql: string,
    params: readonly (string | number)[],
  ): Promise<readonly AdkDatabaseRow[]> | readonly AdkDatabaseRow[];
}

/** Where the databases differ: pieces of SQL. */
interface Dialect {
  /** The column `key`, quoted. */
  readonly key: string;
  /** The column `update_time`, with a value for NULL: what rows are ordered by. */
  readonly updateTime: string;
  /** The same as what can be compared with it again. */
  readonly updateTimeText: string;
  /** Where a row stands among others, if the database knows it: the order of insertion. */
  readonly place: string;
  /** Whether `place` can be compared with what was read of it. */
  readonly ordersByPlace: boolean;
  /**
   * The names of a table's columns, and their types; no row if there is no such table.
   */
  readonly columnsOf: string;
  /** A column of JSON as text: a driver that parses it would change its numbers. */
  jsonText(column: string): string;
  /** Whether columns of the type (in lower case) hold what `timeText` takes. */
  hasTimes(type: string): boolean;
  /** A column of a time as text. */
  timeText(column: string): string;
  /** What `timeText` is for a time, as epoch ms; undefined if it is not a time. */
  readTime(value: unknown): number | undefined;
  /** What is the same only for the same text, whatever the database takes for equal. */
  exact(column: string): string;
  /** The text, given what `exact` is for it. */
  textOfExact(value: string): string;
}

const dialects: Readonly<Record<AdkDatabaseDialect, Dialect>> = {
  sqlite: {
    key: '"key"',
    updateTime: "COALESCE(update_time, '')",
    updateTimeText: "COALESCE(update_time, '')",
    place: 'rowid',
    ordersByPlace: true,
    columnsOf: 'SELECT name, type FROM pragma_table_info(?)',
    jsonText: (column) => column,
    hasTimes: (type) => type !== '',
    timeText: (column) => column,
    readTime: (value) => storedTime(textOrEmpty(value)),
    exact: (column) => `COALESCE(${column}, '')`,
    textOfExact: (value) => value,
  },
  postgres: {
    key: '"key"',
    updateTime: "COALESCE(update_time, 'epoch')",
    updateTimeText: "CAST(COALESCE(update_time, 'epoch') AS text)",
    place: 'CAST(ctid AS text)',
    ordersByPlace: false,
    columnsOf:
      "SELECT column_name AS name, CONCAT(data_type, '(', character_maximum_length, ')') AS type FROM information_schema.columns WHERE table_name = ? AND table_schema = ANY (current_schemas(false))",
    jsonText: (column) => `CAST(${column} AS text)`,
    hasTimes: (type) => type.startsWith('timestamp'),
    timeText: (column) => `CAST(EXTRACT(EPOCH FROM ${column}) AS text)`,
    readTime: (value) => timeOfSeconds(textOrEmpty(value)),
    exact: (column) => column,
    textOfExact: (value) => value,
  },
  mysql: {
    key: '`key`',
    updateTime: "COALESCE(CAST(update_time AS CHAR), '')",
    updateTimeText: "COALESCE(CAST(update_time AS CHAR), '')",
    place: 'NULL',
    ordersByPlace: false,
    columnsOf:
      'SELECT column_name AS name, column_type AS type FROM information_schema.columns WHERE table_name = ? AND table_schema = DATABASE()',
    jsonText: (column) => `CONVERT(${column} USING utf8mb4)`,
    hasTimes: (type) => type !== '',
    timeText: (column) => `CAST(${column} AS CHAR)`,
    readTime: (value) => storedTime(textOrEmpty(value)),
    // Most of its collations take A and a for one, and some a blank at the end for none.
    exact: (column) => `HEX(CONVERT(${column} USING utf8mb4))`,
    textOfExact: textOfHex,
  },
};

function textOfHex(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** What the import asks of a database. */
export interface AdkReader extends Dialect {
  /** Runs a SELECT. `invalid_argument` if the answer is not what it asks for. */
  rows(select: AdkSelect): Promise<readonly AdkDatabaseRow[]>;
}

interface AdkSelect {
  /** Its placeholders are `?`. */
  readonly sql: string;
  readonly params: readonly (string | number)[];
  /** The names of what it selects. */
  readonly columns: readonly string[];
}

/** What stands behind SELECT for columns with these names, each with what it is. */
export function selected(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, column]) => `${column} AS ${name}`)
    .join(', ');
}

/** Refuses a driver that gives columns other names, whatever the tables hold. */
export async function checkDriver(reader: AdkReader): Promise<void> {
  const columns = ['app_name', 'user_id'];
  const sql = "SELECT 'app' AS app_name, 'user' AS user_id";
  const { length } = await reader.rows({ sql, params: [], columns });
  if (length === 1) return;
  throw invalidArgument('database.query', `has given ${length} rows for a SELECT of one`);
}

export function readerOf(database: AdkDatabase): AdkReader {
  if (typeof database !== 'object' || database === null) {
    throw invalidArgument('database', `must be an object, got ${describeType(database)}`);
  }
  const dialect = dialects[database.dialect];
  if (dialect === undefined) {
    throw invalidArgument('database.dialect', "must be 'sqlite', 'postgres' or 'mysql'");
  }
  if (typeof database.query !== 'function') {
    const got = describeType(database.query);
    throw invalidArgument('database.query', `must be a function, got ${got}`);
  }
  return {
    ...dialect,
    async rows({ sql, params, columns }) {
      let answer: unknown;
      let count = 0;
      const text = database.dialect === 'postgres' ? sql.replaceAll('?', () => `$${++count}`) : sql;
      try {
        answer = await database.query(text, params);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : cause;
        const message = `the ADK database cannot be read: ${reason}`;
        throw new HoldfastError('unavailable', { message, cause });
      }
      return answeredRows(answer, columns);
    },
  };
}
