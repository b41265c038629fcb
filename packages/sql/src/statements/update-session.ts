import type { SessionKey } from '@holdfast/core';
import {
  expireTimeOf,
  type PreparedUpdateSession,
  type StoredSummary,
} from '@holdfast/session/store';
import { readInteger, readText } from '../read-value.ts';
import { readDetails } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import type { SqlProgram } from '../sql-client.ts';
import { commandOf, queryOf, type SqlValue, sql } from '../sql-statement.ts';
import { isThere, ofSession } from '../tables.ts';
import { type DetailColumns, detailColumns } from './detail-columns.ts';
import { changeLabels } from './labels.ts';

/** Changes the details of a session under its lock; gives the session after that. */
export function updateSession(
  schema: Schema,
): (update: PreparedUpdateSession) => SqlProgram<StoredSummary | undefined> {
  const { tables, dialect } = schema;
  type Moment = SessionKey & { readonly now: number };
  const lock = queryOf<Moment>(
    sql`
      SELECT incarnation, create_time, last_update_time, revision, details
      FROM ${tables.sessions} WHERE ${ofSession} AND ${isThere}${dialect.lockRows}`,
  );
  const write = commandOf(
    sql<Moment & DetailColumns & { readonly expireTime: SqlValue }>`
      UPDATE ${tables.sessions}
      SET details = ${({ details }) => details}, expire_time = ${({ expireTime }) => expireTime},
        idle_ms = ${({ idleMs }) => idleMs}, touch_time = ${({ now }) => now}
      WHERE ${ofSession}`,
  );
  const change = changeLabels(schema);
  return function* (update) {
    const { appName, userId, sessionId } = update.key;
    const moment = { appName, userId, sessionId, now: update.now };
    const [row] = (yield lock(moment)).rows;
    if (row === undefined) return undefined;
    const key = Object.freeze({ appName, userId, sessionId });
    const before = readDetails(row[4], key);
    const details = update.change(before);
    const expireTime = expireTimeOf(details.expires, update.now) ?? null;
    yield write({ ...moment, ...detailColumns(details), expireTime });
    yield* change(key, { before: before.labels, after: details.labels });
    return {
      key,
      incarnation: readText(row[0]),
      createTime: readInteger(row[1]),
      lastUpdateTime: readInteger(row[2]),
      revision: readInteger(row[3]),
      state: undefined,
      details,
    };
  };
}
