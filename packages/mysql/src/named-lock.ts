import { createHash } from 'node:crypto';
import { HoldfastError } from '@holdfast/core';
import type { MysqlConnection } from './mysql-driver.ts';
import { ConnectionSpoiled } from './mysql-error.ts';
import { writeLiterals } from './mysql-literals.ts';
import { runText } from './run-statement.ts';

const WAIT_S = 60;

// https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html#function_get-lock
const LONGEST_NAME = 64;

export interface NamedLock {
  readonly name: string;
  /** The name counts within it. */
  readonly database: string | null;
}

/** Runs `body` while no other connection to the server has the lock; `unavailable` after a minute. */
export async function withLock<Result>(
  connection: MysqlConnection,
  { lock, body }: { readonly lock: NamedLock; readonly body: () => Promise<Result> },
): Promise<Result> {
  const name = serverName(lock);
  const take = { text: `SELECT GET_LOCK(?, ${WAIT_S})`, values: [name] };
  const { rows } = await runText(connection, writeLiterals(take));
  if (Number(rows[0]?.[0]) !== 1) {
    throw new HoldfastError('unavailable', {
      message: `the lock ${name} was not to be had within ${WAIT_S} s`,
    });
  }
  try {
    return await body();
  } finally {
    await release(connection, name);
  }
}

async function release(connection: MysqlConnection, name: string): Promise<void> {
  try {
    await runText(connection, writeLiterals({ text: 'SELECT RELEASE_LOCK(?)', values: [name] }));
  } catch (cause) {
    // The lock ends with its connection.
    throw new ConnectionSpoiled('the lock could not be released', { cause });
  }
}

function serverName({ name, database }: NamedLock): string {
  const full = `holdfast ${database ?? ''} ${name}`;
  if (Buffer.byteLength(full) <= LONGEST_NAME) return full;
  return `holdfast ${createHash('sha256').update(full).digest('hex').slice(0, 48)}`;
}
