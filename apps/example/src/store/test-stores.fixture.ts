import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.fixture.ts';

/** The servers that the tests use. Each test file has databases of its own on them. */
const POSTGRES_URL =
  process.env['HOLDFAST_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const MYSQL_URL = process.env['HOLDFAST_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';
const REDIS_URL = process.env['HOLDFAST_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** A store of each kind that outlasts a process. */
export interface TestStore {
  readonly kind: 'sqlite' | 'postgres' | 'mysql' | 'redis';
  readonly url: string;
  /** Why it cannot be used; undefined where it can. */
  readonly missing: string | undefined;
}

interface Server {
  readonly url: string;
  readonly runSql: (statement: string) => Promise<unknown>;
  /** What follows the name in DROP DATABASE. */
  readonly drop: string;
}

// A process that was killed may still be connected, as far as the server knows.
const postgres: Server = { url: POSTGRES_URL, runSql: runOnPostgres, drop: ' WITH (FORCE)' };
const mysql: Server = { url: MYSQL_URL, runSql: runOnMysql, drop: '' };

/** Empty stores, which are gone after the tests of this file. */
export async function createTestStores(): Promise<readonly TestStore[]> {
  return [
    { kind: 'sqlite', url: `sqlite:${join(temporaryFolder(), 'chat.db')}`, missing: undefined },
    { kind: 'postgres', ...(await createDatabase(postgres)) },
    { kind: 'mysql', ...(await createDatabase(mysql)) },
    { kind: 'redis', ...(await takeRedisDatabase()) },
  ];
}

/** Fails without a server where `CI` is set; elsewhere the store says that it is missing. */
async function createDatabase(server: Server): Promise<Omit<TestStore, 'kind'>> {
  const name = `holdfast_example_${process.pid}_${randomBytes(4).toString('hex')}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  try {
    await server.runSql(`CREATE DATABASE ${name}`);
  } catch (error) {
    if (process.env['CI']) throw error;
    return { url: url.href, missing: `no database at ${server.url}: ${error}` };
  }
  afterAll(async () => {
    await server.runSql(`DROP DATABASE ${name}${server.drop}`);
  });
  return { url: url.href, missing: undefined };
}

/** One of the numbered databases: an empty one, or one in which a test has died. */
async function takeRedisDatabase(): Promise<Omit<TestStore, 'kind'>> {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    for (let db = 1; db < 16; db++) {
      await redis.select(db);
      // Who sets the mark has the database, until the mark is removed or forgotten.
      const isMine = (await redis.set(TAKEN, process.pid, 'EX', 900, 'NX')) !== null;
      if (!isMine) continue;
      const isForTests = (await redis.dbsize()) === 1 || (await redis.exists(FOR_TESTS)) === 1;
      if (isForTests) return await prepareRedisDatabase(redis, db);
      await redis.unlink(TAKEN);
    }
    throw new Error('none of the databases 1 to 15 is free');
  } catch (error) {
    redis.disconnect();
    if (process.env['CI']) throw error;
    return { url: REDIS_URL, missing: `no database at ${REDIS_URL}: ${error}` };
  }
}

const TAKEN = 'holdfast-example-test:taken';
const FOR_TESTS = 'holdfast-example-test:nothing-else-is-here';

async function prepareRedisDatabase(redis: Redis, db: number): Promise<Omit<TestStore, 'kind'>> {
  const empty = async (keep: readonly string[]) => {
    for await (const keys of redis.scanStream({ count: 1_000 })) {
      const gone = (keys as readonly string[]).filter((key) => !keep.includes(key));
      if (gone.length > 0) await redis.unlink(...gone);
    }
  };
  await empty([TAKEN]);
  await redis.set(FOR_TESTS, db);
  afterAll(async () => {
    await empty([]);
    await redis.quit();
  });
  const url = new URL(REDIS_URL);
  url.pathname = `/${db}`;
  return { url: url.href, missing: undefined };
}

async function runOnPostgres(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function runOnMysql(statement: string): Promise<void> {
  const connection = await createConnection({ uri: MYSQL_URL, connectTimeout: 5_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
