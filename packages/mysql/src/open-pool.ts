import { describeType, HoldfastError, invalidArgument } from '@holdfast/core';
import type { MysqlPool } from './mysql-driver.ts';

export interface PoolSettings {
  readonly url: unknown;
  readonly maxConnections: number;
  /** In ms. */
  readonly connectTimeout: number;
}

/** A pool of mysql2. It connects when it is used. */
export async function openPool(settings: PoolSettings): Promise<MysqlPool> {
  const { maxConnections, connectTimeout } = settings;
  const uri = checkUrl(settings.url);
  const { createPool } = await loadDriver();
  try {
    return createPool({
      uri,
      connectionLimit: maxConnections,
      connectTimeout,
      charset: 'UTF8MB4_UNICODE_CI',
      multipleStatements: true,
    });
  } catch (cause) {
    // A parameter that it does not take, or a `%` that is not encoded.
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw invalidArgument('url', `is not what mysql2 takes: ${problem}`, cause);
  }
}

/** The URL as it is; `invalid_argument` where it does not name a database of a server. */
function checkUrl(url: unknown): string {
  if (typeof url !== 'string') {
    throw invalidArgument('url', `must be a string, got ${describeType(url)}`);
  }
  if (!/^(?:mysql|mariadb):\/\//i.test(url) || !URL.canParse(url)) {
    throw invalidArgument('url', 'must begin with mysql:// or mariadb:// and be a URL');
  }
  if (!/^\/[^/]/.test(new URL(url).pathname)) {
    throw invalidArgument('url', 'must name a database: mysql://user:password@host:3306/database');
  }
  return url;
}

async function loadDriver() {
  try {
    return await import('mysql2/promise');
  } catch (cause) {
    throw new HoldfastError('unsupported', {
      message: 'the driver is not there: `npm install mysql2`',
      cause,
    });
  }
}
