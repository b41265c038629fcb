import { checkString, invalidArgument } from '@holdfast/core/internal';
import { loadDriver } from '@holdfast/session/store';
import type { PoolSettings } from '@holdfast/sql';
import type { PgPool } from './pg-driver.ts';

/** A pool of `pg`. It connects when it is used. */
export async function openPool(url: unknown, settings: PoolSettings): Promise<PgPool> {
  const connectionString = checkString(url, 'url');
  if (!/^postgres(?:ql)?:\/\//i.test(connectionString) || !URL.canParse(connectionString)) {
    throw invalidArgument('url', 'must begin with postgres:// and be a URL');
  }
  const { Pool } = (await loadDriver('pg', () => import('pg'))).default;
  return new Pool({
    connectionString,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeout,
    keepAlive: true,
    // What waits for nothing does not keep a process running, if nobody has closed the service.
    allowExitOnIdle: true,
  });
}
