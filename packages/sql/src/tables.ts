import { checkIdentifier, invalidArgument } from '@holdfast/core';
import type { SqlColumnType } from './sql-client.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** Where the tables are. */
export interface TableOptions {
  /** The schema, for a database that has them. The connection's own where it is missing. */
  readonly schema?: string | undefined;
  /** What the names of tables and indexes begin with: `holdfast_` where it is missing. */
  readonly tablePrefix?: string | undefined;
}

/** The tables of one service, quoted and with their schema. */
export interface Tables {
  readonly sessions: string;
  readonly events: string;
  readonly state: string;
  readonly migrations: string;
}

export interface TableDefinition {
  readonly name: keyof Tables;
  readonly columns: readonly {
    readonly name: string;
    readonly type: SqlColumnType;
    readonly nullable?: true;
  }[];
  readonly primaryKey: readonly string[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** Whether a row may be long. */
  readonly rows: 'narrow' | 'wide';
}

// An index has the prefix, too, and PostgreSQL cuts names at 63 bytes.
const TABLE_PREFIX = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;
const DEFAULT_PREFIX = 'holdfast_';

/** The prefix of `options`; `invalid_argument` if it is none. */
export function checkTablePrefix({ tablePrefix = DEFAULT_PREFIX }: TableOptions): string {
  if (typeof tablePrefix !== 'string' || !TABLE_PREFIX.test(tablePrefix)) {
    throw invalidArgument(
      'tablePrefix',
      'must be 1 to 32 letters, digits or underscores, and not begin with a digit',
    );
  }
  return tablePrefix;
}

/** The names of the tables; `invalid_argument` where an option cannot be part of one. */
export function tablesOf(dialect: SqlDialect, options: TableOptions): Tables {
  const { schema } = options;
  const prefix = checkTablePrefix(options);
  if (schema !== undefined) checkSchema(schema);
  const home = schema === undefined ? '' : `${dialect.quote(schema)}.`;
  const name = (table: string) => home + dialect.quote(prefix + table);
  return Object.freeze({
    sessions: name('sessions'),
    events: name('events'),
    state: name('state'),
    migrations: name('migrations'),
  });
}

function checkSchema(schema: string): void {
  checkIdentifier(schema, 'schema');
  // In a statement, `?` stands for a value.
  // PostgreSQL cuts a longer name, so that two of them may become one.
  const { length } = new TextEncoder().encode(schema);
  if (/[?"`\\]/.test(schema) || length > 63) {
    throw invalidArgument('schema', 'must be at most 63 bytes without quotes, ? or \\');
  }
}

const key = ['app_name', 'user_id', 'session_id'] as const;
const keyColumns = key.map((name) => ({ name, type: 'identifier' }) as const);

export const sessionsTable: TableDefinition = {
  name: 'sessions',
  columns: [
    ...keyColumns,
    { name: 'create_time', type: 'integer' },
    { name: 'last_update_time', type: 'integer' },
    { name: 'revision', type: 'integer' },
    { name: 'initial_state', type: 'json' },
  ],
  primaryKey: key,
  unique: [],
  indexes: [
    {
      name: 'sessions_by_user',
      columns: ['app_name', 'user_id', 'last_update_time', 'session_id'],
    },
    {
      name: 'sessions_by_time',
      columns: ['app_name', 'last_update_time', 'user_id', 'session_id'],
    },
  ],
  rows: 'wide',
};

export const eventsTable: TableDefinition = {
  name: 'events',
  columns: [
    ...keyColumns,
    { name: 'seq', type: 'integer' },
    { name: 'event_id', type: 'identifier' },
    { name: 'timestamp', type: 'integer' },
    { name: 'body', type: 'json' },
  ],
  primaryKey: [...key, 'seq'],
  unique: [[...key, 'event_id']],
  indexes: [{ name: 'events_by_time', columns: [...key, 'timestamp'] }],
  rows: 'wide',
};

/** One row for each key; `''` for the user and the session of a wider scope. */
export const stateTable: TableDefinition = {
  name: 'state',
  columns: [
    ...keyColumns,
    { name: 'name', type: 'identifier' },
    // Null is a key that was removed: the row stays, so that writers never wait in two orders.
    { name: 'value', type: 'json', nullable: true },
  ],
  primaryKey: [...key, 'name'],
  unique: [],
  indexes: [],
  rows: 'narrow',
};

export const migrationsTable: TableDefinition = {
  name: 'migrations',
  columns: [{ name: 'version', type: 'integer' }],
  primaryKey: ['version'],
  unique: [],
  indexes: [],
  rows: 'narrow',
};
