import { createHash } from 'node:crypto';
import { HoldfastError } from '@holdfast/core';
import { type Lease, queryOf, type SqlQuery, sql } from '@holdfast/sql';
import type { MysqlConnection } from './mysql2-client.ts';
import { runStatement } from './run-statement.ts';

const WAIT_S = 60;

// https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html#function_get-lock
const LONGEST_NAME = 64;

// Of all that can be set, and more than enough.
const SMALLEST_PACKET = 1024;

const takeLock = queryOf<string>(sql`SELECT GET_LOCK(${(name) => name}, ${String(WAIT_S)})`);
const releaseLock = queryOf<string>(sql`SELECT RELEASE_LOCK(${(name) => name})`);

export interface NamedLock {
  readonly name: string;
  /** The name counts within it. */
  readonly database: string | null;
}

/** Runs `body` while no other connection to the server has the lock; `unavailable` after a minute. */
export async function withLock<Result>(
  lease: Lease<MysqlConnection>,
  { lock, body }: { readonly lock: NamedLock; readonly body: () => Promise<Result> },
): Promise<Result> {
  const { connection } = lease;
  const name = serverName(lock);
  const run = async (query: SqlQuery) =>
    (await runStatement(connection, { query, maxPacketBytes: SMALLEST_PACKET })).rows[0]?.[0];
  if (Number(await run(takeLock(name))) !== 1) {
    throw new HoldfastError('unavailable', {
      message: `another process is migrating the tables: its lock, ${name}, was waited for ${WAIT_S} s at most`,
    });
  }
  try {
    return await body();
  } finally {
    // The lock ends with its connection.
    await run(releaseLock(name)).catch(() => {
      lease.isBroken = true;
    });
  }
}

function serverName({ name, database }: NamedLock): string {
  const full = `holdfast ${database ?? ''} ${name}`;
  if (Buffer.byteLength(full) <= LONGEST_NAME) return full;
  return `holdfast ${createHash('sha256').update(full).digest('hex').slice(0, 48)}`;
}
