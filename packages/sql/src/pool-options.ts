import { checkFlag, checkInteger, checkTimeout } from '@holdfast/core/internal';
import type { SqlSessionService } from './sql-session-service.ts';

/** What a store over connections to a server takes. */
export interface PoolStoreOptions {
  /**
   * How long a call waits for a free connection, in ms, before it is `unavailable`.
   * @default 10_000
   */
  readonly acquireTimeout?: number | undefined;
  /**
   * How long a call to the server may take in all, in ms. Past that its connection is destroyed
   * and it is `unavailable`; what was to be written may be written. A migration has ten minutes.
   * @default 30_000
   */
  readonly callTimeout?: number | undefined;
}

/** What a store takes that opens a pool itself. */
export interface OpenPoolOptions {
  /** The most connections. @default 10 */
  readonly maxConnections?: number | undefined;
  /** Whether to create or update the tables. @default true */
  readonly migrate?: boolean | undefined;
}

/** How long calls wait, in ms. */
export type PoolTimeouts = Required<{ readonly [Key in keyof PoolStoreOptions]: number }>;

/** The timeouts of a store; `invalid_argument` if one is out of range. */
export function checkPoolTimeouts(options: PoolStoreOptions): PoolTimeouts {
  const { acquireTimeout = 10_000, callTimeout = 30_000 } = options;
  return {
    acquireTimeout: checkTimeout(acquireTimeout, { path: 'acquireTimeout' }),
    callTimeout: checkTimeout(callTimeout, { path: 'callTimeout' }),
  };
}

/** How a pool is opened. */
export interface PoolSettings {
  readonly maxConnections: number;
  /** How long a connection may take to be made, in ms. */
  readonly connectTimeout: number;
}

/** Opens a service over a pool of its own, and brings the tables up to date or looks at them. */
export async function openOverPool<Pool, Service extends SqlSessionService>(
  options: OpenPoolOptions & PoolStoreOptions,
  open: {
    readonly pool: (settings: PoolSettings) => Promise<Pool>;
    /** A service that ends the pool. */
    readonly service: (pool: Pool) => Service;
  },
): Promise<Service> {
  const { migrate = true, maxConnections = 10 } = options;
  checkFlag(migrate, 'migrate');
  checkInteger(maxConnections, { path: 'maxConnections', min: 1 });
  const { acquireTimeout, callTimeout } = checkPoolTimeouts(options);
  const connectTimeout = Math.min(acquireTimeout, callTimeout);
  const service = open.service(await open.pool({ maxConnections, connectTimeout }));
  try {
    await (migrate ? service.migrate() : service.checkSchema());
    return service;
  } catch (error) {
    await service.close().catch(() => {});
    throw error;
  }
}
