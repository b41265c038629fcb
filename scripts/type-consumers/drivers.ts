// The drivers' own types, as a program gives them to the stores.

import { DatabaseSync } from 'node:sqlite';
import { PGlite } from '@electric-sql/pglite';
import { InMemorySessionService, type SessionService } from '@holdfast/in-memory';
import { MysqlSessionService } from '@holdfast/mysql';
import { PostgresSessionService } from '@holdfast/postgres';
import { RedisSessionService } from '@holdfast/redis';
import { SqliteSessionService } from '@holdfast/sqlite';
import BetterSqlite3 from 'better-sqlite3';
import { Cluster, Redis } from 'ioredis';
import LibSql from 'libsql';
import { createPool } from 'mysql2';
import { createConnection, createPool as createPromisePool } from 'mysql2/promise';
import { Client, Pool } from 'pg';

export const services = async (): Promise<readonly SessionService[]> => [
  new InMemorySessionService(),
  new MysqlSessionService({ client: createPool('mysql://host/db') }),
  new MysqlSessionService({ client: createPromisePool('mysql://host/db') }),
  new MysqlSessionService({ client: await createConnection('mysql://host/db') }),
  new PostgresSessionService({ client: new Pool() }),
  new PostgresSessionService({ client: new Client() }),
  new PostgresSessionService({ client: new PGlite() }),
  new PostgresSessionService({ client: await PGlite.create() }),
  new RedisSessionService({ client: new Redis() }),
  new RedisSessionService({ client: new Cluster([]) }),
  new SqliteSessionService({ client: new DatabaseSync(':memory:') }),
  new SqliteSessionService({ client: new BetterSqlite3(':memory:') }),
  new SqliteSessionService({ client: new LibSql(':memory:') }),
];
