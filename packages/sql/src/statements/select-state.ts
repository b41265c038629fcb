import { RowKind } from '../answer-rows.ts';
import type { Schema } from '../create-table.ts';
import { type SqlTemplate, sql } from '../sql-template.ts';

/** Whose state: `''` for the user and the session of a wider scope. */
export interface StateOwnerRow {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** The names and values of one scope. */
export function selectScope({ tables }: Schema): SqlTemplate<StateOwnerRow> {
  return sql`
    SELECT name, value FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName}
      AND user_id = ${({ userId }) => userId}
      AND session_id = ${({ sessionId }) => sessionId}
      AND value IS NOT NULL`;
}

/** The scopes of a session that others share, as answer rows. */
export function selectSharedState(
  schema: Schema,
): SqlTemplate<Pick<StateOwnerRow, 'appName' | 'userId'>> {
  const { state } = schema.tables;
  return sql`
    SELECT ${String(RowKind.UserState)} AS kind, name, value AS body, 0 AS a, 0 AS b, 0 AS c
    FROM ${state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = ${({ userId }) => userId}
      AND session_id = '' AND value IS NOT NULL
    UNION ALL
    SELECT ${String(RowKind.AppState)}, name, value, 0, 0, 0
    FROM ${state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = '' AND session_id = ''
      AND value IS NOT NULL`;
}

/** All scopes that a session sees, as answer rows. No row has a session and no user. */
export function selectVisibleState({ tables }: Schema): SqlTemplate<StateOwnerRow> {
  const { SessionState, UserState, AppState } = RowKind;
  const kind = `CASE WHEN session_id <> '' THEN ${SessionState} WHEN user_id <> '' THEN ${UserState} ELSE ${AppState} END`;
  return sql`
    SELECT ${kind}, name, value, 0, 0, 0
    FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName}
      AND user_id IN ('', ${({ userId }) => userId})
      AND session_id IN ('', ${({ sessionId }) => sessionId})
      AND value IS NOT NULL`;
}
