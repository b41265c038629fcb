// The same tables and indexes as those of Holdfast, written down once more.
const id = (name: string) => `${name} VARBINARY(255) NOT NULL`;
const json = 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const key = ['app_name', 'user_id', 'session_id'];
const keyColumns = key.map(id).join(', ');
const keyList = key.join(', ');
const options = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4';

export const MYSQL_TABLES = `
  CREATE TABLE sessions (
    ${keyColumns}, create_time BIGINT NOT NULL, last_update_time BIGINT NOT NULL,
    revision BIGINT NOT NULL, initial_state ${json} NOT NULL,
    incarnation VARBINARY(255) NOT NULL DEFAULT '', PRIMARY KEY (${keyList}),
    INDEX sessions_by_user (app_name, user_id, last_update_time, session_id),
    INDEX sessions_by_time (app_name, last_update_time, user_id, session_id)
  ) ${options};
  CREATE TABLE events (
    ${keyColumns}, seq BIGINT NOT NULL, ${id('event_id')}, timestamp BIGINT NOT NULL,
    body ${json} NOT NULL, PRIMARY KEY (${keyList}, seq), UNIQUE (${keyList}, event_id),
    INDEX events_by_time (${keyList}, timestamp)
  ) ${options};
  CREATE TABLE state (
    ${keyColumns}, ${id('name')}, value ${json}, PRIMARY KEY (${keyList}, name)
  ) ${options}`;

/** One script in one round trip, for that many keys of state. */
export function mysqlAppend(keys: number): string {
  const rows = Array.from({ length: keys }, () => '(?, ?, ?, ?, ?)').join(', ');
  return `
    START TRANSACTION;
    UPDATE sessions
    SET revision = LAST_INSERT_ID(revision + 1), last_update_time = GREATEST(last_update_time, ?)
    WHERE app_name = ? AND user_id = ? AND session_id = ?;
    INSERT INTO events VALUES (?, ?, ?, LAST_INSERT_ID(), ?, ?, ?);
    INSERT INTO state VALUES ${rows} ON DUPLICATE KEY UPDATE value = VALUES(value);
    COMMIT`;
}

const ofSession = 'app_name = ? AND user_id = ? AND session_id = ?';

/** The session, its state and its events: kind, name, and JSON. The ids are given five times. */
export const MYSQL_FULL = `
  SELECT 'head' AS kind, '' AS name, '' AS body FROM sessions WHERE ${ofSession}
  UNION ALL SELECT 'session', name, value FROM state WHERE ${ofSession} AND value IS NOT NULL
  UNION ALL SELECT 'user', name, value FROM state WHERE ${ofSession} AND value IS NOT NULL
  UNION ALL SELECT 'app', name, value FROM state WHERE ${ofSession} AND value IS NOT NULL
  UNION ALL SELECT 'event', seq, body FROM events WHERE ${ofSession}`;

/** The same with the last events alone; the last value says how many. */
export const MYSQL_RECENT = MYSQL_FULL.replace(
  /SELECT 'event'.*$/,
  `(SELECT 'event', seq, body FROM events WHERE ${ofSession} ORDER BY seq DESC LIMIT ?)`,
);

export const MYSQL_LIST = `
  SELECT session_id, create_time, last_update_time, revision
  FROM sessions FORCE INDEX (sessions_by_user) WHERE app_name = ? AND user_id = ?
  ORDER BY last_update_time DESC, session_id DESC LIMIT ?`;

/** A copy of a session and of its events, in one transaction. */
export const MYSQL_FORK = `
  START TRANSACTION;
  INSERT INTO sessions (app_name, user_id, session_id, create_time, last_update_time, revision,
    initial_state)
  SELECT app_name, user_id, ?, create_time, last_update_time, revision, initial_state
  FROM sessions WHERE app_name = ? AND user_id = ? AND session_id = ?;
  INSERT INTO events (app_name, user_id, session_id, seq, event_id, timestamp, body)
  SELECT app_name, user_id, ?, seq, event_id, timestamp, body
  FROM events WHERE app_name = ? AND user_id = ? AND session_id = ?;
  COMMIT`;
