import type { AdkDatabaseRow, AdkReader } from './adk-database.ts';
import { readStoredEvent, type StoredEvent } from './stored-event.ts';
import { jsonObjectOf, textOf } from './stored-json.ts';

/** A session of the database, without its events. */
export interface StoredSession {
  readonly userId: string;
  readonly sessionId: string;
  /** Of the session's own scope. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** A user of the database: one who has sessions or state. */
export interface StoredUser {
  readonly userId: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** What is read of which database. */
export interface RowSource {
  readonly reader: AdkReader;
  /** As the database has it. */
  readonly appName: string;
  /** How many rows are asked for at once. */
  readonly pageSize: number;
}

/** The sessions of the app, the one that was updated first at the front. */
export async function* readSessions(source: RowSource): AsyncGenerator<StoredSession> {
  const { reader, appName, pageSize } = source;
  const select = `SELECT user_id, id, state, ${reader.timeText('update_time')} AS time_text FROM sessions WHERE app_name = ?`;
  const order = `ORDER BY update_time, user_id, id LIMIT ${pageSize}`;
  let rows = await reader.rows(`${select} ${order}`, [appName]);
  while (rows.length > 0) {
    for (const row of rows) {
      const [userId, sessionId] = [textOf(row['user_id']), textOf(row['id'])];
      const where = `the state of the session ${sessionId} of ${userId}`;
      yield { userId, sessionId, state: jsonObjectOf(row['state'], where) };
    }
    if (rows.length < pageSize) return;
    const last = rows.at(-1) as AdkDatabaseRow;
    rows = await reader.rows(`${select} AND (update_time, user_id, id) > (?, ?, ?) ${order}`, [
      appName,
      last['time_text'] as string | number,
      textOf(last['user_id']),
      textOf(last['id']),
    ]);
  }
}

/** The users of the app. */
export async function* readUsers(source: RowSource): AsyncGenerator<StoredUser> {
  const { reader, appName, pageSize } = source;
  const select = `SELECT u.user_id AS user_id, s.state AS state FROM (SELECT user_id FROM sessions WHERE app_name = ? UNION SELECT user_id FROM user_states WHERE app_name = ?) u LEFT JOIN user_states s ON s.app_name = ? AND s.user_id = u.user_id WHERE u.user_id > ? ORDER BY u.user_id LIMIT ${pageSize}`;
  for (let after = ''; ; ) {
    const rows = await reader.rows(select, [appName, appName, appName, after]);
    for (const row of rows) {
      after = textOf(row['user_id']);
      const where = `the state of the user ${after}`;
      yield { userId: after, state: row['state'] == null ? {} : jsonObjectOf(row['state'], where) };
    }
    if (rows.length < pageSize) return;
  }
}

/** The app's own state. */
export async function readAppState({ reader, appName }: RowSource): Promise<StoredUser['state']> {
  const [row] = await reader.rows('SELECT state FROM app_states WHERE app_name = ?', [appName]);
  return row === undefined ? {} : jsonObjectOf(row['state'], `the state of the app ${appName}`);
}

/**
 * All events of a session, in the order in which they happened. The column `timestamp` is no
 * help: in some databases it has whole seconds. So it is the event's own time that counts, and
 * where two are the same, the order of insertion, or else that an answer follows its call.
 */
export async function readEvents(
  { reader, appName, pageSize }: RowSource,
  { userId, sessionId }: StoredSession,
): Promise<readonly StoredEvent[]> {
  const select = `SELECT id, invocation_id, event_data, ${reader.place} AS place FROM events WHERE app_name = ? AND user_id = ? AND session_id = ? AND id > ? ORDER BY id LIMIT ${pageSize}`;
  const found: PlacedEvent[] = [];
  for (let after = ''; ; ) {
    const rows = await reader.rows(select, [appName, userId, sessionId, after]);
    for (const row of rows) {
      after = textOf(row['id']);
      const where = `the event ${after} of the session ${sessionId} of ${userId}`;
      const data = jsonObjectOf(row['event_data'], where);
      const invocationId = textOf(row['invocation_id']);
      const stored = readStoredEvent(data, { id: after, invocationId, where });
      if (stored.event.partial !== true) found.push({ ...stored, place: placeOf(row['place']) });
    }
    if (rows.length < pageSize) break;
  }
  return found.sort(
    (a, b) => a.time - b.time || comparePlaces(a.place, b.place) || turnOf(a) - turnOf(b),
  );
}

interface PlacedEvent extends StoredEvent {
  readonly place: readonly number[];
}

/** SQLite's row id, or PostgreSQL's `(page,line)`. */
function placeOf(place: unknown): readonly number[] {
  return String(place ?? '')
    .split(/\D+/)
    .filter((digits) => digits !== '')
    .map(Number);
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const [page = 0, line = 0] = a;
  const [otherPage = 0, otherLine = 0] = b;
  return page - otherPage || line - otherLine;
}

/** What comes first within one millisecond, where nothing else says it. */
function turnOf({ event }: StoredEvent): number {
  if (event.author === 'user') return 0;
  const parts = event.content?.parts ?? [];
  if (parts.some((part) => part.functionCall !== undefined)) return 1;
  return parts.some((part) => part.functionResponse !== undefined) ? 2 : 3;
}
