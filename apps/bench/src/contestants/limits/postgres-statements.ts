// The same tables and indexes as those of Holdfast, written down once more.
const id = (name: string) => `${name} text COLLATE "C" NOT NULL`;
const key = ['app_name', 'user_id', 'session_id'];
const keyColumns = key.map(id).join(', ');
const keyList = key.join(', ');

export const POSTGRES_TABLES = `
  CREATE TABLE sessions (
    ${keyColumns}, create_time bigint NOT NULL, last_update_time bigint NOT NULL,
    revision bigint NOT NULL, initial_state text NOT NULL,
    incarnation text COLLATE "C" NOT NULL DEFAULT '', PRIMARY KEY (${keyList})
  );
  CREATE INDEX sessions_by_user ON sessions (app_name, user_id, last_update_time, session_id);
  CREATE INDEX sessions_by_time ON sessions (app_name, last_update_time, user_id, session_id);
  CREATE TABLE events (
    ${keyColumns}, seq bigint NOT NULL, ${id('event_id')}, timestamp bigint NOT NULL,
    body text NOT NULL, PRIMARY KEY (${keyList}, seq), UNIQUE (${keyList}, event_id)
  );
  CREATE INDEX events_by_time ON events (${keyList}, timestamp);
  CREATE TABLE state (
    ${keyColumns}, ${id('name')}, value text, PRIMARY KEY (${keyList}, name)
  );`;

/** One statement: the session's row, the event, and the keys of state, given as five lists. */
export const POSTGRES_APPEND = `
  WITH advanced AS (
    UPDATE sessions
    SET revision = revision + 1, last_update_time = greatest(last_update_time, $4)
    WHERE app_name = $1 AND user_id = $2 AND session_id = $3
    RETURNING revision
  ), event AS (
    INSERT INTO events SELECT $1, $2, $3, revision, $5, $4, $6 FROM advanced
  ), state AS (
    INSERT INTO state
    SELECT s.* FROM advanced, unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) s
    ON CONFLICT (app_name, user_id, session_id, name) DO UPDATE SET value = excluded.value
  )
  SELECT revision FROM advanced`;

/** The session, its state and its events: kind, name, and JSON. */
const READ = `
  SELECT 'head' AS kind, '' AS name, '' AS body FROM sessions
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3
  UNION ALL SELECT 'session', name, value FROM state
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3 AND value IS NOT NULL
  UNION ALL SELECT 'user', name, value FROM state
  WHERE app_name = $1 AND user_id = $2 AND session_id = '' AND value IS NOT NULL
  UNION ALL SELECT 'app', name, value FROM state
  WHERE app_name = $1 AND user_id = '' AND session_id = '' AND value IS NOT NULL
  UNION ALL (SELECT 'event', CAST(seq AS text) AS number, body FROM events
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3`;

export const POSTGRES_FULL = `${READ})`;

/** The same with the last events alone. A count that is a value would be planned for any count. */
export function postgresRecent(count: number): string {
  return `${READ} ORDER BY seq DESC LIMIT ${count})`;
}

export function postgresList(limit: number): string {
  return `
    SELECT session_id, create_time, last_update_time, revision FROM sessions
    WHERE app_name = $1 AND user_id = $2
    ORDER BY last_update_time DESC, session_id DESC LIMIT ${limit}`;
}

/** A copy of a session and of its events. */
export const POSTGRES_FORK = `
  WITH session AS (
    INSERT INTO sessions (app_name, user_id, session_id, create_time, last_update_time, revision,
      initial_state)
    SELECT app_name, user_id, $4, create_time, last_update_time, revision, initial_state
    FROM sessions WHERE app_name = $1 AND user_id = $2 AND session_id = $3
  )
  INSERT INTO events (app_name, user_id, session_id, seq, event_id, timestamp, body)
  SELECT app_name, user_id, $4, seq, event_id, timestamp, body
  FROM events WHERE app_name = $1 AND user_id = $2 AND session_id = $3`;
