import type { SecureContextOptions } from 'node:tls';
import { invalidArgument, isError } from '@holdfast/core/internal';
import { driverExport, driverLoadError } from '@holdfast/session/store';
import { checkParameters, checkUrl, type PoolSettings, withoutParameters } from '@holdfast/sql';
import type { MysqlPool } from './mysql2-client.ts';
import { mysql2Parameters } from './mysql2-parameters.ts';

// The driver makes room for as many with each connection, half a MB for its own 16,000. Far fewer are
// prepared.
const STATEMENTS = 500;

const opened = new WeakSet<object>();

/** Whether nobody else has a pool's connections: they are ours to set. */
export function isOpenedHere(client: object): boolean {
  return opened.has(client);
}

/** A pool of mysql2. It connects when it is used. */
export async function openPool(url: unknown, settings: PoolSettings): Promise<MysqlPool> {
  const uri = checkMysqlUrl(url);
  const createPool = await loadCreatePool();
  try {
    const { searchParams } = new URL(uri);
    await checkTls(searchParams.get('ssl'));
    const pool = createPool({
      uri,
      connectionLimit: settings.maxConnections,
      connectTimeout: settings.connectTimeout,
      charset: 'UTF8MB4_UNICODE_CI',
      multipleStatements: true,
      // What is given here counts more than what is in the URL.
      ...(!searchParams.has('maxPreparedStatements') && { maxPreparedStatements: STATEMENTS }),
    });
    // A connection may meet a second error while its socket closes: mysql2 listens to the first one.
    pool.on('connection', (connection) => connection.on('error', () => {}));
    opened.add(pool);
    return pool;
  } catch (cause) {
    // A parameter that it does not take, or a `%` that is not encoded.
    const problem = isError(cause) ? cause.message : String(cause);
    throw invalidArgument('url', `is not what mysql2 takes: ${problem}`, cause);
  }
}

/** Throws what TLS has against a certificate or a key: mysql2 would fail with it again and again. */
async function checkTls(ssl: string | null): Promise<void> {
  if (ssl === null || !/^\s*\{/.test(ssl)) return;
  const { createSecureContext } = await import('node:tls');
  createSecureContext(parseTls(ssl));
}

function parseTls(text: string): SecureContextOptions {
  try {
    return JSON.parse(text) as SecureContextOptions;
  } catch {
    // Its error would have a part of the text in it, which may be a key.
    throw new TypeError('ssl is not JSON: its names, too, must be in double quotes');
  }
}

async function loadCreatePool(): Promise<typeof import('mysql2/promise').createPool> {
  try {
    return driverExport(await import('mysql2/promise'), 'createPool');
  } catch (cause) {
    throw driverLoadError('mysql2', cause);
  }
}

const EXAMPLE = '//user:password@host:3306/database';

/** Undefined if it is none. The error would have the URL in it, with the password. */
function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** The URL as mysql2 is to have it; `invalid_argument` if it does not name a database of a server. */
function checkMysqlUrl(value: unknown): string {
  const schemes = ['mysql', 'mariadb', 'mysql2'] as const;
  const url = checkUrl(value, { driver: 'mysql2', schemes: [...schemes], example: EXAMPLE });
  const parsed = parseUrl(url);
  if (parsed === undefined) {
    throw invalidArgument(
      'url',
      `is not a URL, such as mysql:${EXAMPLE}: it needs one host, localhost for a socketPath, and what is special in a user or a password must be encoded, such as %40 for an @`,
    );
  }
  const { hostname, pathname } = parsed;
  if (hostname.includes(',')) {
    throw invalidArgument('url', 'names several hosts, and mysql2 connects to one alone');
  }
  if (/^%2f/i.test(hostname)) {
    throw invalidArgument(
      'url',
      'has the path of a socket as its host: write mysql://user:password@localhost/database?socketPath=/path/of.sock',
    );
  }
  if (!/^\/[^/]/.test(pathname)) {
    throw invalidArgument('url', `must name a database: mysql:${EXAMPLE}`);
  }
  const parameters = mysql2Parameters(parsed);
  checkParameters(url, parameters);
  // mysql2 would say on the console that it does not know them.
  return withoutParameters(url, { ...parameters.harmless, ...parameters.used });
}
