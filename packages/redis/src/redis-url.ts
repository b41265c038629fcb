import { isIPv6 } from 'node:net';
import { describeType, invalidArgument } from '@holdfast/core/internal';
import { parseParameters, type UrlParameters } from './url-parameters.ts';

/** What a URL says. */
export interface RedisAddress {
  /** Of one server the only one; of a Cluster those to begin with. None of a socket. */
  readonly nodes: readonly RedisNode[];
  /** The file of a Unix socket. */
  readonly path: string | undefined;
  readonly isCluster: boolean;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  /** How names of hosts are looked up: as IPv4, IPv6, or both (0). */
  readonly family: number | undefined;
  readonly connectionName: string | undefined;
  readonly protocol: 2 | 3 | undefined;
}

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const SCHEME = /^(?<scheme>[a-z][a-z\d+.-]*):(?:\/\/)?/i;
// As in any URL, the last @ ends the user and the password, unless a path begins before.
const PARTS = /^(?:(?<login>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;
const HOST = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^\s[\]:,<>^|\\%"`{}]+))(?::(?<port>\d{0,5}))?$/i;

/**
 * Reads every URL that ioredis reads: `redis://user:password@host:6379/0`, `rediss://` for TLS,
 * `unix:///path` or `/path` for a socket, `//host`, `host:port` and a mere port. Several hosts are
 * a Cluster, and so is one with `?cluster=true`. What is wrong is `invalid_argument` that says
 * what it was taken for; no message has the password in it.
 */
export function parseRedisUrl(url: unknown): RedisAddress {
  if (typeof url !== 'string') {
    throw invalidArgument('url', `must be a string, got ${describeType(url)}`);
  }
  const text = withScheme(url.trim());
  const scheme = SCHEME.exec(text)?.groups?.['scheme']?.toLowerCase() ?? '';
  const isSocket = scheme === 'unix';
  if (!isSocket && !/^rediss?:\/\//i.test(text)) throw unknownScheme(scheme);
  const rest = text.replace(SCHEME, '');
  const parts = PARTS.exec(rest)?.groups;
  // A slash or a question mark in a password would let the rest of it pass for something else.
  const isCut = /@/.test(`${parts?.['path'] ?? ''}${parts?.['query'] ?? ''}`);
  if (parts === undefined || isCut) {
    throw invalidArgument(
      'url',
      'must have "@", "/", "?" and "#" percent-encoded in what it names',
    );
  }
  const { hosts = '', path = '', query } = parts;
  const login = loginOf(parts['login']);
  const parameters = parseParameters(query, login);
  return isSocket
    ? socketAt({ hosts, path }, parameters)
    : serversAt({ hosts, path, tls: scheme === 'rediss', login: parts['login'] }, parameters);
}

/** What ioredis takes without a scheme, with the one that it means. */
function withScheme(text: string): string {
  if (/^\/(?!\/)/.test(text)) {
    const encode = (file: string) => file.replace(/[%#@]/g, encodeURIComponent);
    return text.replace(/^[^?]*/, (file) => `unix:${encode(file)}`);
  }
  if (text.startsWith('//')) return `redis:${text}`;
  if (/^\d{1,5}$/.test(text)) return `redis://localhost:${text}`;
  return /^(?:[\w.-]+|\[[^\]]*\]):\d{1,5}(?:$|\?)/.test(text) ? `redis://${text}` : text;
}

function unknownScheme(scheme: string) {
  const taken = scheme === '' ? 'text without a scheme' : `a URL of ${JSON.stringify(scheme)}`;
  return invalidArgument(
    'url',
    `must begin with redis://, rediss:// or unix://, such as redis://user:password@host:6379/0; it was taken for ${taken}`,
  );
}

function socketAt(
  { hosts, path }: { readonly hosts: string; readonly path: string },
  { isCluster, db = 0, family: _, ...parameters }: UrlParameters,
): RedisAddress {
  if (hosts !== '' || path === '' || path === '/') {
    throw invalidArgument(
      'url',
      'must have the whole path of a socket: unix:///path/to/redis.sock',
    );
  }
  if (isCluster) throw invalidArgument('url', 'must name hosts of a Cluster, not a socket');
  const file = decode(path);
  return { ...parameters, nodes: [], path: file, isCluster, tls: false, db, family: undefined };
}

interface ServerParts {
  readonly hosts: string;
  readonly path: string;
  readonly tls: boolean;
  readonly login: string | undefined;
}

function serversAt({ hosts, path, tls, login }: ServerParts, parameters: UrlParameters) {
  if (hosts === '' && login !== undefined) {
    throw invalidArgument('url', 'must name a host after the "@"');
  }
  if (/@.*,/.test(login ?? '')) {
    throw invalidArgument('url', 'must have the user and password once, before all hosts');
  }
  const nodes = (hosts || 'localhost').split(',').map(parseHost);
  const isCluster = parameters.isCluster || nodes.length > 1;
  const own = /^\/?(?<db>\d{0,9})\/?$/.exec(path)?.groups?.['db'];
  if (own === undefined) {
    throw invalidArgument(
      'url',
      `must name a database by its number, got ${JSON.stringify(path.slice(1))}; a socket is unix:///path`,
    );
  }
  const { db = Number(own) } = parameters;
  if (own !== '' && db !== Number(own)) throw invalidArgument('url', 'must name one database');
  if (isCluster && db !== 0) throw invalidArgument('url', 'must name database 0 of a Cluster');
  return { ...parameters, nodes, path: undefined, isCluster, tls, db };
}

function parseHost(text: string): RedisNode {
  const parts = HOST.exec(text)?.groups;
  const v6 = parts?.['v6'];
  const host = v6 ?? parts?.['name'];
  const port = Number(parts?.['port'] || 6379);
  const isWrong = (v6 !== undefined && !isIPv6(v6)) || port < 1 || port > 65_535;
  if (host === undefined || isWrong) {
    throw invalidArgument('url', `must name hosts and ports, got ${JSON.stringify(text)}`);
  }
  return { host, port };
}

/** The user and the password before the @; a part that is empty is left out. */
function loginOf(text = ''): Pick<UrlParameters, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username: decode(user) || undefined, password: decode(password) || undefined };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument('url', 'must be percent-encoded: "%" itself is %25');
  }
}
