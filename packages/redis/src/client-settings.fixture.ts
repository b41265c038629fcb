import { type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { CLIENT_OPTIONS } from './client-options.fixture.ts';
import type { RedisClient } from './redis-client.ts';

/** How a client was set up that is brought, and what becomes of a service over it. */
export interface ClientSetting {
  readonly setting: string;
  /** Whose option it is. */
  readonly driver: string;
  /** The value that is tried. */
  readonly tried: string;
  /**
   * `pinned`: the service sees to it that answers stay the same; `refused`: with `code`, and the
   * message names it; `harmless`: answers are the same anyway.
   */
  readonly effect: 'pinned' | 'refused' | 'harmless';
  /** Of a refusal: by the constructor if it is `invalid_argument`, otherwise by the first call. */
  readonly code?: 'invalid_argument' | 'misconfigured';
  /** What the message of a refusal names if it is not the setting. */
  readonly names?: string;
  /** The options of a `Redis`; absent if it is about a `Cluster`. */
  readonly redis?: RedisOptions;
  /** The options of a `Cluster`. */
  readonly cluster?: ClusterOptions;
  /** What is brought in place of the client itself. */
  readonly bring?: (client: Redis) => unknown;
  /** Changes a class of the driver, for all clients, and gives back what takes it back. */
  readonly patch?: () => () => void;
}

class OwnRedis extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    return super.sendCommand(...args);
  }
}

const boundProxy = (client: object) =>
  new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** What a client is, or what has become of it. */
const STATES: readonly ClientSetting[] = [
  state('a duplicate', { bring: (client) => client.duplicate() }),
  state('a class derived from Redis', {
    bring: ({ options }) => new OwnRedis(options as object),
  }),
  state('a Proxy', { bring: (client) => new Proxy(client, {}) }),
  state('a Proxy that binds functions', { bring: boundProxy }),
  state('a client that answers with bytes', {
    bring: (client): RedisClient => ({
      eval: (...args) => client.callBuffer('eval', ...args),
      evalsha: (...args) => client.callBuffer('evalsha', ...args),
      pipeline: (commands) => client.pipeline(commands),
      quit: () => client.quit(),
      disconnect: () => client.disconnect(),
    }),
    effect: 'refused',
    names: 'changes what the server answers',
  }),
  state('a client that takes INFO apart', {
    bring: (client) => Object.assign(client, { info: async () => ({ redis_version: '7.0.0' }) }),
    effect: 'refused',
    names: 'INFO',
  }),
  state('a pipeline', {
    bring: (client) => client.pipeline(),
    effect: 'refused',
    code: 'invalid_argument',
    names: 'pipeline',
  }),
  state('a transaction', {
    bring: (client) => client.multi(),
    effect: 'refused',
    code: 'invalid_argument',
    names: 'pipeline',
  }),
  state('a client that has begun a transaction', {
    bring: async (client) => {
      await client.multi({ pipeline: false });
      return client;
    },
    effect: 'refused',
    names: 'MULTI',
  }),
  state('a client that watches a key', {
    bring: async (client) => {
      await client.watch('own');
      return client;
    },
  }),
  state('a client that has chosen another database', {
    bring: async (client) => {
      await client.select(4);
      return client;
    },
  }),
  state('a subscriber, by protocol 2', {
    redis: { protocol: 2 },
    bring: async (client) => {
      await client.subscribe('own');
      return client;
    },
    effect: 'refused',
    names: 'subscriber',
  }),
  state('a subscriber, by protocol 3', {
    redis: { protocol: 3 },
    bring: async (client) => {
      await client.subscribe('own');
      return client;
    },
  }),
  state('a monitor', {
    bring: (client) => client.monitor(),
    effect: 'refused',
    code: 'invalid_argument',
    names: 'monitor',
  }),
  state('a client of another package', {
    bring: () => ({ evalSha() {}, multi() {}, isReady: true }),
    effect: 'refused',
    code: 'invalid_argument',
    names: 'ioredis',
  }),
];

const COMMANDS = ['evalsha', 'eval', 'info', 'select', 'ping', 'wait'];

/** What changes all clients of a process. */
const CLASSES: readonly ClientSetting[] = [
  {
    setting: 'Command.setReplyTransformer',
    driver: 'ioredis',
    tried: 'for each command',
    effect: 'pinned',
    redis: { db: 2 },
    patch: () => {
      for (const name of COMMANDS) Redis.Command.setReplyTransformer(name, () => 'changed');
      return () => {
        for (const name of COMMANDS) delete transformers().reply[name];
      };
    },
  },
  ...['evalsha', 'eval'].map(
    (name): ClientSetting => ({
      setting: 'Command.setArgumentTransformer',
      driver: 'ioredis',
      tried: `for ${name}`,
      effect: 'refused',
      redis: {},
      names: 'setArgumentTransformer',
      patch: () => {
        Redis.Command.setArgumentTransformer(name, (args: unknown[]) => args);
        return () => {
          delete transformers().argument[name];
        };
      },
    }),
  ),
];

/** Everything about a client that might change an answer, or how a command is sent. */
export const CLIENT_SETTINGS: readonly ClientSetting[] = [...CLIENT_OPTIONS, ...STATES, ...CLASSES];

function state(tried: string, details: Partial<ClientSetting>): ClientSetting {
  return { setting: 'client', driver: 'ioredis', tried, effect: 'harmless', redis: {}, ...details };
}

type Transformers = Record<'argument' | 'reply', Record<string, unknown>>;

function transformers(): Transformers {
  return (Redis.Command as unknown as { _transformer: Transformers })._transformer;
}
