import { checkString, invalidArgument } from '@holdfast/core/internal';
import { loadDriver } from '@holdfast/session/store';
import type { PoolSettings } from '@holdfast/sql';
import type { MysqlPool } from './mysql2-client.ts';

const opened = new WeakSet<object>();

/** Whether nobody else has a pool's connections: they are ours to set. */
export function isOpenedHere(client: object): boolean {
  return opened.has(client);
}

/** A pool of mysql2. It connects when it is used. */
export async function openPool(url: unknown, settings: PoolSettings): Promise<MysqlPool> {
  const uri = checkUrl(url);
  const { createPool } = await loadDriver('mysql2', () => import('mysql2/promise'));
  try {
    const pool = createPool({
      uri,
      connectionLimit: settings.maxConnections,
      connectTimeout: settings.connectTimeout,
      charset: 'UTF8MB4_UNICODE_CI',
      multipleStatements: true,
    });
    // A connection may meet a second error while its socket closes: mysql2 listens to the first one.
    pool.on('connection', (connection) => connection.on('error', () => {}));
    opened.add(pool);
    return pool;
  } catch (cause) {
    // A parameter that it does not take, or a `%` that is not encoded.
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw invalidArgument('url', `is not what mysql2 takes: ${problem}`, cause);
  }
}

/** The URL as it is; `invalid_argument` if it does not name a database of a server. */
function checkUrl(value: unknown): string {
  const url = checkString(value, 'url');
  if (!/^(?:mysql|mariadb):\/\//i.test(url) || !URL.canParse(url)) {
    throw invalidArgument('url', 'must begin with mysql:// or mariadb:// and be a URL');
  }
  if (!/^\/[^/]/.test(new URL(url).pathname)) {
    throw invalidArgument('url', 'must name a database: mysql://user:password@host:3306/database');
  }
  if (new URL(url).searchParams.has('resetOnRelease')) {
    throw invalidArgument(
      'url',
      'must not have resetOnRelease: what a connection is set to would be lost',
    );
  }
  return url;
}
