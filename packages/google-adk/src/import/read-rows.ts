import { type AdkDatabaseRow, type AdkReader, selected } from './adk-database.ts';
import type { AdkTables } from './adk-tables.ts';
import { textOf, textOrEmpty } from './stored-json.ts';

/** What is read of which database. */
export interface RowSource {
  readonly reader: AdkReader;
  readonly tables: AdkTables;
  /** As the request has it: the database finds the rows that it takes for this app's. */
  readonly appName: string;
  /** How many rows are asked for at once. */
  readonly pageSize: number;
}

interface Select {
  /** What is asked for, by the names that rows have it by. */
  readonly columns: Readonly<Record<string, string>>;
  /** From its FROM up to and with its WHERE. */
  readonly from: string;
  readonly params: readonly string[];
  /** What the rows are ordered by, each with its name in a row. */
  readonly orderBy: Readonly<Record<string, string>>;
}

/** The rows of a SELECT, page by page. */
async function* readRows(
  { reader, pageSize }: RowSource,
  { columns: asked, from, params, orderBy }: Select,
): AsyncGenerator<AdkDatabaseRow> {
  const sql = `SELECT ${selected(asked)} ${from}`;
  const named = { columns: Object.keys(asked) };
  const columns = Object.keys(orderBy).join(', ');
  const names = Object.values(orderBy);
  const order = `ORDER BY ${columns} LIMIT ${pageSize}`;
  let rows = await reader.rows({ ...named, sql: `${sql} ${order}`, params });
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    const after = names.map((name) => positionOf(last[name]));
    const next = `${sql} AND (${columns}) > (${names.map(() => '?').join(', ')}) ${order}`;
    rows = await reader.rows({ ...named, sql: next, params: [...params, ...after] });
  }
}

function positionOf(value: unknown): string | number {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : textOrEmpty(value);
}

/** A row of `sessions`. Its ids are '' if they are NULL. */
export interface SessionRow {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly state: unknown;
}

/** The sessions of the app, without their events: the one that was updated first at the front. */
export async function* readSessions(source: RowSource): AsyncGenerator<SessionRow> {
  const { reader, tables, appName } = source;
  const sessions = readRows(source, {
    columns: {
      app_name: 'app_name',
      user_id: 'user_id',
      id: 'id',
      state: reader.jsonText('state'),
      time_text: reader.updateTimeText,
    },
    from: `FROM ${tables.sessions} sessions WHERE app_name = ?`,
    params: [appName],
    orderBy: {
      [reader.updateTime]: 'time_text',
      "COALESCE(user_id, '')": 'user_id',
      "COALESCE(id, '')": 'id',
    },
  });
  for await (const row of sessions) {
    yield {
      appName: textOf(row['app_name']),
      userId: textOrEmpty(row['user_id']),
      sessionId: textOrEmpty(row['id']),
      state: row['state'],
    };
  }
}

/** Whether the app has a session of these very ids, as they are written. */
export async function hasSessionRow(
  { reader, tables, appName }: RowSource,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): Promise<boolean> {
  const sql = `SELECT user_id, id FROM ${tables.sessions} sessions WHERE app_name = ? AND user_id = ? AND id = ?`;
  const params = [appName, userId, sessionId];
  const rows = await reader.rows({ sql, params, columns: ['user_id', 'id'] });
  return rows.some((row) => textOf(row['user_id']) === userId && textOf(row['id']) === sessionId);
}

/**
 * The ids of the users who have sessions or state, as they are written: if the database takes two
 * for one, both are there.
 */
