import type { PreparedGet } from '@holdfast/session';
import { RowKind } from '../answer-rows.ts';
import type { Schema } from '../create-table.ts';
import type { SqlQuery } from '../sql-client.ts';
import { bind, type SqlTemplate, sql } from '../sql-template.ts';
import { ofSession } from './of-session.ts';
import { selectVisibleState } from './select-state.ts';

type Get = PreparedGet['key'] & Omit<PreparedGet, 'key'>;

/** A session, its state and its events, as answer rows. */
export function getSession(schema: Schema): (get: PreparedGet) => SqlQuery {
  const { dialect } = schema;
  const { sessions, events } = schema.tables;
  const snapshot = sql<Get>`
    SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
      create_time AS a, last_update_time AS b, revision AS c
    FROM ${sessions} WHERE ${ofSession}
    UNION ALL
    ${selectVisibleState(schema)}`;
  const withEvents = (branch: SqlTemplate<Get>) => sql<Get>`${snapshot} UNION ALL ${branch}`;
  const chosen = sql<Get>`
    SELECT ${String(RowKind.Event)} AS kind, '' AS name, body, seq AS a, 0 AS b, 0 AS c
    FROM ${events} WHERE ${ofSession}`;
  const isLate = sql<Get>`timestamp >= ${({ afterTimestamp }) => afterTimestamp ?? 0}`;
  const count = sql<Get>`${({ numRecentEvents }) => numRecentEvents ?? 0}`;
  // Each order is that of an index: it says which one to walk, even to a planner that takes the
  // table for an empty one.
  const all = withEvents(chosen);
  const recent = withEvents(
    dialect.unionBranch(dialect.take(sql`${chosen} ORDER BY seq DESC`, count)),
  );
  const late = withEvents(dialect.unionBranch(sql`${chosen} AND ${isLate} ORDER BY timestamp`));
  const last = dialect.take(
    sql`SELECT body, seq, timestamp FROM ${events} WHERE ${ofSession} ORDER BY seq DESC`,
    count,
  );
  const recentAndLate = withEvents(sql`
    SELECT ${String(RowKind.Event)}, '', body, seq, 0, 0 FROM (${last}) last WHERE ${isLate}`);

  return ({ key, ...bounds }) => {
    const { numRecentEvents, afterTimestamp } = bounds;
    const get = { ...key, ...bounds };
    if (numRecentEvents === 0) return bind(snapshot, get);
    if (numRecentEvents === undefined) return bind(afterTimestamp === undefined ? all : late, get);
    return bind(afterTimestamp === undefined ? recent : recentAndLate, get);
  };
}
