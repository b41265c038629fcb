import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemorySessionService } from '@holdfast/in-memory';
import { MysqlSessionService } from '@holdfast/mysql';
import { PostgresSessionService } from '@holdfast/postgres';
import { RedisSessionService } from '@holdfast/redis';
import type { SessionService } from '@holdfast/session';
import { SqliteSessionService } from '@holdfast/sqlite';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, describe } from 'vitest';

/** The servers that the tests use. Each test file has a place of its own in them. */
export const POSTGRES_URL =
  process.env['HOLDFAST_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
export const MYSQL_URL =
  process.env['HOLDFAST_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';
const REDIS_URL = process.env['HOLDFAST_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** A name that no other test has. */
export function uniqueName(): string {
  return `adk_${randomBytes(6).toString('hex')}`;
}

/** A folder that is removed after the tests of the file. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-adk-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function runPostgres(text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

export async function runMysql(sql: string) {
  const connection = await createConnection({ uri: MYSQL_URL, connectTimeout: 5_000 });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

interface Store {
  readonly name: string;
  /** What is asked of its server first; absent where there is no server. */
  readonly reach?: () => Promise<unknown>;
  /** A service, and what removes all that it has stored. */
  readonly open: () => Promise<{
    readonly service: SessionService;
    readonly remove: () => unknown;
  }>;
}

/** Every store. A new one is one entry more. */
const stores: readonly Store[] = [
  {
    name: 'in memory',
    open: async () => ({ service: new InMemorySessionService(), remove: () => {} }),
  },
  {
    name: 'SQLite',
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-adk-'));
      return {
        service: await SqliteSessionService.open({
          url: `sqlite:${join(folder, 'chat.db')}`,
          driver: 'libsql',
        }),
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    name: 'PostgreSQL',
    reach: () => runPostgres('SELECT 1'),
    async open() {
      const schema = uniqueName();
      return {
        service: await PostgresSessionService.open({ url: POSTGRES_URL, schema }),
        remove: () => runPostgres(`DROP SCHEMA "${schema}" CASCADE`),
      };
    },
  },
  {
    name: 'MySQL or MariaDB',
    reach: () => runMysql('SELECT 1'),
    async open() {
      const tablePrefix = `${uniqueName()}_`;
      const tables = ['sessions', 'events', 'state', 'migrations'];
      return {
        service: await MysqlSessionService.open({ url: MYSQL_URL, tablePrefix }),
        remove: () => runMysql(`DROP TABLE ${tables.map((name) => tablePrefix + name).join(', ')}`),
      };
    },
  },
  {
    name: 'Redis',
    reach: () => withRedis((redis) => redis.ping()),
    async open() {
      const keyPrefix = uniqueName();
      return {
        service: await RedisSessionService.open({ url: REDIS_URL, keyPrefix }),
        remove: () => withRedis((redis) => removeKeys(redis, keyPrefix)),
      };
    },
  },
];

async function withRedis(use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function removeKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if (keys.length > 0) await redis.del(...keys);
  }
}

async function isThere(reach: () => Promise<unknown>): Promise<boolean> {
  if (process.env['CI']) return true;
  return reach().then(
    () => true,
    () => false,
  );
}

const reachable = new Map<string, boolean>();
for (const { name, reach } of stores) {
  reachable.set(name, reach === undefined || (await isThere(reach)));
}

/** Opens a service with nothing in it; after the tests it is closed, and its storage removed. */
export type OpenStore = () => Promise<SessionService>;

/**
 * A `describe` for each store. If its server cannot be reached, it shows as skipped; if `CI`
 * is set, it fails.
 */
export function describeStores(body: (open: OpenStore) => void): void {
  for (const { name, open } of stores) {
    describe.skipIf(!isReachable(name))(titleOf(name), () => {
      const opened: Awaited<ReturnType<Store['open']>>[] = [];
      afterAll(async () => {
        for (const { service, remove } of opened) {
          await service.close();
          await remove();
        }
      });
      body(async () => {
        const store = await open();
        opened.push(store);
        return store.service;
      });
    });
  }
}

function isReachable(name: string): boolean {
  return reachable.get(name) === true;
}

function titleOf(name: string): string {
  return isReachable(name) ? `on ${name}` : `on ${name} (no server)`;
}

/** A `describe` for what reads a server directly. */
export function describeWithServer(name: 'PostgreSQL' | 'MySQL or MariaDB', body: () => void) {
  describe.skipIf(!isReachable(name))(titleOf(name), body);
}
