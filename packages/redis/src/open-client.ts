import { driverExport, driverLoadError, realTimers } from '@holdfast/session/store';
import type { Cluster, Redis } from 'ioredis';
import { letGo } from './let-go.ts';
import type { RedisClient, RedisPipeline } from './redis-client.ts';
import { translateError } from './redis-error.ts';
import { parseRedisUrl } from './redis-url.ts';

const RECONNECT_MS = 100;
const CLUSTER_RETRY_MS = 50;

/**
 * A client that connects at once, and again whenever it has lost its server. `callTimeout` is how
 * long a call may take, in ms.
 */
export async function openClient(url: unknown, callTimeout: number): Promise<OpenedClient> {
  const address = parseRedisUrl(url);
  const { nodes, path, isCluster, tls, username, password, db, family, protocol } = address;
  // A little less than the call itself may take, so that its error can say why.
  const patience = Math.max(1, Math.floor(callTimeout * 0.9));
  const redisOptions = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    ...(family !== undefined && { family }),
    ...(protocol !== undefined && { protocol }),
    connectionName: address.connectionName ?? 'holdfast',
    connectTimeout: patience,
    // A connection on which no answer comes any more is destroyed, and made again: late answers
    // would hold up those of later calls. ioredis has it since 5.4.
    socketTimeout: patience,
    // A call that was under way when its connection was lost fails at once, and is never sent
    // later: by then its caller has been told that it failed, and may have gone on.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // It asks for INFO, which may be renamed; calls wait for a server that is loading, anyway.
    enableReadyCheck: false,
    // After a fail-over a name may stand for another server.
    reconnectOnError: (error: Error) => /\bREADONLY\b/.test(error.message),
  };
  const ioredis = await loadDriver();
  if (!isCluster) {
    const retryStrategy = () => RECONNECT_MS;
    const server = path === undefined ? nodes[0] : { path };
    const driver = new ioredis.Redis({ ...redisOptions, ...server, db, retryStrategy });
    return new OpenedClient(driver, patience);
  }
  const driver = new ioredis.Cluster([...nodes], {
    redisOptions,
    // The names in a certificate are those that the nodes call themselves; and only the connection
    // itself knows which family of addresses is meant.
    ...((tls || family !== undefined) && { dnsLookup: (host, callback) => callback(null, host) }),
    slotsRefreshTimeout: patience,
    clusterRetryStrategy: () => RECONNECT_MS,
    // While a slot moves, or a replica takes over: as long as the call may take.
    retryDelayOnTryAgain: CLUSTER_RETRY_MS,
    retryDelayOnClusterDown: CLUSTER_RETRY_MS,
    retryDelayOnFailover: CLUSTER_RETRY_MS,
    maxRedirections: Math.max(16, Math.ceil(callTimeout / CLUSTER_RETRY_MS)),
  });
  return new OpenedClient(driver, patience);
}

async function loadDriver(): Promise<Pick<typeof import('ioredis'), 'Cluster' | 'Redis'>> {
  try {
    const module = await import('ioredis');
    return { Cluster: driverExport(module, 'Cluster'), Redis: driverExport(module, 'Redis') };
  } catch (cause) {
    throw driverLoadError('ioredis', cause);
  }
}

/**
 * A client of ioredis, and when it is connected: calls wait for that here, rather than that the
 * driver keeps their commands for later. While nobody waits for it, it does not keep the process
 * running.
 */
export class OpenedClient implements RedisClient {
  readonly driver: RedisClient & (Redis | Cluster);
  readonly #patience: number;
  #lastError: Error | undefined;
  // A server that has refused a part of the introduction is ready, and yet not to be used.
  #refusal: Error | undefined;
  readonly #waiting = new Set<(error?: Error) => void>();

  /** `patience` is how long to wait for a connection, in ms. */
  constructor(driver: Redis | Cluster, patience: number) {
    this.driver = driver as RedisClient & (Redis | Cluster);
    this.#patience = patience;
    const keepError = (error: Error) => {
      this.#lastError = error;
    };
    // Without a listener the driver would write to the console.
    driver.on('node error', keepError);
    driver.on('error', (error: Error) => {
      keepError(error);
      // It would be refused again and again.
      if (translateError(error, this).code !== 'misconfigured') return;
      this.#refusal = error;
      this.#wake(error);
    });
    driver.on('connecting', () => {
      this.#refusal = undefined;
    });
    driver.on('ready', () => {
      if (this.#refusal === undefined) this.#wake();
    });
    letGo(driver);
    driver.on('+node', (node: Redis) => letGo(node));
  }

  get isCluster(): boolean {
    return this.driver.isCluster;
  }

  /** Waits for a connection; undefined if there is one. Rejects with the reason if none is made. */
  whenReady(): Promise<void> | undefined {
    if (this.driver.status === 'ready') {
      return this.#refusal === undefined ? undefined : Promise.reject(this.#refusal);
    }
    return new Promise((resolve, reject) => {
      const wake = (error?: Error) => {
        (timer as NodeJS.Timeout).close();
        this.#waiting.delete(wake);
        if (error === undefined) resolve();
        else reject(error);
      };
      const timer = realTimers.setTimeout(() => {
        wake(this.#lastError ?? new Error(`not connected after ${this.#patience} ms`));
      }, this.#patience);
      this.#waiting.add(wake);
    });
  }

  evalsha(sha: string, numberOfKeys: number, ...rest: string[]): Promise<unknown> {
    return this.driver.evalsha(sha, numberOfKeys, ...rest);
  }

  eval(script: string, numberOfKeys: number, ...rest: string[]): Promise<unknown> {
    return this.driver.eval(script, numberOfKeys, ...rest);
  }

  pipeline(commands: unknown[][]): RedisPipeline {
    return this.driver.pipeline(commands);
  }

  async quit(): Promise<unknown> {
    return await this.driver.quit();
  }

  disconnect(): void {
    this.driver.disconnect();
  }

  #wake(error?: Error): void {
    for (const wake of this.#waiting) wake(error);
  }
}
