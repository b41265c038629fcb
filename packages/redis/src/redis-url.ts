import { describeType, invalidArgument } from '@holdfast/core/internal';

/** What a URL says. */
export interface RedisAddress {
  /** Of one server the only one; of a Cluster those to begin with. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isCluster: boolean;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
}

const SHAPE =
  /^(?<scheme>rediss?):\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<db>\d{0,9}))?(?:\?(?<query>[^#]*))?$/i;
const HOST = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^[\]:,]+))(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads `redis://user:password@host:6379/0`. Several hosts are a Cluster, and so is one with
 * `?cluster=true`. What is wrong is `invalid_argument`; no message has the password in it.
 */
export function parseRedisUrl(url: unknown): RedisAddress {
  if (typeof url !== 'string') {
    throw invalidArgument('url', `must be a string, got ${describeType(url)}`);
  }
  const parts = SHAPE.exec(url)?.groups;
  if (parts === undefined) {
    throw invalidArgument('url', 'must be like redis://user:password@host:6379/0, or rediss://');
  }
  const nodes = (parts['hosts'] ?? '').split(',').map(parseHost);
  const isCluster = isClusterQuery(parts['query']) || nodes.length > 1;
  const db = Number(parts['db'] || 0);
  if (isCluster && db !== 0) throw invalidArgument('url', 'must name database 0 of a Cluster');
  return {
    nodes,
    isCluster,
    tls: parts['scheme']?.toLowerCase() === 'rediss',
    username: decode(parts['user']),
    password: decode(parts['password']),
    db,
  };
}

function parseHost(text: string): { readonly host: string; readonly port: number } {
  const parts = HOST.exec(text)?.groups;
  const host = parts?.['v6'] ?? parts?.['name'];
  const port = Number(parts?.['port'] ?? 6379);
  if (host === undefined || port < 1 || port > 65_535) {
    throw invalidArgument('url', `must name hosts and ports, got ${JSON.stringify(text)}`);
  }
  return { host, port };
}

/** Whether a query says cluster=true; it may say nothing else. */
function isClusterQuery(query: string | undefined): boolean {
  const params = new URLSearchParams(query);
  const other = [...params.keys()].find((name) => name !== 'cluster');
  if (other !== undefined) {
    throw invalidArgument('url', `must have no parameter ${JSON.stringify(other)}`);
  }
  const cluster = params.get('cluster');
  if (cluster !== null && cluster !== 'true') {
    throw invalidArgument('url', 'must say cluster=true, or nothing of it');
  }
  return cluster === 'true';
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument('url', 'must have its user and password percent-encoded');
  }
}
