import { HoldfastError } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import { driverExport, driverLoadError } from '@holdfast/session/store';
import { checkParameters, checkUrl, type PoolSettings } from '@holdfast/sql';
import type { PgPool } from './pg-driver.ts';
import { type PgTarget, pgParameters } from './pg-parameters.ts';
import { isFileError, translateError } from './postgres-error.ts';

/** A pool of `pg`. It connects when it is used. */
export async function openPool(url: unknown, settings: PoolSettings): Promise<PgPool> {
  const connectionString = checkBeginning(url);
  const { Client, Pool } = await loadDriver();
  await checkTls(checkTarget(connectionString, () => new Client({ connectionString })));
  return new Pool({
    connectionString,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeout,
    keepAlive: true,
    // What waits for nothing does not keep a process running, if nobody has closed the service.
    allowExitOnIdle: true,
  });
}

async function loadDriver(): Promise<Pick<typeof import('pg'), 'Client' | 'Pool'>> {
  try {
    const module = await import('pg');
    return { Client: driverExport(module, 'Client'), Pool: driverExport(module, 'Pool') };
  } catch (cause) {
    throw driverLoadError('pg', cause);
  }
}

/** `pg` also takes the folder of a socket, and behind a blank the name of a database. */
function checkBeginning(url: unknown): string {
  if (typeof url === 'string' && url.startsWith('/')) {
    if (!url.includes('?')) return url;
    throw invalidArgument(
      'url',
      'is the folder of a socket, behind which pg reads no parameters: write socket:/folder?db=database',
    );
  }
  return checkUrl(url, {
    driver: 'pg',
    schemes: ['postgres', 'postgresql', 'socket'],
    example: '//user:password@host:5432/database',
  });
}

interface Target extends PgTarget {
  readonly port: number;
  readonly ssl?: unknown;
}

/**
 * `invalid_argument` if `pg` cannot make anything of a URL, or makes something of it that nobody
 * means; `misconfigured` if a file that it names cannot be read.
 */
function checkTarget(url: string, parse: () => Target): Target {
  const target = parseBy(parse);
  const { host, port } = target;
  if (!(port >= 1 && port <= 65_535)) {
    throw invalidArgument('url', 'has a port that is not one: it must be from 1 to 65535');
  }
  if (host.includes(',')) {
    throw invalidArgument('url', 'names several hosts, and pg connects to one alone');
  }
  if (/\/\.s\.PGSQL\.\d+$/.test(host)) {
    throw invalidArgument('url', 'must name the folder of a socket, not the socket in it');
  }
  checkParameters(url, pgParameters(url, target));
  return target;
}

/** `misconfigured` if a file holds no certificate or no key: `pg` would fail with it again and again. */
async function checkTls({ ssl }: Target): Promise<void> {
  if (typeof ssl !== 'object' || ssl === null) return;
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext(ssl);
  } catch (cause) {
    throw new HoldfastError('misconfigured', {
      message: `a file that the URL names holds no certificate or key: ${(cause as Error).message}`,
      cause,
    });
  }
}

function parseBy(parse: () => Target): Target {
  try {
    return parse();
  } catch (cause) {
    if (isFileError(cause)) throw translateError(cause);
    // An older version of pg puts the URL into its error, with the password.
    const { message } = cause as Error;
    throw invalidArgument(
      'url',
      `is not what pg takes: ${message}. It connects to one host, and what is special in a user or a password must be encoded, such as %40 for an @`,
    );
  }
}
