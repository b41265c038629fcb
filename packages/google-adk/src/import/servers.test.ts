import { InMemorySessionService } from '@holdfast/in-memory';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { expect, it } from 'vitest';
import {
  describeWithServer,
  MYSQL_URL,
  POSTGRES_URL,
  runMysql,
  runPostgres,
  uniqueName,
} from '../stores.fixture.ts';
import type { AdkDatabase } from './adk-database.ts';
import { importAdkDatabase } from './import-adk-database.ts';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Sessions with events of one second, whose ids are not in their order. */
const events = ['e5', 'e3', 'e9', 'e1', 'e7'].map((id, i) => ({
  id,
  author: i === 0 ? 'user' : 'agent',
  invocation_id: 'i',
  // The last three in one millisecond: a call, its answer, and what the agent says.
  timestamp: TIME + Math.min(i, 2) * 10,
  content: {
    role: 'model',
    parts: [
      [{ text: 'ask' }],
      [{ text: 'think' }],
      [{ function_call: { name: 'f', args: { a_b: 1 } } }],
      [{ function_response: { name: 'f', response: {} } }],
      [{ text: 'said' }],
    ][i],
  },
  actions: { state_delta: { step: i, 'app:total': i }, artifact_delta: {} },
}));
const sessions = ['A', 'b', 'ç'].flatMap((userId) => ['one', 'two'].map((id) => ({ userId, id })));

interface Server {
  readonly database: AdkDatabase;
  readonly run: (sql: string) => Promise<unknown>;
  readonly types: { readonly json: string; readonly time: string; readonly key: string };
}

/** Makes the tables as @google/adk 2.0.0 makes them there, and fills them. */
async function fill({ run, types }: Server): Promise<void> {
  const { json, time, key } = types;
  const name = 'varchar(191) not null';
  await run(
    `CREATE TABLE app_states (app_name ${name}, state ${json}, update_time ${time}, PRIMARY KEY (app_name))`,
  );
  await run(
    `CREATE TABLE user_states (app_name ${name}, user_id ${name}, state ${json}, update_time ${time}, PRIMARY KEY (app_name, user_id))`,
  );
  await run(
    `CREATE TABLE sessions (id ${name}, app_name ${name}, user_id ${name}, state ${json}, create_time ${time}, update_time ${time}, PRIMARY KEY (id, app_name, user_id))`,
  );
  await run(
    `CREATE TABLE events (id ${name}, app_name ${name}, user_id ${name}, session_id ${name}, invocation_id varchar(255) not null, timestamp ${time}, event_data ${json}, PRIMARY KEY (id, app_name, user_id, session_id))`,
  );
  await run(
    `CREATE TABLE adk_internal_metadata (${key} varchar(255) not null, value varchar(255) not null, PRIMARY KEY (${key}))`,
  );
  await run(`INSERT INTO adk_internal_metadata VALUES ('schema_version', '1')`);
  const timeText = "'2026-01-02 03:04:05'";
  await run(`INSERT INTO app_states VALUES ('app', '{"total": 4, "other": "x"}', ${timeText})`);
  for (const { userId, id } of sessions) {
    await run(
      `INSERT INTO sessions VALUES ('${id}', 'app', '${userId}', '{"step": 4, "first": "${userId}"}', ${timeText}, ${timeText})`,
    );
    for (const event of events) {
      await run(
        `INSERT INTO events VALUES ('${event.id}', 'app', '${userId}', '${id}', 'i', ${timeText}, '${JSON.stringify(event)}')`,
      );
    }
  }
  await run(`INSERT INTO user_states VALUES ('app', 'b', '{"name": "Bob"}', ${timeText})`);
}

async function expectImported(database: AdkDatabase): Promise<void> {
  for (const pageSize of [1, 2, 200]) {
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database, service, appName: 'app', pageSize });
    expect(report).toMatchObject({
      appName: 'app',
      sessions: 6,
      events: 30,
      users: 3,
      corrected: 0,
      rows: [],
      written: { sessions: 6, events: 30 },
    });
    for (const { userId, id } of sessions) {
      const session = await service.get({ appName: 'app', userId, sessionId: id });
      expect(session?.events.map((event) => event.id)).toEqual(['e5', 'e3', 'e9', 'e1', 'e7']);
      expect(session?.events[1]?.timestamp).toBe(TIME + 10);
      expect(session?.state.toJSON()).toEqual({
        step: 4,
        first: userId,
        'app:total': 4,
        'app:other': 'x',
        ...(userId === 'b' && { 'user:name': 'Bob' }),
      });
    }
  }
}

describeWithServer('PostgreSQL', () => {
  it('an ADK database is read in the order in which it was written', async () => {
    const schema = uniqueName();
    await runPostgres(`CREATE SCHEMA "${schema}"`);
    const pool = new pg.Pool({
      connectionString: POSTGRES_URL,
      options: `-c search_path=${schema}`,
    });
    const database: AdkDatabase = {
      dialect: 'postgres',
      query: async (sql, params) => (await pool.query(sql, [...params])).rows,
    };
    try {
      const types = { json: 'jsonb not null', time: 'timestamptz not null', key: '"key"' };
      await fill({ database, run: (sql) => pool.query(sql), types });
      await expectImported(database);
    } finally {
      await pool.end();
      await runPostgres(`DROP SCHEMA "${schema}" CASCADE`);
    }
  });
});

describeWithServer('MySQL or MariaDB', () => {
  it('an ADK database is read in the order in which it was written', async () => {
    const name = uniqueName();
    await runMysql(`CREATE DATABASE ${name} DEFAULT CHARACTER SET utf8mb4`);
    const connection = await createConnection({ uri: MYSQL_URL });
    const database: AdkDatabase = {
      dialect: 'mysql',
      query: async (sql, params) => {
        const [rows] = await connection.execute(sql, [...params]);
        return rows as Record<string, unknown>[];
      },
    };
    try {
      await connection.query(`USE ${name}`);
      const types = { json: 'json not null', time: 'datetime not null', key: '`key`' };
      await fill({ database, run: (sql) => connection.query(sql), types });
      await expectImported(database);
    } finally {
      await connection.end();
      await runMysql(`DROP DATABASE ${name}`);
    }
  });
});
