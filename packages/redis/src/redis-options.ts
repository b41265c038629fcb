import type { RedisClient } from './redis-client.ts';
import type { WaitOptions } from './script-runner.ts';

/** What `open` and the constructor take. */
export interface RedisStoreOptions {
  /** What all keys begin with, and a colon after it: `holdfast` where it is missing. */
  readonly keyPrefix?: string | undefined;
  /**
   * Whether what the server has acknowledged outlives it: it is you who knows how it is set up.
   * It becomes the capability `persistent`. False where it is missing.
   */
  readonly persistent?: boolean | undefined;
  /** How many replicas must have a write before it is acknowledged. None where it is missing. */
  readonly wait?: WaitOptions | undefined;
  /** How long a script may take in all, in ms, before a call is `unavailable`. 5,000 where it is missing. */
  readonly callTimeout?: number | undefined;
  /** The most bytes of an event as JSON, and of the state in other calls. 8 MiB where it is missing. */
  readonly maxEventBytes?: number | undefined;
  /** The clock, in epoch ms. `Date.now` where it is missing. */
  readonly now?: (() => number) | undefined;
}

export interface RedisSessionServiceOptions extends RedisStoreOptions {
  /** A `Redis` or a `Cluster` of ioredis. */
  readonly client: RedisClient;
  /** Whether `close()` ends it, too. False where it is missing. */
  readonly closeClient?: boolean | undefined;
}

export interface OpenRedisOptions extends RedisStoreOptions {
  /**
   * `redis://user:password@host:6379/0`, or `rediss://` for TLS. Several hosts, or
   * `?cluster=true`, are a Cluster: `redis://host1:7000,host2:7000`.
   */
  readonly url: string;
}
