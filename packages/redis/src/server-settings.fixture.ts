import type { RedisOptions } from 'ioredis';

/** A setting of a server, and what becomes of a service with it. */
export interface ServerSetting {
  readonly setting: string;
  /** The values that are tried. */
  readonly tried: string;
  /**
   * `pinned`: the service sees to it that answers stay the same; `refused`: its calls are
   * `misconfigured`, and the message names it; `harmless`: answers are the same anyway.
   */
  readonly effect: 'pinned' | 'refused' | 'harmless';
  /** For the command line of a server. */
  readonly server?: readonly string[];
  /** Commands for a server that runs. */
  readonly commands?: readonly (readonly string[])[];
  /** Options of a `Redis` that is brought. */
  readonly client?: RedisOptions;
  /** The code of a refusal if it is not `misconfigured`. */
  readonly code?: 'unavailable';
  /** What the message names if it is not the setting. */
  readonly names?: string;
}

const harmless = (setting: string, ...values: readonly string[]): ServerSetting => ({
  setting,
  tried: values.map((value) => value || "''").join(', '),
  effect: 'harmless',
  server: [`--${setting}`, ...values.slice(0, 1)],
  ...(values.length > 1 && {
    commands: values.slice(1).map((value) => ['CONFIG', 'SET', setting, value]),
  }),
});

const renamed = (command: string, effect: 'refused' | 'harmless' = 'refused'): ServerSetting => ({
  setting: `rename-command ${command}`,
  tried: "''",
  effect,
  server: ['--rename-command', command, ''],
  names: command,
});

const LIMITED = ['ACL', 'SETUSER', 'limited', 'on', '>pass', '~*', '+@all'];

const denied = (command: string, effect: 'refused' | 'harmless' = 'refused'): ServerSetting => ({
  setting: `ACL without ${command}`,
  tried: `-${command.toLowerCase()}`,
  effect,
  commands: [[...LIMITED, `-${command.toLowerCase()}`]],
  names: command,
});

/** Every setting that might change an answer, tried for real. */
export const SERVER_SETTINGS: readonly ServerSetting[] = [
  harmless('appendonly', 'yes', 'no'),
  harmless('appendfsync', 'always', 'no'),
  harmless('save', '1 1'),
  harmless('stop-writes-on-bgsave-error', 'no'),
  harmless('maxmemory', '1gb'),
  {
    setting: 'maxmemory-policy',
    tried: 'volatile-lru',
    effect: 'harmless',
    server: ['--maxmemory', '1gb', '--maxmemory-policy', 'volatile-lru'],
  },
  ...['allkeys-lru', 'allkeys-lfu', 'allkeys-random'].map(
    (policy): ServerSetting => ({
      setting: 'maxmemory-policy',
      tried: policy,
      effect: 'refused',
      server: ['--maxmemory', '1gb', '--maxmemory-policy', policy],
    }),
  ),
  harmless('list-max-listpack-size', '1', '-1', '-5'),
  harmless('list-compress-depth', '1'),
  harmless('hash-max-listpack-entries', '1', '0', '100000'),
  harmless('hash-max-listpack-value', '1', '1000000'),
  harmless('zset-max-listpack-entries', '1', '0', '100000'),
  harmless('zset-max-listpack-value', '1', '1000000'),
  harmless('set-max-intset-entries', '1'),
  harmless('busy-reply-threshold', '1', '0'),
  harmless('proto-max-bulk-len', '1mb'),
  harmless('client-query-buffer-limit', '1mb'),
  harmless('client-output-buffer-limit', 'normal 16mb 8mb 60'),
  harmless('maxmemory-clients', '50%'),
  harmless('timeout', '1'),
  harmless('tcp-keepalive', '1'),
  harmless('hz', '500'),
  harmless('dynamic-hz', 'no'),
  harmless('databases', '1'),
  harmless('io-threads', '2'),
  harmless('lazyfree-lazy-user-del', 'yes'),
  harmless('lazyfree-lazy-expire', 'yes'),
  harmless('activerehashing', 'no'),
  harmless('notify-keyspace-events', 'KEA'),
  harmless('slowlog-log-slower-than', '0'),
  harmless('latency-tracking', 'no'),
  harmless('protected-mode', 'no'),
  harmless('replica-serve-stale-data', 'no'),
  harmless('min-replicas-max-lag', '1'),
  harmless('maxclients', '20'),
  harmless('oom-score-adj', 'no'),
  renamed('INFO', 'harmless'),
  ...['COMMAND', 'CONFIG', 'ACL', 'CLIENT', 'SCRIPT'].map((name) => renamed(name, 'harmless')),
  ...['EVALSHA', 'EVAL', 'HGET', 'HSET', 'RPUSH', 'ZADD', 'UNLINK', 'SET'].map((name) =>
    renamed(name),
  ),
  ...['INFO', 'COMMAND', 'CONFIG', 'ACL', 'CLIENT'].map((name) => denied(name, 'harmless')),
  ...['EVALSHA', 'EVAL', 'HGET', 'HSET', 'RPUSH', 'ZADD', 'RPOP', 'ZREM'].map((name) =>
    denied(name),
  ),
  {
    setting: 'ACL without keys',
    tried: 'resetkeys',
    effect: 'refused',
    commands: [[...LIMITED, 'resetkeys']],
    names: 'permission',
  },
  {
    setting: 'requirepass',
    tried: 'a password that the client does not have',
    effect: 'refused',
    server: ['--requirepass', 'secret'],
    names: 'password',
  },
  {
    setting: 'replica-read-only',
    tried: 'no, on a replica',
    effect: 'refused',
    server: ['--replicaof', '127.0.0.1', '1', '--replica-read-only', 'no'],
  },
  {
    setting: 'replicaof',
    tried: 'a master',
    effect: 'refused',
    code: 'unavailable',
    server: ['--replicaof', '127.0.0.1', '1'],
    names: 'replica|connection',
  },
  {
    setting: 'min-replicas-to-write',
    tried: '1, without a replica',
    effect: 'refused',
    code: 'unavailable',
    server: ['--min-replicas-to-write', '1'],
    names: 'too few replicas',
  },
  {
    setting: 'maxmemory',
    tried: '1 byte, with noeviction',
    effect: 'refused',
    code: 'unavailable',
    commands: [['CONFIG', 'SET', 'maxmemory', '1']],
    names: 'out of memory',
  },
  {
    setting: 'cluster-enabled',
    tried: 'yes, with the client of one server',
    effect: 'refused',
    server: ['--cluster-enabled', 'yes'],
    names: 'Cluster',
  },
  {
    setting: 'databases',
    tried: 'fewer than the database of the client',
    effect: 'refused',
    server: ['--databases', '2'],
    client: { db: 5 },
    names: 'database',
  },
];