export async function* readUserIds(source: RowSource): AsyncGenerator<string> {
  const { reader, tables, appName, pageSize } = source;
  const exact = reader.exact('user_id');
  for (let after: string | undefined; ; ) {
    const behind = after === undefined ? '' : ` AND ${exact} > ?`;
    const from = (table: string) =>
      `SELECT ${exact} AS name FROM ${table} WHERE app_name = ?${behind}`;
    const params = after === undefined ? [appName] : [appName, after];
    const rows = await reader.rows({
      sql: `SELECT name FROM (${from(`${tables.sessions} sessions`)} UNION ${from(`${tables.userStates} user_states`)}) users ORDER BY name LIMIT ${pageSize}`,
      params: [...params, ...params],
      columns: ['name'],
    });
    for (const row of rows) yield reader.textOfExact(textOf(row['name']));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = textOf(last['name']);
  }
}

/** A row of `user_states` or `app_states`. */
export interface StateRow {
  readonly appName: string;
  /** '' in `app_states`. */
  readonly userId: string;
  readonly state: unknown;
}

/** The state that the database has for a user; undefined if it has none. */
export async function readUserState(
  { reader, tables, appName }: RowSource,
  userId: string,
): Promise<StateRow | undefined> {
  const state = reader.jsonText('state');
  const sql = `SELECT app_name, user_id, ${state} AS state FROM ${tables.userStates} user_states WHERE app_name = ? AND user_id = ?`;
  const columns = ['app_name', 'user_id', 'state'];
  const [row] = await reader.rows({ sql, params: [appName, userId], columns });
  return stateRow(row);
}

/** The app's own state; undefined if it has none. */
export async function readAppState(source: RowSource): Promise<StateRow | undefined> {
  const { reader, tables, appName } = source;
  const state = reader.jsonText('state');
  const sql = `SELECT app_name, ${state} AS state FROM ${tables.appStates} app_states WHERE app_name = ?`;
  const columns = ['app_name', 'state'];
  const [row] = await reader.rows({ sql, params: [appName], columns });
  return stateRow(row);
}

function stateRow(row: AdkDatabaseRow | undefined): StateRow | undefined {
  if (row === undefined) return undefined;
  const userId = textOrEmpty(row['user_id']);
  return { appName: textOf(row['app_name']), userId, state: row['state'] };
}

/** The rows of a session's events, in no useful order. */
export function readEvents(
  source: RowSource,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): AsyncGenerator<AdkDatabaseRow> {
  const { reader, tables, appName } = source;
  return readRows(source, {
    columns: {
      id: 'id',
      app_name: 'app_name',
      user_id: 'user_id',
      session_id: 'session_id',
      ...tables.eventColumns,
      place: tables.place,
    },
    from: `FROM ${tables.events} events WHERE app_name = ? AND user_id = ? AND session_id = ?`,
    params: [appName, userId, sessionId],
    // By place, an index by session serves as it is, and ids may be NULL or there twice.
    orderBy: reader.ordersByPlace ? { [tables.place]: 'place' } : { id: 'id' },
  });
}

/** An event of the app whose session does not exist. */
export interface LostEventRow {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** The events whose session does not exist. */
export async function* readLostEvents(source: RowSource): AsyncGenerator<LostEventRow> {
  const { reader, tables, appName } = source;
  const place = `e.${tables.place}`;
  const placeOrNull = reader.ordersByPlace ? place : 'NULL';
  const rows = readRows(source, {
    columns: {
      user_id: 'e.user_id',
      session_id: 'e.session_id',
      id: 'e.id',
      place: placeOrNull,
    },
    from: `FROM ${tables.events} e LEFT JOIN ${tables.sessions} s ON s.app_name = e.app_name AND s.user_id = e.user_id AND s.id = e.session_id WHERE e.app_name = ? AND s.app_name IS NULL`,
    params: [appName],
    orderBy: reader.ordersByPlace
      ? { [place]: 'place' }
      : { 'e.user_id': 'user_id', 'e.session_id': 'session_id', 'e.id': 'id' },
  });
  for await (const row of rows) {
    yield {
      id: textOrEmpty(row['id']),
      userId: textOrEmpty(row['user_id']),
      sessionId: textOrEmpty(row['session_id']),
    };
  }
}
