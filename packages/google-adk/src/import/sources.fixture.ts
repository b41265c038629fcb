import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, describe } from 'vitest';
import {
  describeWithServer,
  MYSQL_URL,
  POSTGRES_URL,
  runMysql,
  runPostgres,
  tempFolder,
  uniqueName,
} from '../stores.fixture.ts';
import type { AdkDatabase, AdkDatabaseDialect } from './adk-database.ts';
import { openSource } from './adk-tables.fixture.ts';

/** An empty database, as the caller of an import has it, that can be written to as well. */
export interface Source {
  readonly database: AdkDatabase;
  readonly dialect: AdkDatabaseDialect;
  /** Runs one statement, with `?` for its values. */
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

/** A `describe` for each of the databases that are named, with a function that opens a new one. */
export function describeSources(
  dialects: readonly AdkDatabaseDialect[],
  body: (open: () => Promise<Source>) => void,
): void {
  if (dialects.includes('sqlite')) describe('in SQLite', () => body(sqliteSources()));
  if (dialects.includes('postgres')) {
    describeWithServer('PostgreSQL', () => body(closing(openPostgres)));
  }
  if (dialects.includes('mysql')) {
    describeWithServer('MySQL or MariaDB', () => body(closing(openMysql)));
  }
}

function sqliteSources(): () => Promise<Source> {
  const folder = tempFolder();
  let files = 0;
  return async () => {
    const database = openSource(join(folder, `source-${files++}.db`));
    return {
      database,
      dialect: 'sqlite',
      run: async (sql, values = []) => {
        database.database.prepare(sql).run(...values);
      },
    };
  };
}

type Closing = Source & { close(): Promise<void> };

function closing(open: () => Promise<Closing>): () => Promise<Source> {
  const opened: Closing[] = [];
  afterAll(async () => {
    for (const source of opened) await source.close();
  });
  return async () => {
    const source = await open();
    opened.push(source);
    return source;
  };
}

async function openPostgres(): Promise<Closing> {
  const schema = uniqueName();
  await runPostgres(`CREATE SCHEMA "${schema}"`);
  const options = `-c search_path=${schema}`;
  const pool = new pg.Pool({ connectionString: POSTGRES_URL, options, max: 2 });
  return {
    dialect: 'postgres',
    database: {
      dialect: 'postgres',
      query: async (sql, params) => (await pool.query(sql, [...params])).rows,
    },
    async run(sql, values = []) {
      let count = 0;
      await pool.query(
        sql.replaceAll('?', () => `$${++count}`),
        [...values],
      );
    },
    async close() {
      await pool.end();
      await runPostgres(`DROP SCHEMA "${schema}" CASCADE`);
    },
  };
}

async function openMysql(): Promise<Closing> {
  const name = uniqueName();
  await runMysql(
    `CREATE DATABASE ${name} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
  );
  const connection = await createConnection({ uri: MYSQL_URL });
  await connection.query(`USE ${name}`);
  return {
    dialect: 'mysql',
    database: {
      dialect: 'mysql',
      query: async (sql, params) => {
        const [rows] = await connection.execute(sql, [...params]);
        return rows as Record<string, unknown>[];
      },
    },
    async run(sql, values = []) {
      await connection.query(sql, [...values]);
    },
    async close() {
      await connection.end();
      await runMysql(`DROP DATABASE ${name}`);
    },
  };
}
