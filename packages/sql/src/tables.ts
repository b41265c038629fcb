import type { SessionKey } from '@holdfast/core';
import type { Tables } from './schema.ts';
import type { SqlColumnType, SqlInsertColumn } from './sql-client.ts';
import { type SqlTemplate, sql } from './sql-statement.ts';

export interface TableDefinition {
  readonly name: keyof Tables;
  readonly columns: readonly SqlInsertColumn[];
  readonly primaryKey: readonly string[];
  /** @default [] */
  readonly unique?: readonly (readonly string[])[];
  /** @default [] */
  readonly indexes?: readonly IndexDefinition[];
  /** Whether a row may be long. */
  readonly rows: 'narrow' | 'wide';
}

export interface IndexDefinition {
  readonly name: string;
  readonly columns: readonly string[];
}

/** A column that was not there from the beginning. */
export interface AddedColumn {
  readonly name: string;
  readonly type: SqlColumnType;
  /** What rows have that were there already: a literal. @default null */
  readonly default?: string;
}

/** An index that was not there from the beginning. */
export interface AddedIndex extends IndexDefinition {
  /** Rows without a value in this column need not be in the index. */
  readonly ofValuesIn: string;
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
    // The text `null`: it is not known.
    { name: 'initial_state', type: 'json' },
  ],
  primaryKey: key,
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

/** What tells a session from others that have its key before and after it. */
export const incarnationColumn: AddedColumn = {
  name: 'incarnation',
  type: 'identifier',
  default: "''",
};

/** What came to sessions with version 3. */
export const lifeColumns: readonly AddedColumn[] = [
  // By the clock of services, when it was last appended to or updated. 0: it was not noted.
  { name: 'touch_time', type: 'integer', default: '0' },
  // From when on it is gone. Null: never.
  { name: 'expire_time', type: 'integer' },
  // How long after it was touched it is gone. Null: that does not count.
  { name: 'idle_ms', type: 'integer' },
  { name: 'active_from', type: 'integer', default: '1' },
  // For which turn it is held. Empty: for none.
  { name: 'turn', type: 'identifier', default: "''" },
  { name: 'turn_until', type: 'integer', default: '0' },
  // The text of them. Null: there are none.
  { name: 'details', type: 'json' },
];

export const expiryIndex: AddedIndex = {
  name: 'sessions_by_expiry',
  columns: ['app_name', 'expire_time', 'user_id', 'session_id'],
  ofValuesIn: 'expire_time',
};

export const eventsTable: TableDefinition = {
  name: 'events',
  columns: [
    ...keyColumns,
    { name: 'seq', type: 'integer', fromRevision: true },
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
  rows: 'narrow',
};

/** One row for each label of a session, so that sessions are found by them: see `labelText`. */
export const labelsTable: TableDefinition = {
  name: 'labels',
  columns: [...keyColumns, { name: 'name', type: 'identifier' }, { name: 'value', type: 'text' }],
  primaryKey: [...key, 'name'],
  indexes: [
    { name: 'labels_by_value', columns: ['app_name', 'user_id', 'name', 'value', 'session_id'] },
  ],
  rows: 'narrow',
};

export const migrationsTable: TableDefinition = {
  name: 'migrations',
  columns: [{ name: 'version', type: 'integer' }],
  primaryKey: ['version'],
  rows: 'narrow',
};

/**
 * The condition that a session has not expired. Said like this, a planner that knows nothing of the
 * table expects it of most rows.
 */
export const isThere: SqlTemplate<{ readonly now: number }> = sql`
  (expire_time <= ${({ now }) => now}) IS NOT TRUE`;

/** The condition that a row is one of a session. */
export const ofSession: SqlTemplate<SessionKey> = sql`
  app_name = ${({ appName }) => appName}
  AND user_id = ${({ userId }) => userId}
  AND session_id = ${({ sessionId }) => sessionId}`;
