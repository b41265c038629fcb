import { CallTimer, noAnswerInTime, realTimers } from '@holdfast/session/store';
import { letGo } from './let-go.ts';
import type { RedisStream } from './redis-client.ts';

/** What is used of a `Redis` that was made like another one. */
interface TrackingClient {
  readonly stream?: RedisStream | null;
  connect(): Promise<void>;
  call(command: string, ...args: string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(): void;
}

/** A `Redis`, from which others like it can be made. */
export interface DuplicableClient {
  duplicate(override: object): TrackingClient;
}

export interface TrackingOptions {
  /** How long it may take to connect, and to ask, in ms. */
  readonly timeout: number;
  /** Called with the names of keys that have changed; undefined: any may have. */
  changed(names: readonly string[] | undefined): void;
  /** Called once, when a connection is lost. */
  lost(): void;
}

// All else is as the client's owner has set it.
const OWN_OPTIONS = {
  lazyConnect: true,
  keyPrefix: '',
  scripts: undefined,
  monitor: false,
  // With version 3, the driver drops what it is told about keys.
  protocol: 2,
  retryStrategy: () => null,
  enableReadyCheck: false,
  enableAutoPipelining: false,
  enableOfflineQueue: true,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

const CHANNEL = '__redis__:invalidate';

/** How often it is asked whether the connections are still there, in ms. */
export const CHECK_MS = 10_000;

/**
 * Two connections to one server: what is read over one of them, the server tells the other one when
 * it changes (`CLIENT TRACKING`). So whoever writes does nothing for those who watch.
 */
export class TrackingConnection {
  readonly #reader: TrackingClient;
  readonly #listener: TrackingClient;
  readonly #timer: CallTimer;
  readonly #lost: () => void;
  /** Settles when it can be read from, or not. */
  readonly ready: Promise<void>;
  #isOver = false;

  constructor(client: DuplicableClient, { timeout, changed, lost }: TrackingOptions) {
    this.#timer = new CallTimer(timeout);
    this.#reader = client.duplicate(OWN_OPTIONS);
    this.#listener = client.duplicate(OWN_OPTIONS);
    this.#listener.on('messageBuffer', (_, names) => {
      changed(Array.isArray(names) ? names.map(String) : undefined);
    });
    for (const each of [this.#reader, this.#listener]) {
      // Without a listener the driver would write to the console.
      each.on('error', () => {});
      each.on('end', () => this.#lose());
      letGo(each);
    }
    this.#lost = lost;
    this.ready = this.#inTime(() => this.#begin()).then(
      () => this.#checkLater(),
      (error) => {
        this.close();
        throw error;
      },
    );
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Reads how long a list is: its next change is told, and nothing after that until it is read
   * again.
   */
  async read(name: string): Promise<number> {
    await this.ready;
    const length = await this.#inTime(() => this.#reader.call('LLEN', name));
    if (this.#isOver) throw new Error('the connection was lost');
    return Number(length);
  }

  close(): void {
    this.#isOver = true;
    this.#reader.disconnect();
    this.#listener.disconnect();
  }

  async #begin(): Promise<void> {
    await Promise.all([this.#reader.connect(), this.#listener.connect()]);
    const id = await this.#listener.call('CLIENT', 'ID');
    await this.#listener.subscribe(CHANNEL);
    await this.#reader.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', String(id));
  }

  #lose(): void {
    if (this.#isOver) return;
    this.close();
    this.#lost();
  }

  /** A wire that was cut in silence brings no news, and no end either. Any answer will do. */
  #checkLater(): void {
    const ping = (client: TrackingClient) => client.call('PING').catch(() => {});
    const check = () => Promise.all([ping(this.#reader), ping(this.#listener)]);
    const timer = realTimers.setTimeout(async () => {
      if (this.#isOver) return;
      await this.#inTime(check).then(
        () => this.#checkLater(),
        () => this.#lose(),
      );
    }, CHECK_MS);
    (timer as { unref?(): unknown }).unref?.();
  }

  #inTime<T>(run: () => Promise<T>): Promise<T> {
    return this.#timer.limit(run, () => noAnswerInTime(this.#timer.timeout));
  }
}
