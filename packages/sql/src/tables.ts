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
  readonly indexes?: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** Whether a row may be long. */
  readonly rows: 'narrow' | 'wide';
}

/** A column that was not there from the beginning. */
export interface AddedColumn {
  readonly name: string;
  readonly type: SqlColumnType;
  /** What rows get that are there already: a literal. */
  readonly default: string;
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

export const migrationsTable: TableDefinition = {
  name: 'migrations',
  columns: [{ name: 'version', type: 'integer' }],
  primaryKey: ['version'],
  rows: 'narrow',
};

/** The condition that a row is one of a session. */
export const ofSession: SqlTemplate<SessionKey> = sql`
  app_name = ${({ appName }) => appName}
  AND user_id = ${({ userId }) => userId}
  AND session_id = ${({ sessionId }) => sessionId}`;
