import { HoldfastError } from '@holdfast/core';

export type AdkDatabaseDialect = 'sqlite' | 'postgres' | 'mysql';

/** A row, by the names of its columns. */
export type AdkDatabaseRow = Readonly<Record<string, unknown>>;

/**
 * A database with the tables of ADK's `DatabaseSessionService`, as far as an import needs it:
 * it is only read. Whatever `query` throws becomes the cause of an `unavailable`.
 */
export interface AdkDatabase {
  /** `mysql` is MariaDB, too. */
  readonly dialect: AdkDatabaseDialect;
  /**
   * Runs one SELECT. Placeholders are `$1`, `$2` … for PostgreSQL, and `?` for the others.
   * JSON columns may come as text or parsed.
   */
  query(
    sql: string,
    params: readonly (string | number)[],
  ): Promise<readonly AdkDatabaseRow[]> | readonly AdkDatabaseRow[];
}

/** Where the databases differ. */
interface Dialect {
  readonly quote: (name: string) => string;
  /** A column as text that can be compared with the column again; as it is, where any value can. */
  readonly timeText: (column: string) => string;
  /** The names of a table's columns; no row where there is no such table. */
  readonly columnsOf: string;
  /** Where a row stands among others, if the database knows it: the order of insertion. */
  readonly place: string;
}

const quoteStandard = (name: string) => `"${name}"`;

const dialects: Readonly<Record<AdkDatabaseDialect, Dialect>> = {
  sqlite: {
    quote: quoteStandard,
    timeText: (column) => column,
    columnsOf: 'SELECT name FROM pragma_table_info(?)',
    place: 'rowid',
  },
  postgres: {
    quote: quoteStandard,
    timeText: (column) => `CAST(${column} AS text)`,
    columnsOf:
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? AND table_schema = ANY (current_schemas(false))',
    place: 'CAST(ctid AS text)',
  },
  mysql: {
    quote: (name) => `\`${name}\``,
    timeText: (column) => `CAST(${column} AS CHAR)`,
    columnsOf:
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? AND table_schema = DATABASE()',
    place: 'NULL',
  },
};

/** What the import asks of a database. */
export interface AdkReader extends Dialect {
  /** Runs a SELECT whose placeholders are `?`. */
  rows(sql: string, params: readonly (string | number)[]): Promise<readonly AdkDatabaseRow[]>;
}

export function readerOf(database: AdkDatabase): AdkReader {
  const dialect = dialects[database.dialect];
  if (dialect === undefined) {
    throw new HoldfastError('invalid_argument', {
      message: "database.dialect must be 'sqlite', 'postgres' or 'mysql'",
      path: 'database.dialect',
    });
  }
  return {
    ...dialect,
    async rows(sql, params) {
      let count = 0;
      const text = database.dialect === 'postgres' ? sql.replaceAll('?', () => `$${++count}`) : sql;
      try {
        return await database.query(text, params);
      } catch (cause) {
        throw new HoldfastError('unavailable', {
          message: `the ADK database cannot be read: ${cause instanceof Error ? cause.message : cause}`,
          cause,
        });
      }
    },
  };
}
