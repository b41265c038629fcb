import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import type { PreparedGetState } from '@holdfast/session/store';
import type { ScopedChanges, StateChanges } from '@holdfast/state/internal';
import { RowKind } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlRows } from '../sql-client.ts';
import { type SqlTemplate, type SqlValue, sql } from '../sql-statement.ts';
import { ofSession, stateTable } from '../tables.ts';

/** The key of an app's or a user's state: `''` for the user and the session of a wider scope. */
export function stateOwner(owner: PreparedGetState): SessionKey {
  const userId = owner.scope === 'user' ? owner.userId : '';
  return { appName: owner.appName, userId, sessionId: '' };
}

/** The names and values of one scope. */
export function selectScope({ tables }: Schema): SqlTemplate<SessionKey> {
  return sql`SELECT name, value FROM ${tables.state} WHERE ${ofSession} AND value IS NOT NULL`;
}

/** The scopes of a session that others share, as result rows. */
export function selectSharedState({ tables }: Schema): SqlTemplate<SessionKey> {
  return sql`
    SELECT ${String(RowKind.UserState)} AS kind, name, value AS body, 0 AS a, 0 AS b, 0 AS c
    FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = ${({ userId }) => userId}
      AND session_id = '' AND value IS NOT NULL
    UNION ALL
    SELECT ${String(RowKind.AppState)}, name, value, 0, 0, 0
    FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = '' AND session_id = ''
      AND value IS NOT NULL`;
}

/** All scopes that a session sees, as result rows. No row has a session and no user. */
export function selectVisibleState({ tables }: Schema): SqlTemplate<SessionKey> {
  const { SessionState, UserState, AppState } = RowKind;
  const kind = `CASE WHEN session_id <> '' THEN ${SessionState} WHEN user_id <> '' THEN ${UserState} ELSE ${AppState} END`;
  return sql`
    SELECT ${kind}, name, value, 0, 0, 0, 0, 0
    FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName}
      AND user_id IN ('', ${({ userId }) => userId})
      AND session_id IN ('', ${({ sessionId }) => sessionId})
      AND value IS NOT NULL`;
}

/** Where state goes: an existing key gets the new value. */
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
  const { appName, userId } = key;
  return [
    ...scopeRows({ appName, userId: '', sessionId: '' }, changes.app),
    ...scopeRows({ appName, userId, sessionId: '' }, changes.user),
    ...scopeRows(key, changes.session),
  ];
}

/** The rows of changes in one scope. A removal is a row without a value. */
export function scopeRows(owner: SessionKey, changes: StateChanges): SqlValue[][] {
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

/** The part of a write that brings these rows; nothing if there are none. */
export function stateInserts(insert: SqlInsert, rows: SqlRows['rows']): readonly SqlRows[] {
  return rows.length === 0 ? [] : [{ insert, rows }];
}
