import type { PreparedList } from '@holdfast/session/store';
import { RowKind } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import { joinSql, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';

type Page = SqlTemplate<PreparedList>;

/** A page of sessions and one more, with their state and the total if they are wanted. */
export function listSessions(schema: Schema): (list: PreparedList) => SqlQuery {
  const pages = new Map<number, (list: PreparedList) => SqlQuery>();
  return (list) => {
    const shape: PageShape = {
      ofUser: list.userId !== undefined,
      isContinued: list.after !== undefined,
      isAscending: list.order === 'asc',
      includeState: list.includeState,
      includeTotal: list.includeTotal,
    };
    const bits = Object.values(shape).reduce((number, flag) => number * 2 + Number(flag), 0);
    let page = pages.get(bits);
    if (page === undefined) {
      page = queryOf(writePage(schema, shape));
      pages.set(bits, page);
    }
    return page(list);
  };
}

type PageShape = Readonly<
  Record<'ofUser' | 'isContinued' | 'isAscending' | 'includeState' | 'includeTotal', boolean>
>;

function writePage({ tables, dialect, tablePrefix }: Schema, shape: PageShape): Page {
  const index = dialect.quote(
    tablePrefix + (shape.ofUser ? 'sessions_by_user' : 'sessions_by_time'),
  );
  const ofApp: Page = sql`app_name = ${({ appName }) => appName}`;
  const ofOwner: Page = shape.ofUser
    ? sql`${ofApp} AND user_id = ${({ userId }) => userId ?? ''}`
    : ofApp;
  // Of one user's sessions, the user need not be compared.
  const columns = [
    { name: 'last_update_time', value: ({ after }: PreparedList) => after?.lastUpdateTime ?? 0 },
    { name: 'user_id', value: ({ after }: PreparedList) => after?.key.userId ?? '' },
    { name: 'session_id', value: ({ after }: PreparedList) => after?.key.sessionId ?? '' },
  ].filter(({ name }) => !(shape.ofUser && name === 'user_id'));
  const beyond = dialect.compareRows({ operator: shape.isAscending ? '>' : '<', columns });
  const direction = shape.isAscending ? 'ASC' : 'DESC';
  const order = columns.map(({ name }) => `${name} ${direction}`).join(', ');
  const all: Page = sql`
    SELECT user_id, session_id, incarnation, create_time, last_update_time, revision
    FROM ${tables.sessions}${dialect.readIndex(index)}
    WHERE ${shape.isContinued ? sql`${ofOwner} AND ${beyond}` : ofOwner}
    ORDER BY ${order}`;
  const page = dialect.take(all, sql`${({ limit }) => limit + 1}`);
  const parts: Page[] = [
    sql`
      SELECT ${String(RowKind.Session)} AS kind, user_id, session_id, incarnation AS name, '' AS body,
        create_time AS a, last_update_time AS b, revision AS c
      FROM page`,
  ];
  if (shape.includeState) parts.push(...writeState(tables.state, ofApp));
  if (shape.includeTotal) {
    parts.push(
      sql`SELECT ${String(RowKind.Total)}, '', '', '', '', COUNT(*), 0, 0
        FROM ${tables.sessions} WHERE ${ofOwner}`,
    );
  }
  return sql`WITH page AS (${page}) ${joinSql(parts, ' UNION ALL ')}`;
}

// The page comes first, whatever the planner knows of the tables: hence the outer joins. A
// session without state is a row without a name.
function writeState(state: string, ofApp: Page): readonly Page[] {
  return [
    sql`
      SELECT ${String(RowKind.SessionState)}, page.user_id, page.session_id, s.name, s.value, 0, 0, 0
      FROM page LEFT JOIN ${state} s
        ON ${ofApp} AND s.user_id = page.user_id AND s.session_id = page.session_id
        AND s.value IS NOT NULL`,
    sql`
      SELECT ${String(RowKind.UserState)}, users.user_id, '', s.name, s.value, 0, 0, 0
      FROM (SELECT DISTINCT user_id FROM page) users LEFT JOIN ${state} s
        ON ${ofApp} AND s.user_id = users.user_id AND s.session_id = '' AND s.value IS NOT NULL`,
    sql`
      SELECT ${String(RowKind.AppState)}, '', '', name, value, 0, 0, 0
      FROM ${state} WHERE ${ofApp} AND user_id = '' AND session_id = '' AND value IS NOT NULL`,
  ];
}
