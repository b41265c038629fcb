import { loadDriver } from '@holdfast/session/store';
import type { Cluster, Redis } from 'ioredis';
import { checkServer } from './check-server.ts';
import type { RedisClient, RedisPipeline } from './redis-client.ts';
import { parseRedisUrl } from './redis-url.ts';

const RECONNECT_MS = 100;
const CLUSTER_RETRY_MS = 50;

/**
 * A client that connects at once, and again whenever it has lost its server. `callTimeout` is how
 * long a call may take, in ms.
 */
export async function openClient(url: unknown, callTimeout: number): Promise<OpenedClient> {
  const { nodes, isCluster, tls, username, password, db } = parseRedisUrl(url);
  // A little less than the call itself may take, so that its error can say why.
  const patience = Math.max(1, Math.floor(callTimeout * 0.9));
  const redisOptions = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectionName: 'holdfast',
    connectTimeout: patience,
    // A connection on which no answer comes any more is destroyed, and made again: late answers
    // would hold up those of later calls. ioredis has it since 5.4.
    socketTimeout: patience,
    // A call that was under way when its connection was lost fails at once, and is never sent
    // later: by then its caller has been told that it failed, and may have gone on.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a fail-over a name may stand for another server.
    reconnectOnError: (error: Error) => /\bREADONLY\b/.test(error.message),
  };
  const ioredis = await loadDriver('ioredis', () => import('ioredis'));
  if (!isCluster) {
    const retryStrategy = () => RECONNECT_MS;
    const driver = new ioredis.Redis({ ...redisOptions, ...nodes[0], db, retryStrategy });
    return new OpenedClient(driver, patience);
  }
  const driver = new ioredis.Cluster([...nodes], {
    redisOptions,
    // The names in a certificate are those that the nodes call themselves.
    ...(tls && { dnsLookup: (host, callback) => callback(null, host) }),
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

/** A client of ioredis that waits until it is connected, rather than keep commands for later. */
export class OpenedClient implements RedisClient {
  readonly isCluster: boolean;
  readonly #driver: Redis | Cluster;
  readonly #patience: number;
  #lastError: Error | undefined;

  /** `patience` is how long to wait for a connection, in ms. */
  constructor(driver: Redis | Cluster, patience: number) {
    this.#driver = driver;
    this.isCluster = driver.isCluster;
    this.#patience = patience;
    const keepError = (error: Error) => {
      this.#lastError = error;
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
    const exec = async () => {
      if (this.#driver.status !== 'ready') await this.#whenReady();
      return await this.#driver.pipeline(commands).exec();
    };
    return { exec };
  }

  /** Connects, and refuses unsuitable servers. */
  async check(): Promise<void> {
    if (this.#driver.status !== 'ready') await this.#whenReady();
    const servers = this.isCluster ? (this.#driver as Cluster).nodes('master') : [this.#driver];
    for (const server of servers as Redis[]) {
      const info = await server.info().catch((error: Error) => {
        // The user may not be allowed to ask. All else will show at the first call.
        if (/\bNOPERM\b/.test(error.message)) return undefined;
        throw error;
      });
      if (info !== undefined) checkServer(info, this);
      // If there is no such database, the driver goes on in database 0 without a word.
      const { db } = server.options;
      if (db) await server.select(db);
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

  #whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onReady = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#driver.off('ready', onReady);
        reject(this.#lastError ?? new Error(`not connected after ${this.#patience} ms`));
      }, this.#patience);
      this.#driver.once('ready', onReady);
    });
  }
}
