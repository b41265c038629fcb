import type { Source } from './sources.fixture.ts';

// As GORM makes them for the structs of adk-go 2.
const TYPES = {
  sqlite: {
    id: 'text',
    text: 'text',
    state: 'text',
    json: 'text',
    bytes: 'blob',
    time: 'datetime',
    flag: 'numeric',
  },
  postgres: {
    id: 'text',
    text: 'text',
    state: 'JSONB',
    json: 'JSONB',
    bytes: 'bytea',
    time: 'timestamptz(6)',
    flag: 'boolean',
  },
  mysql: {
    id: 'varchar(191)',
    text: 'longtext',
    state: 'LONGTEXT',
    json: 'LONGTEXT',
    bytes: 'longblob',
    time: 'datetime(6) NULL',
    flag: 'boolean',
  },
};

const JSONS_OF_ONE = ['long_running_tool_ids_json'];
const JSONS_OF_TWO = ['routes_json', 'output_json', 'node_info_json', 'requested_input_json'];

/** An event as adk-go gives it to GORM: JSON is text, and what is empty is absent. */
export interface GoEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly author?: string;
  readonly actions?: string;
  readonly partial?: boolean;
  readonly [column: string]: unknown;
}

/** The tables that adk-go makes, of its version 1 or 2, and rows in them. */
export async function createGoTables(source: Source, version: 1 | 2 = 2) {
  const { id, text, state, json, bytes, time, flag } = TYPES[source.dialect];
  const jsons = [
    ...JSONS_OF_ONE,
    ...(version === 1 ? [] : JSONS_OF_TWO),
    'content',
    'grounding_metadata',
    'custom_metadata',
    'usage_metadata',
    'citation_metadata',
  ];
  const texts = ['branch', ...(version === 1 ? [] : ['isolation_scope'])];
  await source.run(
    `CREATE TABLE sessions (app_name ${id}, user_id ${id}, id ${id}, state ${state}, create_time ${time}, update_time ${time}, PRIMARY KEY (app_name, user_id, id))`,
  );
  const columns = [
    `id ${id}, app_name ${id}, user_id ${id}, session_id ${id}, invocation_id ${text}, author ${text}`,
    `actions ${bytes}, timestamp ${time}`,
    ...jsons.map((name) => `${name} ${json}`),
    ...[...texts, 'error_code', 'error_message'].map((name) => `${name} ${text}`),
    ...['partial', 'turn_complete', 'interrupted'].map((name) => `${name} ${flag}`),
    'PRIMARY KEY (id, app_name, user_id, session_id)',
    'CONSTRAINT fk_sessions_events FOREIGN KEY (app_name, user_id, session_id) REFERENCES sessions (app_name, user_id, id) ON DELETE CASCADE',
  ];
  await source.run(`CREATE TABLE events (${columns.join(', ')})`);
  await source.run(
    `CREATE TABLE app_states (app_name ${id}, state ${state}, update_time ${time}, PRIMARY KEY (app_name))`,
  );
  await source.run(
    `CREATE TABLE user_states (app_name ${id}, user_id ${id}, state ${state}, update_time ${time}, PRIMARY KEY (app_name, user_id))`,
  );

  const time0 = timeIn(source, '2026-01-02 03:04:05.000006');
  return {
    app: (value: string) =>
      source.run('INSERT INTO app_states VALUES (?, ?, ?)', ['app', value, time0]),
    user: (userId: string, value: string) =>
      source.run('INSERT INTO user_states VALUES (?, ?, ?, ?)', ['app', userId, value, time0]),
    session: (userId: string, sessionId: string, value = '{}') =>
      source.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)', [
        'app',
        userId,
        sessionId,
        value,
        time0,
        time0,
      ]),
    event({ actions = '{}', timestamp, ...event }: GoEvent) {
      const row: Record<string, unknown> = {
        app_name: 'app',
        user_id: 'ada',
        session_id: 'one',
        invocation_id: 'e-1',
        author: 'agent',
        ...event,
        timestamp: timeIn(source, timestamp),
        actions: Buffer.from(actions),
        ...flags(source, event),
      };
      const names = Object.keys(row);
      const values = names.map((name) => row[name]);
      return source.run(
        `INSERT INTO events (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        values,
      );
    },
  };
}

/** UTC, as the driver of each database writes it. */
function timeIn({ dialect }: Source, time: string): string {
  return dialect === 'mysql' ? time : `${time}+00:00`;
}

function flags({ dialect }: Source, event: object): Record<string, unknown> {
  const names = ['partial', 'turn_complete', 'interrupted'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const isSet = (event as Record<string, unknown>)[name] === true;
      return [name, dialect === 'postgres' ? isSet : Number(isSet)];
    }),
  );
}
