import type { Source } from './sources.fixture.ts';

const TYPES = {
  sqlite: { json: 'TEXT', time: 'DATETIME', key: '"key"' },
  postgres: { json: 'JSONB', time: 'TIMESTAMP WITHOUT TIME ZONE', key: '"key"' },
  mysql: { json: 'LONGTEXT', time: 'DATETIME(6)', key: '`key`' },
};

const TIME = '2026-01-02 03:04:05.000006';

/** The tables that adk-python 1.22 and later makes, and rows in them: JSON is given as text. */
export async function createPythonTables(source: Source) {
  const { json, time, key } = TYPES[source.dialect];
  const text = 'VARCHAR(128) NOT NULL';
  const keys = {
    app_states: 'app_name',
    user_states: 'app_name, user_id',
    sessions: 'app_name, user_id, id',
    events: 'id, app_name, user_id, session_id',
  };
  const columns = {
    app_states: `app_name ${text}, state ${json} NOT NULL, update_time ${time} NOT NULL`,
    user_states: `app_name ${text}, user_id ${text}, state ${json} NOT NULL, update_time ${time} NOT NULL`,
    sessions: `app_name ${text}, user_id ${text}, id ${text}, state ${json} NOT NULL, create_time ${time} NOT NULL, update_time ${time} NOT NULL`,
    events: `id ${text}, app_name ${text}, user_id ${text}, session_id ${text}, invocation_id VARCHAR(256) NOT NULL, timestamp ${time} NOT NULL, event_data ${json}`,
  };
  for (const table of ['app_states', 'user_states', 'sessions', 'events'] as const) {
    await source.run(`CREATE TABLE ${table} (${columns[table]}, PRIMARY KEY (${keys[table]}))`);
  }
  await source.run(
    `CREATE TABLE adk_internal_metadata (${key} ${text}, value VARCHAR(256) NOT NULL, PRIMARY KEY (${key}))`,
  );
  await source.run("INSERT INTO adk_internal_metadata VALUES ('schema_version', '1')");

  let sessions = 0;
  return {
    app: (state: string, appName = 'app') =>
      source.run('INSERT INTO app_states VALUES (?, ?, ?)', [appName, state, TIME]),
    user: (userId: string, state: string, appName = 'app') =>
      source.run('INSERT INTO user_states VALUES (?, ?, ?, ?)', [appName, userId, state, TIME]),
    session: (userId: string, id: string, { state = '{}', appName = 'app' } = {}) => {
      const time = `2026-01-02 03:04:05.${String(sessions++).padStart(6, '0')}`;
      const values = [appName, userId, id, state, TIME, time];
      return source.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)', values);
    },
    event: (row: EventRow) => {
      const { id, appName = 'app', userId = 'ada', sessionId = 'one', data } = row;
      const values = [id, appName, userId, sessionId, 'i', TIME, data];
      return source.run('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)', values);
    },
  };
}

interface EventRow {
  readonly id: string;
  readonly appName?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  /** The JSON of the event. */
  readonly data: string;
}
