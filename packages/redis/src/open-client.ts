import { HoldfastError } from '@holdfast/core';
import type { Cluster, Redis } from 'ioredis';
import { checkServer } from './check-server.ts';
import type { RedisClient, RedisPipeline } from './redis-client.ts';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

export interface OpenClientOptions {
  readonly url: unknown;
  /** How long a call may take, in ms. */
  readonly callTimeout: number;
}

const RECONNECT_MS = 100;
const CLUSTER_RETRY_MS = 50;

/** A client that connects at once, and again whenever it has lost its server. */
export async function openClient({ url, callTimeout }: OpenClientOptions): Promise<OpenedClient> {
  const address = parseRedisUrl(url);
  // A little less than the call itself may take, so that it is told why.
  const patience = Math.max(1, Math.floor(callTimeout * 0.9));
  const ioredis = await loadDriver();
  const options = redisOptions(address, patience);
  const driver = address.isCluster
    ? new ioredis.Cluster([...address.nodes], {
        redisOptions: options,
        // The names in a certificate are those that the nodes call themselves.
        ...(address.tls && { dnsLookup: (host, callback) => callback(null, host) }),
        slotsRefreshTimeout: patience,
        clusterRetryStrategy: () => RECONNECT_MS,
        // While a slot moves, or a replica takes over: as long as the call may take.
        retryDelayOnTryAgain: CLUSTER_RETRY_MS,
        retryDelayOnClusterDown: CLUSTER_RETRY_MS,
        retryDelayOnFailover: CLUSTER_RETRY_MS,
        maxRedirections: Math.max(16, Math.ceil(callTimeout / CLUSTER_RETRY_MS)),
      })
    : new ioredis.Redis({
        ...options,
        ...address.nodes[0],
        db: address.db,
        retryStrategy: () => RECONNECT_MS,
      });
  return new OpenedClient(driver, patience);
}

function redisOptions(address: RedisAddress, patience: number) {
  const { username, password, tls } = address;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectionName: 'holdfast',
    connectTimeout: patience,
    // A connection on which nothing comes any more is given up, and made again.
    socketTimeout: patience,
    // A call that was under way when its connection was lost fails at once, and is never sent
    // later: by then its caller has been told that it failed, and may have gone on.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a fail-over a name may stand for another server.
    reconnectOnError: (error: Error) => /\bREADONLY\b/.test(error.message),
  };
}

async function loadDriver() {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw new HoldfastError('unsupported', {
      message: 'the driver is not there: `npm install ioredis`',
      cause,
    });
  }
}

/** A client of ioredis that sends nothing before it is connected, rather than keep it for later. */
export class OpenedClient implements RedisClient {
  readonly isCluster: boolean;
  readonly #driver: Redis | Cluster;
  readonly #patience: number;
  #lastError: Error | undefined;

  /** `patience` is how long it is waited for a connection, in ms. */
  constructor(driver: Redis | Cluster, patience: number) {
    this.#driver = driver;
    this.isCluster = driver.isCluster;
    this.#patience = patience;
    const keepError = (error: Error & { readonly lastNodeError?: Error }) => {
      this.#lastError = error.lastNodeError ?? error;
    };
    // Without a listener the driver would write to the console.
    driver.on('error', keepError);
    driver.on('node error', keepError);
  }

  async evalsha(sha: string, numberOfKeys: number, ...rest: string[]): Promise<unknown> {
    if (this.#driver.status !== 'ready') await this.#whenReady();
    return await this.#driver.evalsha(sha, numberOfKeys, ...rest);
  }

  async eval(script: string, numberOfKeys: number, ...rest: string[]): Promise<unknown> {
    if (this.#driver.status !== 'ready') await this.#whenReady();
    return await this.#driver.eval(script, numberOfKeys, ...rest);
  }

  pipeline(commands: unknown[][]): RedisPipeline {
    return {
      exec: async () => {
        if (this.#driver.status !== 'ready') await this.#whenReady();
        return await this.#driver.pipeline(commands).exec();
      },
    };
  }

  /** Connects, and refuses servers that will not do. */
  async check(): Promise<void> {
    if (this.#driver.status !== 'ready') await this.#whenReady();
    const servers = this.isCluster ? (this.#driver as Cluster).nodes('master') : [this.#driver];
    for (const server of servers) {
      const info = await (server as Redis).info().catch((error: Error) => {
        // The user may not be allowed to ask. All else will show at the first call.
        if (/\bNOPERM\b/.test(error.message)) return undefined;
        throw error;
      });
      if (info !== undefined) checkServer(info, { isCluster: this.isCluster });
    }
  }

  async quit(): Promise<unknown> {
    if (this.#driver.status === 'ready') return await this.#driver.quit();
    this.#driver.disconnect();
    return undefined;
  }

  disconnect(): void {
    this.#driver.disconnect();
  }

  async #whenReady(): Promise<void> {
    const driver = this.#driver;
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        driver.off('ready', onReady);
      };
      const onReady = () => {
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(this.#lastError ?? new Error(`not connected after ${this.#patience} ms`));
      }, this.#patience);
      driver.on('ready', onReady);
    });
  }
}
