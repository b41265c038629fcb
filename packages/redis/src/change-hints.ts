import type { SessionKey } from '@holdfast/core';
import { realTimers, type SessionPlace } from '@holdfast/session/store';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';
import { type DuplicableClient, TrackingConnection } from './tracking-connection.ts';

export interface ChangeHintsOptions {
  /** That of the store. Its own connections are left alone. */
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** How long it may take to connect, and to ask, in ms. */
  readonly timeout: number;
  findRevisions(keys: readonly SessionKey[]): Promise<readonly (SessionPlace | undefined)[]>;
}

interface Watched {
  readonly key: SessionKey;
  /** The name of what a server is asked to tell of. */
  readonly name: string;
  /** What has one server in common. */
  readonly slot: string;
  readonly listeners: Set<() => void>;
  /** Whether its next change will be told. */
  isTracked: boolean;
  /** Whether it has no events: there is no list of them then, whose end could be told. */
  isEmpty: boolean;
  /** Where it was found last, as long as it is looked for. */
  place: string | undefined;
}

// What no server tells of is looked for.
const POLL_MS = 200;

// How long, in ms, until a server is asked again that did not want to tell.
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

// A slot that moves may be pointed to by several nodes, one after the other.
const MAX_REDIRECTIONS = 5;

/** Whether connections can be made like those of a client. */
export function canTrack(client: RedisClient): boolean {
  const { duplicate, nodes } = client as Partial<DuplicableClient> & RedisClient;
  return client.isCluster ? typeof nodes === 'function' : typeof duplicate === 'function';
}

/**
 * Tells soon when a session has changed. Servers tell of it over connections that are there as long
 * as anyone listens. Sessions of which no server tells, since it may not or cannot be reached, are
 * looked for again and again.
 */
export class ChangeHints {
  readonly #options: ChangeHintsOptions;
  readonly #prefix: string;
  readonly #watched = new Map<string, Watched>();
  // By the addresses of servers; '' for the only one.
  readonly #connections = new Map<string, TrackingConnection>();
  readonly #addresses = new Map<string, string>();
  #isPolling = false;
  #pause = FIRST_PAUSE_MS;
  #retryAt = 0;

  constructor(options: ChangeHintsOptions) {
    this.#options = options;
    this.#prefix = String(options.client.options?.keyPrefix ?? '');
  }

