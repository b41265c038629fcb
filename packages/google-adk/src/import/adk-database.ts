import { HoldfastError } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';

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

/** Where the databases differ: pieces of SQL. */
interface Dialect {
  /** The column `key`, quoted. */
  readonly key: string;
  /** The column `update_time` as what can be compared with it again. */
  readonly updateTime: string;
  /** Where a row stands among others, if the database knows it: the order of insertion. */
  readonly place: string;
  /** The names of a table's columns; no row if there is no such table. */
  readonly columnsOf: string;
}

const dialects: Readonly<Record<AdkDatabaseDialect, Dialect>> = {
  sqlite: {
    key: '"key"',
    updateTime: 'update_time',
    place: 'rowid',
    columnsOf: 'SELECT name FROM pragma_table_info(?)',
  },
  postgres: {
    key: '"key"',
    updateTime: 'CAST(update_time AS text)',
    place: 'CAST(ctid AS text)',
    columnsOf:
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? AND table_schema = ANY (current_schemas(false))',
  },
  mysql: {
    key: '`key`',
    updateTime: 'CAST(update_time AS CHAR)',
    place: 'NULL',
    columnsOf:
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? AND table_schema = DATABASE()',
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
    throw invalidArgument('database.dialect', "must be 'sqlite', 'postgres' or 'mysql'");
  }
  return {
    ...dialect,
    async rows(sql, params) {
      let count = 0;
      const text = database.dialect === 'postgres' ? sql.replaceAll('?', () => `$${++count}`) : sql;
      try {
        return await database.query(text, params);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : cause;
        const message = `the ADK database cannot be read: ${reason}`;
        throw new HoldfastError('unavailable', { message, cause });
      }
    },
  };
}
