import type { PreparedList } from '@holdfast/session/store';
import { RowKind } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import { joinSql, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { isThere } from '../tables.ts';
import { type LabelSearch, selectLabelled } from './labels.ts';

type List = Omit<PreparedList, 'labels'> & LabelSearch;

type Page = SqlTemplate<List>;

/** A page of sessions and one more, with their state and the total if they are wanted. */
export function listSessions(schema: Schema): (list: PreparedList) => SqlQuery {
  const pages = new Map<string, (list: List) => SqlQuery>();
  return (prepared) => {
    const list: List = { ...prepared, labels: Object.entries(prepared.labels ?? {}) };
    const shape: PageShape = {
      ofUser: list.userId !== undefined,
      isContinued: list.after !== undefined,
      isAscending: list.order === 'asc',
      includeState: list.includeState,
      includeTotal: list.includeTotal,
      labelCount: list.labels.length,
    };
    const name = Object.values(shape).map(Number).join();
    let page = pages.get(name);
    if (page === undefined) {
      page = queryOf(writePage(schema, shape));
      pages.set(name, page);
    }
    return page(list);
  };
}

interface PageShape
  extends Readonly<
    Record<'ofUser' | 'isContinued' | 'isAscending' | 'includeState' | 'includeTotal', boolean>
  > {
  readonly labelCount: number;
}

function writePage(schema: Schema, shape: PageShape): Page {
  const { tables, dialect } = schema;
  const ofApp: Page = sql`app_name = ${({ appName }) => appName}`;
  const ofOwner: Page = shape.ofUser
    ? sql`${ofApp} AND user_id = ${({ userId }) => userId ?? ''}`
    : ofApp;
  // Of one user's sessions, the user need not be compared.
  const columns = [
    { name: 'last_update_time', value: ({ after }: List) => after?.lastUpdateTime ?? 0 },
    { name: 'user_id', value: ({ after }: List) => after?.key.userId ?? '' },
    { name: 'session_id', value: ({ after }: List) => after?.key.sessionId ?? '' },
  ].filter(({ name }) => !(shape.ofUser && name === 'user_id'));
  const beyond = dialect.compareRows({ operator: shape.isAscending ? '>' : '<', columns });
  const direction = shape.isAscending ? 'ASC' : 'DESC';
  const order = columns.map(({ name }) => `${name} ${direction}`).join(', ');
  const ids = shape.labelCount === 0 ? undefined : selectLabelled(schema, shape.labelCount);
  const from =
    ids === undefined
      ? inOrder(schema, shape)
      : dialect.lookUpSessions({ sessions: tables.sessions, ofUser: ofOwner, ids });
  const listed: Page = ids === undefined ? sql`${ofOwner} AND ${isThere}` : isThere;
  const all: Page = sql`
    SELECT user_id, session_id, incarnation, details, create_time, last_update_time, revision
    FROM ${from} WHERE ${shape.isContinued ? sql`${listed} AND ${beyond}` : listed}
    ORDER BY ${order}`;
  const page = dialect.take(all, sql`${({ limit }) => limit + 1}`);
  const parts: Page[] = [
    sql`
      SELECT ${String(RowKind.Session)} AS kind, user_id, session_id, incarnation AS name, details AS body,
        create_time AS a, last_update_time AS b, revision AS c
      FROM page`,
  ];
  if (shape.includeState) parts.push(...writeState(tables.state, ofApp));
  if (shape.includeTotal) {
    const count: Page = shape.ofUser
      ? sql`(SELECT COUNT(*) FROM ${ids === undefined ? tables.sessions : from} WHERE ${listed})`
      : countAll(schema, ofApp);
    parts.push(sql`SELECT ${String(RowKind.Total)}, '', '', '', '', ${count}, 0, 0`);
  }
  return sql`WITH page AS (${page}) ${joinSql(parts, ' UNION ALL ')}`;
}

/** The sessions by an index that has their order. */
function inOrder({ tables, dialect, tablePrefix }: Schema, { ofUser }: PageShape): Page {
  const index = tablePrefix + (ofUser ? 'sessions_by_user' : 'sessions_by_time');
  return sql`${tables.sessions}${dialect.readIndex(dialect.quote(index))}`;
}

/** How many sessions there are, whose number two indexes know: all but the expired ones. */
function countAll({ tables, dialect, tablePrefix }: Schema, ofApp: Page): Page {
  const by = (index: string) => dialect.readIndex(dialect.quote(tablePrefix + index));
  return sql`
    (SELECT COUNT(*) FROM ${tables.sessions}${by('sessions_by_time')} WHERE ${ofApp})
    - (SELECT COUNT(*) FROM ${tables.sessions}${by('sessions_by_expiry')}
      WHERE ${ofApp} AND expire_time <= ${({ now }) => now})`;
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
