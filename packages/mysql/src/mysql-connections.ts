import type { Socket } from 'node:net';
import { type ConnectionSource, poolSource, singleSource } from '@holdfast/sql';
import {
  identityOf,
  type MysqlConnection,
  type MysqlDriverClient,
  type MysqlPool,
  type MysqlPoolConnection,
  type MysqlSingleConnection,
} from './mysql2-client.ts';
import { isOpenedHere } from './open-pool.ts';

/** What a client is made of. */
export interface MysqlConnections {
  readonly source: ConnectionSource<MysqlConnection>;
  readonly isSingle: boolean;
}

/** The connections of a client; undefined if it is neither a pool nor a connection with promises. */
export function connectionsOf(
  client: MysqlDriverClient,
  { owned }: { readonly owned: boolean },
): MysqlConnections | undefined {
  const { promise } = (client ?? {}) as { readonly promise?: unknown };
  const inner: Partial<MysqlPool & MysqlSingleConnection> | undefined =
    typeof promise === 'function' ? promise.call(client) : client;
  // The package mariadb throws where nobody can catch it if it is asked as mysql2 is.
  if (typeof (inner as { readonly batch?: unknown } | undefined)?.batch === 'function') {
    return undefined;
  }
  if (typeof inner?.getConnection === 'function') {
    // A cluster is asked for one of its pools, and what has callbacks is asked for nothing else.
    if (inner.getConnection.length > 0) return undefined;
    return { source: mysqlPool(inner as MysqlPool, { owned }), isSingle: false };
  }
  if (typeof inner?.query !== 'function' || typeof inner.execute !== 'function') return undefined;
  const source = mysqlConnection(inner as MysqlSingleConnection, { owned });
  return { source, isSingle: true };
}

/** The connections of a pool of mysql2. `owned`: the pool is ended in the end. */
export function mysqlPool(
  pool: MysqlPool,
  { owned }: { readonly owned: boolean },
): ConnectionSource<MysqlConnection> {
  // What waits for nothing does not keep a process running, if nobody has closed the service.
  const letProcessEnd = isOpenedHere(pool);
  return poolSource<MysqlPoolConnection>({
    owned,
    async acquire() {
      const connection = await pool.getConnection();
      if (letProcessEnd) socketOf(connection)?.ref();
      return connection;
    },
    release(connection) {
      if (letProcessEnd) socketOf(connection)?.unref();
      connection.release();
    },
    destroy: (connection) => connection.destroy(),
    end: async () => await pool.end?.(),
    socketOf,
  });
}

/** One connection of mysql2. `owned`: it is ended in the end. */
function mysqlConnection(
  connection: MysqlSingleConnection,
  { owned }: { readonly owned: boolean },
): ConnectionSource<MysqlConnection> {
  return singleSource<MysqlConnection>({
    owned,
    connection,
    identity: identityOf(connection),
    end: () => connection.end(),
    destroy: () => connection.destroy(),
    socketOf,
  });
}

/**
 * Whether a connection loses what its session was set to when it is given back: an option of pools, of
 * newer versions of mysql2.
 */
export function isResetOnRelease(connection: MysqlConnection): boolean {
  type Inside = { readonly _pool?: { readonly config?: { readonly resetOnRelease?: unknown } } };
  return (identityOf(connection) as Inside)._pool?.config?.resetOnRelease === true;
}

/** It is not asked of a driver, but mysql2 has it: its `destroy` waits for the server's goodbye. */
function socketOf(connection: MysqlConnection) {
  type Inside = { readonly connection?: { readonly stream?: Socket } };
  return (connection as Inside).connection?.stream;
}
