import { checkFlag, checkInteger, checkPlainObject, checkTimeout } from '@holdfast/core/internal';
import type { SessionServiceOptions } from '@holdfast/session';
import { checkClient, type RedisClient } from './redis-client.ts';
import { checkKeyPrefix } from './redis-keys.ts';

/** How many replicas must have a write before it is acknowledged. */
export interface WaitOptions {
  /** At least 1. */
  readonly replicas: number;
  /** How long to wait for them, in ms. @default 1_000 */
  readonly timeout?: number | undefined;
}

/** What `open` and the constructor take. */
export interface RedisStoreOptions extends SessionServiceOptions {
  /** What all keys begin with, followed by a colon. @default 'holdfast' */
  readonly keyPrefix?: string | undefined;
  /**
   * Whether what the server has acknowledged outlives it: only you know how it is set up. It
   * becomes the capability `persistent`. @default false
   */
  readonly persistent?: boolean | undefined;
  /** The replicas that a write waits for. @default none */
  readonly wait?: WaitOptions | undefined;
  /**
   * How long a script may take in all, in ms, before its call is `unavailable`. The time of
   * `wait` is added to it. @default 5_000
   */
  readonly callTimeout?: number | undefined;
}

export interface RedisSessionServiceOptions extends RedisStoreOptions {
  /** A `Redis` or a `Cluster` of ioredis. */
  readonly client: RedisClient;
  /** Whether `close()` ends the client as well. @default false */
  readonly closeClient?: boolean | undefined;
}

export interface OpenRedisOptions extends RedisStoreOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss://` for TLS, or `unix:///path` for a socket.
   * Several hosts, or `?cluster=true`, are a Cluster: `redis://host1:7000,host2:7000`.
   */
  readonly url: string;
}

/** The options of a store, checked. */
export interface CheckedOptions {
  /** How long a script may take, in ms, including the time that replicas are waited for. */
  readonly callTimeout: number;
  readonly wait: Required<WaitOptions> | undefined;
  readonly client: RedisClient;
  readonly closeClient: boolean;
  readonly keyPrefix: string;
  readonly persistent: boolean;
}

// A timer can wait for two of them.
const MAX_TIMEOUT_MS = 2 ** 30 - 1;

/** Checks all options but those of every service. */
export function checkOptions(options: RedisSessionServiceOptions): CheckedOptions {
  const { client, closeClient, keyPrefix, persistent } = options;
  return {
    client: checkClient(client),
    closeClient: checkFlag(closeClient, 'closeClient'),
    keyPrefix: checkKeyPrefix(keyPrefix),
    persistent: checkFlag(persistent, 'persistent'),
    ...checkLimits(options),
  };
}

export function checkLimits({ callTimeout = 5_000, wait }: RedisStoreOptions) {
  const own = checkTimeout(callTimeout, { path: 'callTimeout', max: MAX_TIMEOUT_MS });
  if (wait === undefined) return { callTimeout: own, wait };
  checkPlainObject(wait, 'wait');
  const { replicas, timeout = 1_000 } = wait as WaitOptions;
  const checked = {
    replicas: checkInteger(replicas, { path: 'wait.replicas', min: 1, max: 1_000 }),
    // Redis takes 0 for a wait without end.
    timeout: checkTimeout(timeout, { path: 'wait.timeout', max: MAX_TIMEOUT_MS }),
  };
  return { callTimeout: own + checked.timeout, wait: checked };
}
