import { checkInteger } from '@holdfast/core';
import { checkTimeout } from './check-options.ts';

/** What a store over a pool of connections takes. */
export interface PoolStoreOptions {
  /** How long a call waits for a free connection, in ms. 10,000 where it is missing. */
  readonly acquireTimeout?: number | undefined;
}

/** What a store takes that opens a pool itself. */
export interface OpenPoolOptions {
  /** The most connections. 10 where it is missing. */
  readonly maxConnections?: number | undefined;
  /** Whether to create or update the tables. True where it is missing. */
  readonly migrate?: boolean | undefined;
}

const DEFAULT_ACQUIRE_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_CONNECTIONS = 10;

/** The option in ms; `invalid_argument` where it is out of range. */
export function checkAcquireTimeout(options: PoolStoreOptions): number {
  const { acquireTimeout = DEFAULT_ACQUIRE_TIMEOUT_MS } = options;
  return checkTimeout(acquireTimeout, { path: 'acquireTimeout', min: 1 });
}

/** The option as a number; `invalid_argument` where it is out of range. */
export function checkMaxConnections(options: OpenPoolOptions): number {
  const { maxConnections = DEFAULT_MAX_CONNECTIONS } = options;
  return checkInteger(maxConnections, { path: 'maxConnections', min: 1 });
}
