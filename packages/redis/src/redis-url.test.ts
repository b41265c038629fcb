import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

const one = {
  path: undefined,
  isCluster: false,
  tls: false,
  username: undefined,
  password: undefined,
  db: 0,
  family: undefined,
  connectionName: undefined,
  protocol: undefined,
};

describe('a URL of one server, or a socket, is read as ioredis reads it', () => {
  const urls = [
    'redis://localhost',
    'redis://localhost/',
    'redis://',
    'redis:///2',
    'redis://host:7000/3',
    'redis://host/3/',
    'redis://host:/1',
    ' redis://host:7000/3\n'.trim(),
    'rediss://host:7000/3',
    'rediss://me:p%40ss%2F%3A%23%3F%25@db.example:7000/3',
    'redis://me@host',
    'redis://me:@host',
    'redis://:only@host',
    'redis://me:a:b@host',
    'redis://me:a@b@host',
    'redis://me:p+w%20@host',
    "redis://me:!$&'()*,;=~@host",
    'redis://me:p%C3%A9%F0%9D%84%9E@host',
    'redis://[::1]',
    'redis://[::1]:7000/1',
    'redis://:only@[2001:db8::1]:7000',
    'redis://127.0.0.1:7000',
    'redis://my_host-1.example:7000',
    'redis://host?db=3',
    'redis://host/3?db=3',
    'redis://host?family=6',
    'redis://host?family=4&db=1',
    'redis://host?connectionName=own',
    'redis://host?username=me&password=p%40ss%2B',
    'redis://me:pass@host?password=pass',
    '//host:7000/1',
    '//:pass@host',
    'host:7000',
    'redis:7000',
    'host:7000?family=6',
    '[::1]:7000',
    '7000',
    '/path/to.sock',
    '/path/to.sock?db=2&password=p%40ss&username=me',
    '/path/with blank, é, %20 and @.sock',
  ];
  for (const url of urls) {
    it(url, () => {
      const { options } = new Redis(url, { lazyConnect: true });
      const { nodes, ...said } = parseRedisUrl(url);
      expect({ ...said, ...nodes[0] }).toStrictEqual({
        ...one,
        ...(options.path === undefined && { host: options.host, port: options.port }),
        path: options.path,
        tls: Boolean(options.tls),
        username: options.username || undefined,
        password: options.password || undefined,
        db: options.db,
        family: options.family || undefined,
        connectionName: options.connectionName ?? undefined,
      });
    });
  }
});

describe('a URL is read as it is meant, where ioredis reads it by halves', () => {
  const socket = { ...one, nodes: [], path: '/run/redis/r.sock' };
  const server = { ...one, nodes: [{ host: 'host', port: 6379 }] };
  const meant: Readonly<Record<string, object>> = {
    'unix:///run/redis/r.sock': socket,
    'unix:/run/redis/r.sock': socket,
    'UNIX:///run/redis/r.sock?db=2': { ...socket, db: 2 },
    'unix://me:p%40ss@/run/redis/r.sock': { ...socket, username: 'me', password: 'p@ss' },
    'unix:///run/r%20%C3%A9%3F.sock': { ...socket, path: '/run/r é?.sock' },
    'REDISS://host': { ...server, tls: true },
    'redis://host?protocol=2': { ...server, protocol: 2 },
    'redis://host\n': server,
  };
  for (const [url, address] of Object.entries(meant)) {
    it(url, () => expect(parseRedisUrl(url)).toStrictEqual(address));
  }
});

it('takes several hosts, or what is called one, for a Cluster', () => {
  const nodes = [
    { host: 'a', port: 1 },
    { host: '::1', port: 2 },
    { host: 'b', port: 6379 },
  ];
  const cluster = { ...one, nodes, isCluster: true };
  expect(parseRedisUrl('redis://a:1,[::1]:2,b')).toStrictEqual(cluster);
  expect(parseRedisUrl('rediss://me:p%2Css@a:1,[::1]:2,b/0?family=6')).toStrictEqual({
    ...cluster,
    tls: true,
    username: 'me',
    password: 'p,ss',
    family: 6,
  });
  expect(parseRedisUrl('redis://a:1?cluster=true')).toStrictEqual({
    ...one,
    nodes: nodes.slice(0, 1),
    isCluster: true,
  });
});

describe('a URL is refused, and the message says what it was taken for, never the password', () => {
  const wrong: readonly (readonly [url: unknown, message: string])[] = [
    [undefined, 'undefined'],
    [7, 'got 7'],
    ['', 'text without a scheme'],
    ['myhost', 'text without a scheme'],
    ['r.sock', 'text without a scheme'],
    ['http://localhost', '"http"'],
    ['postgres://me:secret@host/db', '"postgres"'],
    ['redis+unix:///r.sock', '"redis+unix"'],
    ['redis-socket:///r.sock', '"redis-socket"'],
    ['host:7000/2', '"host"'],
    ['unix:r.sock', 'whole path'],
    ['unix://r.sock', 'whole path'],
    ['unix://host/r.sock', 'whole path'],
    ['unix:///', 'whole path'],
    ['unix:///r.sock?cluster=true', 'socket'],
    ['redis://host:99999', '"host:99999"'],
    ['redis://host:0', '"host:0"'],
    ['redis://:secret@host:x', '"host:x"'],
    ['redis://my host', '"my host"'],
    ['redis://::1', '"::1"'],
    ['redis://[::x]', '"[::x]"'],
    ['redis://[1:2]', '"[1:2]"'],
    ['redis://a,,b', '""'],
    ['redis://:secret@a:1,b:2/1', 'database 0'],
    ['redis://:secret@host/one', '"one"'],
    ['redis://:secret@host/1/2', '"1/2"'],
    ['redis://host/tmp/r.sock', 'unix:///path'],
    ['redis://host/1?db=2', 'one database'],
    ['redis://host?db=one', 'db, which must be the number of a database'],
    ['redis://host?protocol=4', 'protocol, which must be 2 or 3'],
    ['redis://host?connectionName=a%20b', 'connectionName, which must be letters'],
    ['redis://host?family=5', 'family, which must be 4 or 6, or 0 for both'],
    ['redis://host?db=1&db=1', 'db once'],
    ['redis://:secret@host?tls=true', 'begin the URL with rediss://'],
    ['redis://:secret@host?keyPrefix=a', 'give the option keyPrefix'],
    ['redis://:secret@host?stringNumbers=true', '"stringNumbers"'],
    ['redis://host?__proto__=a', '"__proto__"'],
    ['redis://:secret@host?cluster=yes', 'cluster, which must be true'],
    ['redis://:secret@host?password=secret2', 'one password'],
    ['redis://:secret%@host', '%25'],
    ['redis://:secret@', 'host after'],
    ['redis://:secret@/1', 'host after'],
    ['redis://:sec/secret@host', 'percent-encoded'],
    ['redis://:sec?secret@host', 'percent-encoded'],
    ['redis://:sec?x=secret@host', 'percent-encoded'],
    ['redis://:sec#secret@host', 'percent-encoded'],
    ['redis://host#secret', 'percent-encoded'],
    ['redis://:secret@a:1,:secret@b:2', 'before all hosts'],
  ];
  for (const [url, message] of wrong) {
    it(String(url), () => {
      expect(() => parseRedisUrl(url)).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          path: 'url',
          message: expect.stringContaining(message),
        }),
      );
      expect(() => parseRedisUrl(url)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      );
    });
  }
});
