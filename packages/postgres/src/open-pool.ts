import { describeType, HoldfastError, invalidArgument } from '@holdfast/core';
import type { PgPool } from './pg-driver.ts';

export interface PoolSettings {
  readonly url: unknown;
  readonly maxConnections: number;
  /** In ms. */
  readonly connectTimeout: number;
}

/** A pool of `pg`. It connects when it is used. */
export async function openPool(settings: PoolSettings): Promise<PgPool> {
  const { url, maxConnections, connectTimeout } = settings;
  if (typeof url !== 'string') {
    throw invalidArgument('url', `must be a string, got ${describeType(url)}`);
  }
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) {
    throw invalidArgument('url', 'must begin with postgres:// and be a URL');
  }
  const { Pool } = await loadPg();
  return new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
  });
}

async function loadPg() {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw new HoldfastError('unsupported', {
      message: 'the driver is not there: `npm install pg`',
      cause,
    });
  }
}
