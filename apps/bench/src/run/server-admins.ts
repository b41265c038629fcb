import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Group } from '../contestants/contestant.ts';
import { eachRedisKey } from '../seeds/each-redis-key.ts';
import type { Servers } from './servers.ts';

/** Makes and removes databases on one server. */
export interface ServerAdmin {
  readonly group: Group;
  /** As a report shows it: `PostgreSQL 15.4`. */
  readonly version: string;
  create(name: string): Promise<unknown>;
  drop(name: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Connects to those servers that are there; of the others, why not. */
export async function connectServers(servers: Servers) {
  const admins: ServerAdmin[] = [];
  const absent: { readonly group: Group; readonly reason: string }[] = [];
  for (const [group, connect] of [
    ['postgres', () => connectPostgres(servers.postgres)],
    ['mysql', () => connectMysql(servers.mysql)],
    ['redis', () => connectRedis(servers.redis)],
  ] as const) {
    try {
      admins.push(await connect());
    } catch (error) {
      const { message = '', code } = error as { readonly message?: string; readonly code?: string };
      absent.push({ group, reason: message || code || String(error) });
    }
  }
  return { admins, absent };
}

async function connectPostgres(url: string): Promise<ServerAdmin> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ readonly server_version: string }>('SHOW server_version');
  return {
    group: 'postgres',
    version: `PostgreSQL ${rows[0]?.server_version}`,
    create: (name) => client.query(`CREATE DATABASE ${name}`),
    drop: (name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    close: () => client.end(),
  };
}

async function connectMysql(url: string): Promise<ServerAdmin> {
  const client = await mysql.createConnection(url);
  const [rows] = await client.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
  const version = String(rows[0]?.['version']);
  return {
    group: 'mysql',
    version: version.includes('MariaDB') ? `MariaDB ${version}` : `MySQL ${version}`,
    create: (name) => client.query(`CREATE DATABASE ${name}`),
    drop: (name) => client.query(`DROP DATABASE IF EXISTS ${name}`),
    close: () => client.end(),
  };
}

async function connectRedis(url: string): Promise<ServerAdmin> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {}); // what it says is also thrown
  await client.connect();
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
  return {
    group: 'redis',
    version: `Redis ${version}`,
    create: async () => {},
    drop: (prefix) => eachRedisKey({ client, prefix }, (keys) => client.unlink(...keys)),
    close: async () => client.disconnect(),
  };
}
