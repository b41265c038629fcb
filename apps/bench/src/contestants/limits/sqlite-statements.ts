// The same tables and indexes as those of Holdfast, written down once more.
export const SQLITE_TABLES = `
  CREATE TABLE sessions (
    app_name TEXT NOT NULL, user_id TEXT NOT NULL, session_id TEXT NOT NULL,
    create_time INTEGER NOT NULL, last_update_time INTEGER NOT NULL,
    revision INTEGER NOT NULL, initial_state TEXT NOT NULL, incarnation TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (app_name, user_id, session_id)
  );
  CREATE INDEX sessions_by_user ON sessions (app_name, user_id, last_update_time, session_id);
  CREATE INDEX sessions_by_time ON sessions (app_name, last_update_time, user_id, session_id);
  CREATE TABLE events (
    app_name TEXT NOT NULL, user_id TEXT NOT NULL, session_id TEXT NOT NULL,
    seq INTEGER NOT NULL, event_id TEXT NOT NULL, timestamp INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (app_name, user_id, session_id, seq),
    UNIQUE (app_name, user_id, session_id, event_id)
  );
  CREATE INDEX events_by_time ON events (app_name, user_id, session_id, timestamp);
  CREATE TABLE state (
    app_name TEXT NOT NULL, user_id TEXT NOT NULL, session_id TEXT NOT NULL,
    name TEXT NOT NULL, value TEXT,
    PRIMARY KEY (app_name, user_id, session_id, name)
  ) WITHOUT ROWID;`;

export const SQLITE_ADVANCE = `
  UPDATE sessions SET revision = revision + 1, last_update_time = max(last_update_time, ?)
  WHERE app_name = ? AND user_id = ? AND session_id = ? RETURNING revision`;

export const SQLITE_INSERT_EVENT = 'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)';

/** An upsert of that many keys. */
export function sqliteUpsert(keys: number): string {
  const rows = Array.from({ length: keys }, () => '(?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO state VALUES ${rows}
    ON CONFLICT (app_name, user_id, session_id, name) DO UPDATE SET value = excluded.value`;
}

/** The session, its state and events: kind, name, and JSON. `?1` is the app, then user, session. */
export const SQLITE_FULL = `
  SELECT 'head' AS kind, '' AS name, revision AS body FROM sessions
  WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3
  UNION ALL SELECT 'session', name, value FROM state
  WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3 AND value IS NOT NULL
  UNION ALL SELECT 'user', name, value FROM state
  WHERE app_name = ?1 AND user_id = ?2 AND session_id = '' AND value IS NOT NULL
  UNION ALL SELECT 'app', name, value FROM state
  WHERE app_name = ?1 AND user_id = '' AND session_id = '' AND value IS NOT NULL
  UNION ALL SELECT 'event', seq, body FROM events
  WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3`;

/** The same with the last events alone; `?4` says how many. */
export const SQLITE_RECENT = SQLITE_FULL.replace(
  /SELECT 'event'.*$/s,
  `SELECT * FROM (SELECT 'event', seq, body FROM events
   WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3 ORDER BY seq DESC LIMIT ?4)`,
);

export const SQLITE_LIST = `
  SELECT session_id, create_time, last_update_time, revision FROM sessions
  WHERE app_name = ? AND user_id = ? ORDER BY last_update_time DESC, session_id DESC LIMIT ?`;

/** A copy of a session and of its events, each in one statement. */
export const SQLITE_FORK_SESSION = `
  INSERT INTO sessions (app_name, user_id, session_id, create_time, last_update_time, revision,
    initial_state)
  SELECT app_name, user_id, ?, create_time, last_update_time, revision, initial_state
  FROM sessions WHERE app_name = ? AND user_id = ? AND session_id = ?`;

export const SQLITE_FORK_EVENTS = `
  INSERT INTO events (app_name, user_id, session_id, seq, event_id, timestamp, body)
  SELECT app_name, user_id, ?, seq, event_id, timestamp, body
  FROM events WHERE app_name = ? AND user_id = ? AND session_id = ?`;
