import type { SessionKey } from '@holdfast/core';
import type { PreparedDeleteExpired, PreparedSweep } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import type { SqlProgram } from '../sql-client.ts';
import { commandOf, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { isThere, ofSession } from '../tables.ts';
import { deleteRest } from './write-session.ts';

interface Untouched {
  readonly untouchedSince: number | undefined;
}

// No session is older than the first moment that there is.
const isUntouched: SqlTemplate<Untouched> = sql`
  CASE WHEN touch_time > 0 THEN touch_time ELSE last_update_time END
    <= ${({ untouchedSince }) => untouchedSince ?? -1}`;

/**
 * The users and ids of sessions that have expired, and of others that were not touched if these
 * are wanted: as many as the limit of each kind, the oldest first.
 */
export function findExpired(schema: Schema): (find: PreparedSweep) => SqlQuery {
  const ofUser = ofShape(schema, { ofUser: true });
  const ofAll = ofShape(schema, { ofUser: false });
  return (find) => {
    const { expired, both } = find.userId === undefined ? ofAll : ofUser;
    return (find.untouchedSince === undefined ? expired : both)(find);
  };
}

function ofShape(
  { tables, dialect, tablePrefix }: Schema,
  { ofUser }: { readonly ofUser: boolean },
) {
  const ofApp: SqlTemplate<PreparedSweep> = sql`app_name = ${({ appName }) => appName}`;
  const ofOwner = ofUser ? sql`${ofApp} AND user_id = ${({ userId }) => userId ?? ''}` : ofApp;
  const limit = sql<PreparedSweep>`${({ limit }) => limit}`;
  const byTime = ofUser
    ? { index: 'sessions_by_user', order: 'last_update_time, session_id' }
    : { index: 'sessions_by_time', order: 'last_update_time, user_id, session_id' };
  // The expired ones of one user stand between those of others, of whom there may be many.
  const byExpiry = ofUser
    ? byTime
    : { index: 'sessions_by_expiry', order: 'expire_time, user_id, session_id' };
  const select = (
    { index, order }: typeof byTime,
    condition: SqlTemplate<PreparedSweep>,
  ): SqlTemplate<PreparedSweep> =>
    dialect.take(
      sql`
        SELECT user_id, session_id FROM ${tables.sessions}${dialect.readIndex(dialect.quote(tablePrefix + index))}
        WHERE ${ofOwner} AND ${condition} ORDER BY ${order}`,
      limit,
    );
  const expired = select(byExpiry, sql`expire_time <= ${({ now }) => now}`);
  const untouched = select(byTime, sql`${isUntouched} AND ${isThere}`);
  return {
    expired: queryOf(expired),
    both: queryOf(
      sql<PreparedSweep>`
        ${dialect.unionBranch(expired)} UNION ALL ${dialect.unionBranch(untouched)}`,
    ),
  };
}

/** Deletes a session if it has expired, or was not touched; answers whether it did. */
export function deleteExpired(
  schema: Schema,
): (remove: PreparedDeleteExpired) => SqlProgram<boolean> {
  const session = commandOf(
    sql<SessionKey & PreparedDeleteExpired>`
      DELETE FROM ${schema.tables.sessions}
      WHERE ${ofSession} AND (expire_time <= ${({ now }) => now} OR ${isUntouched})`,
  );
  const rest = deleteRest(schema);
  return function* (remove) {
    const { changes } = yield session({ ...remove.key, ...remove });
    if (changes === 0) return false;
    yield* rest(remove.key);
    return true;
  };
}
