import { expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

const one = {
  isCluster: false,
  tls: false,
  username: undefined,
  password: undefined,
  db: 0,
};

it('reads what a URL says of one server', () => {
  expect(parseRedisUrl('redis://localhost')).toStrictEqual({
    ...one,
    nodes: [{ host: 'localhost', port: 6379 }],
  });
  expect(parseRedisUrl('rediss://me:p%40ss%2F@db.example:7000/3')).toStrictEqual({
    nodes: [{ host: 'db.example', port: 7000 }],
    isCluster: false,
    tls: true,
    username: 'me',
    password: 'p@ss/',
    db: 3,
  });
  expect(parseRedisUrl('redis://:only@[::1]:7000/')).toStrictEqual({
    ...one,
    nodes: [{ host: '::1', port: 7000 }],
    password: 'only',
  });
});

it('takes several hosts, or what is called one, for a Cluster', () => {
  const nodes = [
    { host: 'a', port: 1 },
    { host: 'b', port: 6379 },
  ];
  expect(parseRedisUrl('redis://a:1,b')).toStrictEqual({ ...one, nodes, isCluster: true });
  expect(parseRedisUrl('redis://a:1?cluster=true')).toStrictEqual({
    ...one,
    nodes: [{ host: 'a', port: 1 }],
    isCluster: true,
  });
});

it('refuses what is no such URL, and never tells the password', () => {
  const wrong = [
    undefined,
    7,
    '',
    'http://localhost',
    'redis://',
    'redis://host:99999',
    'redis://host:0',
    'redis://:secret@host:x',
    'redis://:secret@a:1,b:2/1',
    'redis://:secret@host/one',
    'redis://:secret@host?tls=true',
    'redis://:secret@host?cluster=yes',
    'redis://:secret%@host',
    'redis://:secret@',
  ];
  for (const url of wrong) {
    expect(() => parseRedisUrl(url)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        path: 'url',
        message: expect.not.stringContaining('secret'),
      }),
    );
  }
});
