import type { AdkDatabaseRow, AdkReader } from './adk-database.ts';
import { readStoredEvent, type StoredEvent } from './stored-event.ts';
import { jsonObjectOf, textOf } from './stored-json.ts';

/** What is read of which database. */
export interface RowSource {
  readonly reader: AdkReader;
  /** As the database has it. */
  readonly appName: string;
  /** How many rows are asked for at once. */
  readonly pageSize: number;
}

interface Select {
  /** Up to and with its WHERE. */
  readonly sql: string;
  readonly params: readonly string[];
  /** The columns that the rows are ordered by, each with its name in a row. */
  readonly orderBy: Readonly<Record<string, string>>;
}

/** The rows of a SELECT, page by page. */
async function* readRows(
  { reader, pageSize }: RowSource,
  { sql, params, orderBy }: Select,
): AsyncGenerator<AdkDatabaseRow> {
  const columns = Object.keys(orderBy).join(', ');
  const names = Object.values(orderBy);
  const order = `ORDER BY ${columns} LIMIT ${pageSize}`;
  let rows = await reader.rows(`${sql} ${order}`, params);
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    const after = names.map((name) => positionOf(last[name]));
    const next = `${sql} AND (${columns}) > (${names.map(() => '?').join(', ')}) ${order}`;
    rows = await reader.rows(next, [...params, ...after]);
  }
}

function positionOf(value: unknown): string | number {
  return typeof value === 'number' ? value : textOf(value);
}

/** The sessions of the app, without their events: the one that was updated first at the front. */
export async function* readSessions(source: RowSource) {
  const sessions = readRows(source, {
    sql: `SELECT user_id, id, state, ${source.reader.updateTime} AS time_text FROM sessions WHERE app_name = ?`,
    params: [source.appName],
    orderBy: { update_time: 'time_text', user_id: 'user_id', id: 'id' },
  });
  for await (const row of sessions) {
    const [userId, sessionId] = [textOf(row['user_id']), textOf(row['id'])];
    const state = jsonObjectOf(row['state'], `the state of the session ${sessionId} of ${userId}`);
    yield { userId, sessionId, state };
  }
}

/** The users of the app who have sessions or state. */
export async function* readUsers(source: RowSource) {
  const { appName } = source;
  const users = readRows(source, {
    sql: "SELECT u.user_id AS user_id, s.state AS state FROM (SELECT user_id FROM sessions WHERE app_name = ? UNION SELECT user_id FROM user_states WHERE app_name = ?) u LEFT JOIN user_states s ON s.app_name = ? AND s.user_id = u.user_id WHERE u.user_id > ''",
    params: [appName, appName, appName],
    orderBy: { 'u.user_id': 'user_id' },
  });
  for await (const row of users) {
    const userId = textOf(row['user_id']);
    const where = `the state of the user ${userId}`;
    yield { userId, state: row['state'] == null ? {} : jsonObjectOf(row['state'], where) };
  }
}

/** The app's own state. */
export async function readAppState({ reader, appName }: RowSource) {
  const [row] = await reader.rows('SELECT state FROM app_states WHERE app_name = ?', [appName]);
  return row === undefined ? {} : jsonObjectOf(row['state'], `the state of the app ${appName}`);
}

/**
 * All events of a session, in the order in which they happened. The column `timestamp` is no
 * help: in some databases it has whole seconds. So it is the event's own time that counts, and
 * if two are the same, the order of insertion, or else that an answer follows its call.
 */
export async function readEvents(
  source: RowSource,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): Promise<readonly StoredEvent[]> {
  const rows = readRows(source, {
    sql: `SELECT id, invocation_id, event_data, ${source.reader.place} AS place FROM events WHERE app_name = ? AND user_id = ? AND session_id = ? AND id > ''`,
    params: [source.appName, userId, sessionId],
    orderBy: { id: 'id' },
  });
  const found = [];
  for await (const row of rows) {
    const where = `the event ${textOf(row['id'])} of the session ${sessionId} of ${userId}`;
    found.push(readStoredEvent(row, where));
  }
  return found
    .sort((a, b) => a.time - b.time || a.place - b.place || turnOf(a.event) - turnOf(b.event))
    .map(({ event }) => event)
    .filter((event) => event.partial !== true);
}

/** What comes first within one millisecond, if nothing else says it. */
function turnOf({ author, content }: StoredEvent): number {
  if (author === 'user') return 0;
  const parts = content?.parts ?? [];
  if (parts.some((part) => part.functionCall !== undefined)) return 1;
  return parts.some((part) => part.functionResponse !== undefined) ? 2 : 3;
}
