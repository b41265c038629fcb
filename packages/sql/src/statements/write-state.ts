import { compareIdentifiers, type SessionKey } from '@holdfast/core';
import type { ScopedChanges, StateChanges } from '@holdfast/state';
import type { Schema } from '../create-table.ts';
import type { SqlInsert, SqlRows, SqlValue } from '../sql-client.ts';
import { stateTable } from '../tables.ts';
import type { StateOwnerRow } from './select-state.ts';

/** Where state goes: a key that is there gets the new value. */
export function writeState({ tables }: Schema): SqlInsert {
  return {
    table: tables.state,
    columns: stateTable.columns,
    replaceBy: stateTable.primaryKey,
  };
}

/**
 * The rows of changes in all three scopes. They are in one order for all writers, the widest
 * scope first and each by its keys, so that no two of them wait for each other.
 */
export function stateRows(key: SessionKey, changes: ScopedChanges): SqlValue[][] {
  const { appName, userId, sessionId } = key;
  return [
    ...scopeRows({ appName, userId: '', sessionId: '' }, changes.app),
    ...scopeRows({ appName, userId, sessionId: '' }, changes.user),
    ...scopeRows({ appName, userId, sessionId }, changes.session),
  ];
}

/** The rows of changes in one scope. A removal is a row without a value. */
export function scopeRows(owner: StateOwnerRow, changes: StateChanges): SqlValue[][] {
  if (changes.size === 0) return [];
  const { appName, userId, sessionId } = owner;
  const rows: SqlValue[][] = [];
  for (const [name, value] of changes) {
    const text = value === undefined ? null : JSON.stringify(value);
    rows.push([appName, userId, sessionId, name, text]);
  }
  if (rows.length > 1) rows.sort((a, b) => compareIdentifiers(a[3] as string, b[3] as string));
  return rows;
}

/** The part of a write that brings these rows; nothing where there are none. */
export function stateInserts(insert: SqlInsert, rows: SqlRows['rows']): readonly SqlRows[] {
  return rows.length === 0 ? [] : [{ insert, rows }];
}