  /** Calls back until it is told to stop. */
  subscribe(key: SessionKey, changed: () => void): () => void {
    const { session, bucket } = this.#options.keys.session(key);
    const name = this.#prefix + session.events;
    let watched = this.#watched.get(name);
    if (watched === undefined) {
      const slot = bucket.metas;
      const listeners = new Set<() => void>();
      watched = { key, name, slot, listeners, isTracked: false, isEmpty: false, place: undefined };
      this.#watched.set(name, watched);
      void this.#track(watched);
    }
    const { listeners } = watched;
    // The same function may be given twice.
    const listener = () => changed();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#watched.get(name)?.listeners === listeners) {
        this.#watched.delete(name);
        if (this.#watched.size === 0) this.close();
      }
    };
  }

  /** Ends all connections. */
  close(): void {
    this.#watched.clear();
    const connections = [...this.#connections.values()];
    this.#connections.clear();
    this.#addresses.clear();
    for (const connection of connections) connection.close();
  }

  /** Asks the server of a session to tell of its next change. What was before is told now. */
  async #track(watched: Watched): Promise<void> {
    try {
      const count = await this.#read(watched);
      if (!this.#isWatched(watched)) return;
      setTracked(watched, true);
      watched.isEmpty = count === 0;
      this.#pause = FIRST_PAUSE_MS;
      tell(watched);
    } catch {
      setTracked(watched, false);
    }
    if (isLookedFor(watched)) this.#poll();
  }

  async #read({ name, slot }: Watched): Promise<number> {
    for (let redirections = 0; ; redirections++) {
      const address = this.#addresses.get(slot) ?? this.#anyAddress();
      try {
        return await this.#connectionTo(address).read(name);
      } catch (error) {
        const [, target] = /^MOVED \d+ (\S+)/.exec(String((error as Error).message)) ?? [];
        if (target === undefined || redirections === MAX_REDIRECTIONS) throw error;
        this.#addresses.set(slot, target);
      }
    }
  }

  #connectionTo(address: string): TrackingConnection {
    const made = this.#connections.get(address);
    if (made !== undefined) return made;
    const connection = new TrackingConnection(this.#clientOf(address), {
      timeout: this.#options.timeout,
      changed: (names) => this.#changed(names),
      lost: () => this.#lost(address, connection),
    });
    this.#connections.set(address, connection);
    connection.ready.catch(() => this.#lost(address, connection));
    return connection;
  }

  #clientOf(address: string): DuplicableClient {
    const { client } = this.#options;
    const found = client.isCluster ? this.#nodes().get(address) : client;
    if (found === undefined) throw new Error(`the node ${address} is not known`);
    return found as unknown as DuplicableClient;
  }

  #anyAddress(): string {
    if (!this.#options.client.isCluster) return '';
    const [address] = this.#nodes().keys();
    if (address === undefined) throw new Error('no node is known');
    return address;
  }

  #nodes(): ReadonlyMap<string, RedisClient> {
    const nodes = this.#options.client.nodes?.('master') ?? [];
    return new Map(
      nodes.map((node) => {
        const { host, port } = node.options as { readonly host?: string; readonly port?: number };
        return [`${host}:${port}`, node];
      }),
    );
  }

  #changed(names: readonly string[] | undefined): void {
    const all = names?.map((name) => this.#watched.get(name)) ?? [...this.#watched.values()];
    // It is told after the next change can be seen.
    for (const watched of all) if (watched !== undefined) void this.#track(watched);
  }

  #lost(address: string, connection: TrackingConnection): void {
    if (this.#connections.get(address) !== connection) return;
    this.#connections.delete(address);
    // It may be another node that has its slots from now on.
    this.#addresses.clear();
    for (const watched of this.#watched.values()) setTracked(watched, false);
    this.#poll();
  }

  /** Looks for what nobody tells of, and tries to track what is not tracked now and then. */
  #poll(): void {
    if (this.#isPolling || this.#watched.size === 0) return;
    this.#isPolling = true;
    const timer = realTimers.setTimeout(async () => {
      const lookedFor = this.#lookedFor();
      await this.#look(lookedFor).catch(() => {});
      const untracked = lookedFor.filter(({ isTracked }) => !isTracked);
      if (untracked.length > 0 && realTimers.now() >= this.#retryAt) {
        this.#retryAt = realTimers.now() + this.#pause;
        this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
        await Promise.all(untracked.map((watched) => this.#track(watched)));
      }
      this.#isPolling = false;
      if (this.#lookedFor().length > 0) this.#poll();
    }, POLL_MS);
    // Those who watch wait for something else as well.
    (timer as { unref?(): unknown }).unref?.();
  }

  async #look(all: readonly Watched[]): Promise<void> {
    if (all.length === 0) return;
    const places = await this.#options.findRevisions(all.map(({ key }) => key));
    all.forEach((watched, i) => {
      const { revision, incarnation } = places[i] ?? {};
      const { isTracked, place: before } = watched;
      // Of what is tracked, its end alone is not told.
      const place = isTracked ? `${incarnation}` : `${revision}:${incarnation}`;
      if (before === place) return;
      watched.place = place;
      if (before !== undefined || !isTracked || incarnation === undefined) tell(watched);
    });
  }

  #lookedFor(): readonly Watched[] {
    return [...this.#watched.values()].filter(isLookedFor);
  }

  #isWatched(watched: Watched): boolean {
    return this.#watched.get(watched.name) === watched;
  }
}

function isLookedFor({ isTracked, isEmpty }: Watched): boolean {
  return !isTracked || isEmpty;
}

function setTracked(watched: Watched, isTracked: boolean): void {
  if (watched.isTracked !== isTracked) watched.place = undefined;
  watched.isTracked = isTracked;
}

function tell({ listeners }: Watched): void {
  for (const listener of [...listeners]) listener();
}
