import type { ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { ClientSetting } from './client-settings.fixture.ts';

type Details = Partial<Omit<ClientSetting, 'setting' | 'driver' | 'redis' | 'cluster'>>;
type Tried = readonly [value: unknown, details?: Details];

/** Those that say where a server is and how to reach it; they have no part in its answers. */
const elsewhere: readonly Tried[] = [];
const prefix = { names: 'keyPrefix', code: 'invalid_argument', effect: 'refused' } as const;
const ownScript = { lua: 'return 1', numberOfKeys: 0 };

/** Each option of a `Redis`. */
const REDIS_OPTIONS: Readonly<Record<keyof RedisOptions, readonly Tried[]>> = {
  autoPipeliningIgnoredCommands: [[['evalsha']]],
  autoResendUnfulfilledCommands: [[false]],
  autoResubscribe: [[false]],
  blockingTimeout: [[1]],
  blockingTimeoutGrace: [[1]],
  clientInfoTag: [['own']],
  commandQueue: [[false]],
  commandTimeout: [[4_000]],
  connectTimeout: [[4_000]],
  connectionName: [['own']],
  Connector: elsewhere,
  db: [[3]],
  disableClientInfo: [[true]],
  disconnectTimeout: [[1]],
  enableAutoPipelining: [[true]],
  enableOfflineQueue: [[false]],
  enableReadyCheck: [[false]],
  enableTLSForSentinelMode: elsewhere,
  failoverDetector: [[true]],
  family: [[4]],
  himportFieldsets: [[[], { tried: '[]' }]],
  host: elsewhere,
  keepAlive: [[0]],
  keyPrefix: [
    ['own:'],
    [Buffer.from('é:'), { tried: 'bytes' }],
    ['{own}:', prefix],
    [Buffer.from('{own}:'), { ...prefix, tried: 'bytes with braces' }],
  ],
  lazyConnect: [[true]],
  maxLoadingRetryTime: [[1]],
  maxRetriesPerRequest: [[null], [0]],
  monitor: [[true, { effect: 'refused', code: 'invalid_argument' }]],
  name: elsewhere,
  natMap: elsewhere,
  noDelay: [[false]],
  offlineQueue: [[false]],
  password: elsewhere,
  path: elsewhere,
  port: elsewhere,
  preferredSlaves: elsewhere,
  protocol: [[2], [3]],
  readOnly: [[true]],
  reconnectOnError: [
    [() => false, { tried: '() => false' }],
    [() => 2, { tried: '() => 2' }],
  ],
  replyMapping: [['legacy'], ['resp3']],
  retryStrategy: [[() => null, { tried: '() => null' }]],
  role: [['slave']],
  scripts: [
    [{ own: ownScript }, { tried: 'one named own' }],
    ...['evalsha', 'eval', 'pipeline', 'info', 'select', 'quit'].map(
      (name): Tried => [
        { [name]: ownScript },
        { tried: `one named ${name}`, effect: 'refused', code: 'invalid_argument', names: name },
      ],
    ),
  ],
  sentinelCommandTimeout: elsewhere,
  sentinelMaxConnections: elsewhere,
  sentinelPassword: elsewhere,
  sentinelReconnectStrategy: elsewhere,
  sentinelRetryStrategy: elsewhere,
  sentinelTLS: elsewhere,
  sentinelUsername: elsewhere,
  sentinels: elsewhere,
  showFriendlyErrorStack: [[true]],
  socketTimeout: [[4_000]],
  stringNumbers: [[true, { effect: 'pinned' }]],
  tls: elsewhere,
  updateSentinels: elsewhere,
  username: elsewhere,
};

const nested = (redisOptions: RedisOptions): Tried => [
  redisOptions,
  { tried: JSON.stringify(redisOptions).replaceAll('"', '').replaceAll(':', ': ') },
];

/** Each option of a `Cluster`. */
const CLUSTER_OPTIONS: Readonly<Record<keyof ClusterOptions, readonly Tried[]>> = {
  autoPipeliningIgnoredCommands: [[['evalsha']]],
  clusterNodeRetryStrategy: [[() => 50, { tried: '() => 50' }]],
  clusterRetryStrategy: [[() => null, { tried: '() => null' }]],
  dnsLookup: [[(host: string, done: (error: null, ip: string) => void) => done(null, host), fn()]],
  enableAutoPipelining: [[true, { effect: 'pinned' }]],
  enableOfflineQueue: [[false]],
  enableReadyCheck: [[false]],
  himportFieldsets: [[[], { tried: '[]' }]],
  keyPrefix: [['own:'], ['{own}:', prefix]],
  lazyConnect: [[true]],
  maxRedirections: [[2]],
  natMap: [[hostAndPort, fn()]],
  redisOptions: [
    nested({ stringNumbers: true }),
    nested({ keyPrefix: 'own:' }),
    [{ keyPrefix: '{own}:' }, { ...prefix, tried: '{ keyPrefix: {own}: }' }],
    nested({ enableAutoPipelining: true }),
    nested({ enableOfflineQueue: false }),
    nested({ protocol: 2 }),
    nested({ replyMapping: 'resp3', protocol: 3 }),
    nested({ readOnly: true }),
    nested({ commandTimeout: 4_000 }),
    nested({ maxRetriesPerRequest: 0 }),
    nested({ showFriendlyErrorStack: true }),
  ],
  resolveSrv: elsewhere,
  retryDelayOnClusterDown: [[1]],
  retryDelayOnFailover: [[1]],
  retryDelayOnMoved: [[50]],
  retryDelayOnTryAgain: [[1]],
  scaleReads: [
    ['slave'],
    ['all'],
    [(nodes: readonly Redis[]) => nodes.at(-1), { tried: 'a function that takes a replica' }],
  ],
  scripts: [
    [{ own: ownScript }, { tried: 'one named own' }],
    [
      { evalsha: ownScript },
      { tried: 'one named evalsha', effect: 'refused', code: 'invalid_argument', names: 'evalsha' },
    ],
  ],
  shardedSubscribers: [[true]],
  showFriendlyErrorStack: [[true]],
  slotsRefreshInterval: [[50]],
  slotsRefreshTimeout: [[4_000]],
  useSRVRecords: elsewhere,
};

/** Every option that ioredis has: one that it gets later is missing here, and does not compile. */
export const CLIENT_OPTIONS: readonly ClientSetting[] = [
  ...rows('redis', REDIS_OPTIONS),
  ...rows('cluster', CLUSTER_OPTIONS),
];

function rows(
  kind: 'redis' | 'cluster',
  options: Readonly<Record<string, readonly Tried[]>>,
): readonly ClientSetting[] {
  return Object.entries(options).flatMap(([name, all]) =>
    all.map(
      ([value, details]): ClientSetting => ({
        setting: name,
        driver: kind === 'redis' ? 'ioredis' : 'a Cluster of ioredis',
        tried: String(value),
        effect: 'harmless',
        names: name,
        [kind]: { [name]: value },
        ...details,
      }),
    ),
  );
}

function fn(): Details {
  return { tried: 'a function' };
}

function hostAndPort(key: string) {
  const [host = '', port] = key.split(':');
  return { host, port: Number(port) };
}
