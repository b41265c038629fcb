import { HoldfastError } from '@holdfast/core';
import {
  absorbErrors,
  poolSource,
  readInteger,
  readRows,
  type SqlResult,
  sharedListening,
  singleSource,
} from '@holdfast/sql';
import { borrowFromPool, socketOf } from './borrow-from-pool.ts';
import { cancelQuery } from './cancel-query.ts';
import type { PostgresQuery, PostgresValue } from './compose-statements.ts';
import type { PgClient, PgPool, PgPoolClient, PgResult } from './pg-driver.ts';
import type { PostgresConnections } from './postgres-driver.ts';

type AnyClient = Omit<PgClient, 'end'>;

// One or two are an oversight. If it is all of them, a new one would be no better.
const MAX_FOREIGN_TRANSACTIONS = 10;

/**
 * Listens to the errors of a pool, and of each of its connections from the moment in which it is
 * handed out: the pool stops listening then, and whoever waits for the connection is told a little
 * later. What the server has sent meanwhile may be that it ends the connection.
 */
const absorbPoolErrors = sharedListening<PgPool>((pool) => {
  const stopAbsorbing = absorbErrors(pool);
  const borrowed = new Map<PgPoolClient, () => void>();
  const onAcquire = (client: PgPoolClient) => {
    borrowed.set(client, absorbErrors(client));
  };
  // The pool listens again.
  const onRelease = (_error: unknown, client: PgPoolClient) => {
    borrowed.get(client)?.();
    borrowed.delete(client);
  };
  pool.on('acquire', onAcquire);
  pool.on('release', onRelease);
  return () => {
    pool.off('acquire', onAcquire);
    pool.off('release', onRelease);
    for (const stop of borrowed.values()) stop();
    stopAbsorbing();
  };
});

/** The connections of a pool of `pg`. `owned`: the pool is ended in the end. */
export function pgPool(pool: PgPool, { owned }: { readonly owned: boolean }) {
  const stopAbsorbing = absorbPoolErrors(pool);
  const source = poolSource<PgPoolClient>({
    owned,
    async acquire(wait) {
      for (let i = 0; i < MAX_FOREIGN_TRANSACTIONS && wait.isWanted(); i++) {
        const client = await borrowFromPool(pool, wait);
        if (!isInTransaction(client)) return client;
        // Somebody gave it back too early: it is of no use to anyone.
        client.release(true);
      }
      throw foreignTransaction('the connections of the pool are');
    },
    release: (client) => client.release(),
    destroy(client) {
      cancelQuery(client, { types: AS_TEXT });
      client.release(true);
    },
    end: () => pool.end(),
    socketOf,
  });
  // A pool that has ended may still meet an error while its sockets close.
  const end = async () => (owned ? await source.end() : stopAbsorbing());
  return { source: { ...source, end }, run, runFirst } satisfies PostgresConnections<PgPoolClient>;
}

/** One connection of `pg`. `owned`: it is ended in the end. */
export function pgClient(client: PgClient, { owned }: { readonly owned: boolean }) {
  const source = singleSource<PgClient>({
    owned,
    connection: client,
    identity: client,
    end: () => client.end(),
    // To end one that is idle would be to wait for its server.
    destroy: () => cancelQuery(client, { types: AS_TEXT }),
    socketOf,
  });
  return { source, run, runFirst } satisfies PostgresConnections<PgClient>;
}

/**
 * Runs a statement that begins a call. What the owner of a connection has asked it before is
 * waited for, because it may begin a transaction. From the last look on, nobody comes between.
 */
async function runFirst(client: AnyClient, query: PostgresQuery): Promise<SqlResult> {
  if (isBinary(client)) {
    throw new HoldfastError('misconfigured', {
      message: 'the option binary of pg is set, and pg reads its results as text',
    });
  }
  while (isBusy(client)) await run(client, { text: '', values: [] });
  if (isInTransaction(client)) throw foreignTransaction('the connection is');
  return await run(client, query);
}

/** Whether `pg` asks for results in a form that it then takes for text: most of them get lost. */
export function isBinary(options: object): boolean {
  return Boolean((options as { readonly binary?: unknown }).binary);
}

/** Results as the server writes them, whatever parsers the owner of a connection has set. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

async function run(client: AnyClient, { text, values, name }: PostgresQuery): Promise<SqlResult> {
  const result: PgResult | undefined = await client.query({
    text,
    values: values as PostgresValue[],
    name,
    rowMode: 'array',
    types: AS_TEXT,
  });
  const count = result?.rowCount;
  // What counts no rows has null, and NaN in pg-native.
  const changes = count === null || Number.isNaN(count) ? 0 : readInteger(count);
  return { rows: readRows(result?.rows), changes };
}

/**
 * Whether somebody else has begun a transaction on a connection that is idle now. What is written
 * into it is theirs to take back, and our COMMIT would end it.
 */
function isInTransaction(client: AnyClient): boolean {
  const status = client.getTransactionStatus?.() ?? 'I';
  return status !== 'I';
}

function foreignTransaction(subject: string): HoldfastError {
  return new HoldfastError('unsupported', {
    message: `${subject} in a transaction of somebody else`,
  });
}

/**
 * Whether it has been asked something that is not answered yet. `pg` says so in these alone, and older
 * versions in the first alone. One that has answered with an error may not be ready yet.
 */
function isBusy(client: AnyClient): boolean {
  type Inside = {
    readonly readyForQuery?: boolean;
    readonly _activeQuery?: unknown;
    readonly _queryQueue?: readonly unknown[];
  };
  const { readyForQuery, _activeQuery, _queryQueue } = client as Inside;
  return readyForQuery === false && (_activeQuery !== null || _queryQueue?.length !== 0);
}
