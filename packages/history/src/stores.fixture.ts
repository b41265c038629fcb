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

const POSTGRES_URL =
  process.env['HOLDFAST_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const MYSQL_URL = process.env['HOLDFAST_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';
const REDIS_URL = process.env['HOLDFAST_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

export type StoreName = 'in memory' | 'SQLite' | 'PostgreSQL' | 'MySQL or MariaDB' | 'Redis';

interface Store {
  /** Asks something of its server; absent if it has none. */
  readonly reach?: () => Promise<unknown>;
  /** A place where nothing is stored. */
  readonly newPlace: () => string;
  /** Another service over the same place each time. */
  readonly open: (place: string) => Promise<SessionService>;
  readonly remove: (place: string) => unknown;
}

/** Every store. */
const stores: Readonly<Record<StoreName, Store>> = {
  'in memory': {
    newPlace: uniqueName,
    open: async () => new InMemorySessionService(),
    remove: () => {},
  },
  SQLite: {
    newPlace: () => mkdtempSync(join(tmpdir(), 'holdfast-history-')),
    open: (folder) =>
      SqliteSessionService.open({ url: `sqlite:${join(folder, 'chat.db')}`, driver: 'libsql' }),
    remove: (folder) => rmSync(folder, { recursive: true, force: true }),
  },
  PostgreSQL: {
    reach: () => runPostgres('SELECT 1'),
    newPlace: uniqueName,
    open: (schema) => PostgresSessionService.open({ url: POSTGRES_URL, schema }),
    remove: (schema) => runPostgres(`DROP SCHEMA "${schema}" CASCADE`),
  },
  'MySQL or MariaDB': {
    reach: () => runMysql('SELECT 1'),
    newPlace: () => `${uniqueName()}_`,
    open: (tablePrefix) => MysqlSessionService.open({ url: MYSQL_URL, tablePrefix }),
    remove(tablePrefix) {
      const tables = ['sessions', 'events', 'state', 'migrations'];
      return runMysql(`DROP TABLE ${tables.map((name) => tablePrefix + name).join(', ')}`);
    },
  },
  Redis: {
    reach: () => withRedis((redis) => redis.ping()),
    newPlace: uniqueName,
    open: (keyPrefix) => RedisSessionService.open({ url: REDIS_URL, keyPrefix }),
    remove: (keyPrefix) => withRedis((redis) => removeKeys(redis, keyPrefix)),
  },
};

/** Where a service keeps its sessions. */
export interface StoreAddress {
  readonly name: StoreName;
  readonly place: string;
}

export function openStore({ name, place }: StoreAddress): Promise<SessionService> {
  return stores[name].open(place);
}

function uniqueName(): string {
  return `history_${randomBytes(6).toString('hex')}`;
}

async function runPostgres(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

async function runMysql(sql: string): Promise<void> {
  const connection = await createConnection({ uri: MYSQL_URL, connectTimeout: 5_000 });
  await connection.query(sql).finally(() => connection.end());
}

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

async function isReachable({ reach }: Store): Promise<boolean> {
  if (reach === undefined || process.env['CI']) return true;
  return reach().then(
    () => true,
    () => false,
  );
}

/** Stores that a test of a file uses. After the tests they are closed, and all is removed. */
export interface OpenStores {
  readonly name: StoreName;
  /** A service with nothing in it. */
  open(): Promise<SessionService>;
  /** Another service over the same place; a new place if none is given. */
  openAt(address?: StoreAddress): Promise<readonly [SessionService, StoreAddress]>;
}

/**
 * A `describe` for each store. If its server cannot be reached, it shows as skipped; if `CI` is set, it
 * fails.
 */
export async function describeStores(
  body: (stores: OpenStores) => void,
  names = Object.keys(stores) as readonly StoreName[],
): Promise<void> {
  for (const name of names) {
    const store = stores[name];
    const isThere = await isReachable(store);
    describe.skipIf(!isThere)(`on ${name}${isThere ? '' : ' (no server)'}`, () => {
      const services: SessionService[] = [];
      const places = new Set<string>();
      afterAll(async () => {
        for (const service of services) await service.close();
        for (const place of places) await store.remove(place);
      });
      const openAt = async (address: StoreAddress = { name, place: store.newPlace() }) => {
        places.add(address.place);
        const service = await openStore(address);
        services.push(service);
        return [service, address] as const;
      };
      body({ name, openAt, open: async () => (await openAt())[0] });
    });
  }
}
