import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AdkDatabase, AdkDatabaseRow } from './adk-database.ts';

interface SqliteFile {
  prepare(sql: string): {
    all(...params: readonly unknown[]): AdkDatabaseRow[];
    run(...params: readonly unknown[]): unknown;
  };
  exec(sql: string): unknown;
  close(): void;
}

const Database = createRequire(import.meta.url)('libsql') as new (path: string) => SqliteFile;

/** A SQLite file as the caller of an import opens it. */
export function openSource(file: string): AdkDatabase & { readonly database: SqliteFile } {
  const database = new Database(file);
  return {
    dialect: 'sqlite',
    database,
    query: (sql, params) => database.prepare(sql).all(...params),
  };
}

/** The tables that adk-python 1.22 and later makes in SQLite. */
const PYTHON_TABLES = `
  CREATE TABLE adk_internal_metadata ("key" VARCHAR(128) NOT NULL, value VARCHAR(256) NOT NULL, PRIMARY KEY ("key"));
  CREATE TABLE app_states (app_name VARCHAR(128) NOT NULL, state TEXT NOT NULL, update_time DATETIME NOT NULL, PRIMARY KEY (app_name));
  CREATE TABLE sessions (app_name VARCHAR(128) NOT NULL, user_id VARCHAR(128) NOT NULL, id VARCHAR(128) NOT NULL, state TEXT NOT NULL, create_time DATETIME NOT NULL, update_time DATETIME NOT NULL, PRIMARY KEY (app_name, user_id, id));
  CREATE TABLE user_states (app_name VARCHAR(128) NOT NULL, user_id VARCHAR(128) NOT NULL, state TEXT NOT NULL, update_time DATETIME NOT NULL, PRIMARY KEY (app_name, user_id));
  CREATE TABLE events (id VARCHAR(128) NOT NULL, app_name VARCHAR(128) NOT NULL, user_id VARCHAR(128) NOT NULL, session_id VARCHAR(128) NOT NULL, invocation_id VARCHAR(256) NOT NULL, timestamp DATETIME NOT NULL, event_data TEXT, PRIMARY KEY (id, app_name, user_id, session_id), FOREIGN KEY(app_name, user_id, session_id) REFERENCES sessions (app_name, user_id, id) ON DELETE CASCADE);
  INSERT INTO adk_internal_metadata VALUES ('schema_version', '1');
`;

/** What adk-python before 1.22 made: the actions of an event are pickled. */
const PICKLED_TABLES = `
  CREATE TABLE sessions (app_name VARCHAR(128) NOT NULL, user_id VARCHAR(128) NOT NULL, id VARCHAR(128) NOT NULL, state TEXT NOT NULL, create_time DATETIME NOT NULL, update_time DATETIME NOT NULL, PRIMARY KEY (app_name, user_id, id));
  CREATE TABLE events (id VARCHAR(128) NOT NULL, app_name VARCHAR(128) NOT NULL, user_id VARCHAR(128) NOT NULL, session_id VARCHAR(128) NOT NULL, invocation_id VARCHAR(256) NOT NULL, author VARCHAR(256) NOT NULL, actions BLOB NOT NULL, long_running_tool_ids_json TEXT, branch VARCHAR(256), timestamp DATETIME NOT NULL, content TEXT, PRIMARY KEY (id, app_name, user_id, session_id));
`;

export interface SourceSession {
  readonly userId: string;
  readonly id: string;
  readonly state: object;
  /** As SQLAlchemy writes it: `2026-01-02 03:04:05.000006`. */
  readonly updateTime: string;
  readonly events?: readonly (object & { readonly id: string; readonly invocation_id: string })[];
}

/** Makes a file as adk-python leaves it. */
export function createPythonDatabase({
  folder,
  name,
  sessions = [],
  appState = {},
  userStates = {},
  isPickled = false,
}: {
  readonly folder: string;
  readonly name: string;
  readonly sessions?: readonly SourceSession[];
  readonly appState?: object;
  readonly userStates?: Readonly<Record<string, object>>;
  readonly isPickled?: boolean;
}) {
  const source = openSource(join(folder, `${name}.db`));
  const { database } = source;
  database.exec(isPickled ? PICKLED_TABLES : PYTHON_TABLES);
  const time = '2026-01-02 03:04:05.000006';
  if (isPickled) return source;
  database.prepare('INSERT INTO app_states VALUES (?, ?, ?)').run('app', toText(appState), time);
  for (const [userId, state] of Object.entries(userStates)) {
    const insert = database.prepare('INSERT INTO user_states VALUES (?, ?, ?, ?)');
    insert.run('app', userId, toText(state), time);
  }
  for (const { userId, id, state, updateTime, events = [] } of sessions) {
    const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)');
    insert.run('app', userId, id, toText(state), time, updateTime);
    for (const event of events) {
      database
        .prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(event.id, 'app', userId, id, event.invocation_id, time, toText(event));
    }
  }
  return source;
}

/** As `json.dumps` writes it: with spaces. */
function toText(value: object): string {
  return JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
}
