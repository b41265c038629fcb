import type { Socket } from 'node:net';
import { HoldfastError } from '@holdfast/core';
import { absorbErrors, poolSource, type SqlResult, singleSource } from '@holdfast/sql';
import type { PostgresQuery, PostgresValue } from './compose-statements.ts';
import type { PgClient, PgPool, PgPoolClient } from './pg-driver.ts';
import type { PostgresConnections } from './postgres-driver.ts';

type AnyClient = Omit<PgClient, 'end'>;

/** The connections of a pool of `pg`. `owned`: the pool is ended in the end. */
export function pgPool(pool: PgPool, { owned }: { readonly owned: boolean }) {
  const stopAbsorbing = absorbErrors(pool);
  const source = poolSource<PgPoolClient>({
    owned,
    async acquire() {
      let client = await pool.connect();
      // Somebody gave it back too early: it is of no use to anyone.
      while (isInTransaction(client)) {
        client.release(true);
        client = await pool.connect();
      }
      return client;
    },
    release: (client) => client.release(),
    destroy: (client) => client.release(true),
    end: () => pool.end(),
    socketOf,
  });
  // A pool that has ended may still meet an error while its sockets close.
  const end = async () => (owned ? await source.end() : stopAbsorbing());
  return { source: { ...source, end }, run } satisfies PostgresConnections<PgPoolClient>;
}

/** One connection of `pg`. `owned`: it is ended in the end. */
export function pgClient(client: PgClient, { owned }: { readonly owned: boolean }) {
  const source = singleSource<PgClient>({
    owned,
    connection: client,
    identity: client,
    end: () => client.end(),
    // To end one that is idle would be to wait for its server.
    destroy() {},
    socketOf,
  });
  const acquire = async () => {
    await source.acquire();
    if (!isInTransaction(client)) return client;
    source.release(client);
    throw new HoldfastError('unsupported', {
      message: 'the connection is in a transaction of somebody else',
    });
  };
  return { source: { ...source, acquire }, run } satisfies PostgresConnections<PgClient>;
}

async function run(client: AnyClient, { text, values, name }: PostgresQuery): Promise<SqlResult> {
  const { rows, rowCount } = await client.query({
    text,
    values: values as PostgresValue[],
    name,
    rowMode: 'array',
  });
  return { rows: rows as unknown[][], changes: rowCount ?? 0 };
}

/**
 * Whether somebody else has begun a transaction on a connection that is idle now. What is written
 * into it is theirs to take back, and our COMMIT would end it.
 */
function isInTransaction(client: AnyClient): boolean {
  const status = client.getTransactionStatus?.() ?? 'I';
  return status !== 'I';
}

/** It is not asked of a driver, but `pg` has it. */
function socketOf(client: AnyClient) {
  type Inside = { readonly connection?: { readonly stream?: Socket } };
  return (client as Inside).connection?.stream;
}
