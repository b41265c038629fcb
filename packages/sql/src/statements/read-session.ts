import type { SessionKey } from '@holdfast/core';
import type { PreparedGet, PreparedListEvents } from '@holdfast/session/store';
import { RowKind } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import { joinSql, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { ofSession } from '../tables.ts';
import { selectVisibleState } from './state-rows.ts';

/** A session as a result row. */
function selectSession({ tables }: Schema): SqlTemplate<SessionKey> {
  return sql`
    SELECT ${String(RowKind.Session)} AS kind, incarnation AS name, details AS body,
      create_time AS a, last_update_time AS b, revision AS c, expire_time AS d, active_from AS e
    FROM ${tables.sessions} WHERE ${ofSession}`;
}

/** What a session began with as a result row. */
function selectInitialState({ tables }: Schema): SqlTemplate<SessionKey> {
  return sql`
    SELECT ${String(RowKind.InitialState)}, '', initial_state, 0, 0, 0, 0, 0
    FROM ${tables.sessions} WHERE ${ofSession}`;
}

/** The turn that a session is held for as a result row. */
function selectTurn({ tables }: Schema): SqlTemplate<SessionKey> {
  return sql`
    SELECT ${String(RowKind.Turn)}, turn, '', 0, 0, 0, 0, 0
    FROM ${tables.sessions} WHERE ${ofSession}`;
}

/** The events of a condition as result rows. */
function selectEvents<Input>(
  { tables }: Schema,
  condition: SqlTemplate<Input>,
): SqlTemplate<Input> {
  return sql`
    SELECT ${String(RowKind.Event)} AS kind, '' AS name, body, seq AS a, 0 AS b, 0 AS c, 0 AS d, 0 AS e
    FROM ${tables.events} WHERE ${condition}`;
}

/** A session, its state and its events, as result rows. */
export function getSession(schema: Schema): (get: PreparedGet) => SqlQuery {
  const shapes = new Map<number, Windows>();
  return (prepared) => {
    const { active = false, includeInitialState = false } = prepared;
    const { numRecentEvents, afterTimestamp } = prepared;
    const { appName, userId, sessionId } = prepared.key;
    const bits = Number(active) * 2 + Number(includeInitialState);
    let windows = shapes.get(bits);
    if (windows === undefined) {
      windows = windowsOf(schema, { active, includeInitialState });
      shapes.set(bits, windows);
    }
    const get = { appName, userId, sessionId, numRecentEvents, afterTimestamp };
    if (numRecentEvents === 0) return windows.none(get);
    if (numRecentEvents === undefined) {
      return (afterTimestamp === undefined ? windows.all : windows.late)(get);
    }
    return (afterTimestamp === undefined ? windows.recent : windows.recentAndLate)(get);
  };
}

type Get = SessionKey & Pick<PreparedGet, 'numRecentEvents' | 'afterTimestamp'>;

/** A statement for each window of events. */
type Windows = Readonly<
  Record<'none' | 'all' | 'recent' | 'late' | 'recentAndLate', (get: Get) => SqlQuery>
>;

function windowsOf(
  schema: Schema,
  { active, includeInitialState }: Required<Pick<PreparedGet, 'active' | 'includeInitialState'>>,
): Windows {
  const { dialect, tables } = schema;
  const session = sql<Get>`${selectSession(schema)} UNION ALL ${selectVisibleState(schema)}`;
  const snapshot = includeInitialState
    ? sql<Get>`${session} UNION ALL ${selectInitialState(schema)}`
    : session;
  const withEvents = (branch: SqlTemplate<Get>) => queryOf(sql`${snapshot} UNION ALL ${branch}`);
  // A planner takes one bound that it does not know for a third of the table, and two for little.
  const ofWindow: SqlTemplate<Get> = active
    ? sql`
        ${ofSession}
        AND seq >= (SELECT active_from FROM ${tables.sessions} WHERE ${ofSession})
        AND seq <= (SELECT revision FROM ${tables.sessions} WHERE ${ofSession})`
    : ofSession;
  const chosen = selectEvents(schema, ofWindow);
  const isLate = sql<Get>`timestamp >= ${({ afterTimestamp }) => afterTimestamp ?? 0}`;
  const count = sql<Get>`${({ numRecentEvents }) => numRecentEvents ?? 0}`;
  // Each order is that of an index: it says which one to walk, even to a planner that takes the
  // table for an empty one.
  const none = queryOf(snapshot);
  const all = withEvents(active ? dialect.unionBranch(sql`${chosen} ORDER BY seq`) : chosen);
  const recent = withEvents(
    dialect.unionBranch(dialect.take(sql`${chosen} ORDER BY seq DESC`, count)),
  );
  const late = withEvents(dialect.unionBranch(sql`${chosen} AND ${isLate} ORDER BY timestamp`));
  const last = dialect.take<Get>(
    sql`SELECT body, seq, timestamp FROM ${tables.events} WHERE ${ofWindow} ORDER BY seq DESC`,
    count,
  );
  const recentAndLate = withEvents(sql`
    SELECT ${String(RowKind.Event)}, '', body, seq, 0, 0, 0, 0
    FROM (${last}) last WHERE ${isLate}`);
  return { none, all, recent, late, recentAndLate };
}

/** A session and a range of its events, as result rows. */
export function listEvents(schema: Schema): (list: PreparedListEvents) => SqlQuery {
  type Range = SessionKey & Pick<PreparedListEvents, 'afterSeq' | 'beforeSeq' | 'count'>;
  const { dialect } = schema;
  const inOrder = (direction: 'ASC' | 'DESC') => {
    const page = sql<Range>`
      ${selectEvents<Range>(schema, ofSession)}
        AND seq > ${({ afterSeq }) => afterSeq} AND seq < ${({ beforeSeq }) => beforeSeq}
      ORDER BY seq ${direction}`;
    const count = sql<Range>`${(range) => range.count}`;
    return queryOf<Range>(
      sql`${selectSession(schema)} UNION ALL ${dialect.unionBranch(dialect.take(page, count))}`,
    );
  };
  const [ascending, descending] = [inOrder('ASC'), inOrder('DESC')];
  return ({ key, order, ...range }) =>
    (order === 'asc' ? ascending : descending)({ ...key, ...range });
}

/** Which events of a session are looked for. */
export interface EventSearch extends SessionKey {
  /** At least one, and `FIND_EVENTS_LIMIT` at most. */
  readonly ids: readonly string[];
}

/** How many ids one statement looks for. */
export const FIND_EVENTS_LIMIT = 100;

/** A session, its turn, and those of its events that have one of the ids, as result rows. */
export function findEvents(schema: Schema): (search: EventSearch) => SqlQuery {
  const looksFor = (count: number) => {
    // A shorter list repeats its last id, so that there are two statements and not a hundred.
    const ids = Array.from(
      { length: count },
      (_, i) => (search: EventSearch) => (search.ids[i] ?? search.ids.at(-1)) as string,
    );
    return queryOf<EventSearch>(
      sql`${selectSession(schema)} UNION ALL ${selectTurn(schema)}
        UNION ALL ${selectEvents<EventSearch>(schema, ofSession)} AND event_id IN (${joinSql(ids, ', ')})`,
    );
  };
  const [one, many] = [looksFor(1), looksFor(FIND_EVENTS_LIMIT)];
  return (search) => (search.ids.length === 1 ? one : many)(search);
}
