import { type AbortSignalLike, isHoldfastError, type SessionKey } from '@holdfast/core';
import type { MaybePromise } from '../call-gate.ts';
import { realTimers } from '../real-timers.ts';
import { isExpired } from '../session-details.ts';
import { serviceClosed, sessionNotFound } from '../session-errors.ts';
import type { SessionPlace, SessionStore } from '../session-store.ts';
import { onAbort } from './abort-signal.ts';

/** How long after a write of another process it is looked for, in ms. */
const POLL_MS = 200;

// What tells of changes may miss one, so that each of so many looks is one at all sessions.
const LOOKS_BETWEEN = 25;

const AT_ANY_TIME = 0;

export interface WatchHubOptions {
  readonly store: SessionStore;
  readonly now: () => number;
  /** Runs a read of the store as a call of the service. */
  run<T>(read: () => MaybePromise<T>): Promise<T>;
}

export interface WaitRequest {
  /** What the watcher has: it waits for an event behind. */
  readonly position: number;
  readonly incarnation: string;
  readonly signal: AbortSignalLike | undefined;
}

/** Someone who watches a session, from the first event to the last. */
export interface Watcher {
  /** Forgets what it was told: called before the session is read. */
  reading(): void;
  /**
   * Waits for an event behind a position that was not there when it was read last. `not_found` if
   * the session is gone, or another one; `closed` if the service is.
   */
  wait(request: WaitRequest): Promise<void>;
  /** The session could not be read: it is looked at soon, whether anything is told of it or not. */
  missed(): void;
  end(): void;
}

interface Waiter extends WaitRequest {
  resolve(): void;
  reject(reason: unknown): void;
}

interface WatcherState {
  /** The `seq` of the last event that it was told of since it began to read. */
  told: number;
  waiter: Waiter | undefined;
}

interface Watched {
  readonly key: SessionKey;
  readonly watchers: Set<WatcherState>;
  /** When it expires, as far as is known. */
  expireTime: number | undefined;
  unsubscribe: (() => void) | undefined;
}

/**
 * Wakes those who wait for events. Writes of this service wake them at once. Those of others are
 * found by one look at all sessions that somebody waits for, again and again for as long as anyone
 * does. If the store tells of changes, most of these are only at the clock: what is to have expired
 * by now is looked at.
 */
export class WatchHub {
  readonly #options: WatchHubOptions;
  readonly #looksBetween: number;
  readonly #watched = new Map<string, Watched>();
  #untilLook = 0;
  #isPolling = false;
  #isClosed = false;

  constructor(options: WatchHubOptions) {
    this.#options = options;
    this.#looksBetween = options.store.subscribe === undefined ? 1 : LOOKS_BETWEEN;
  }

  /** Tells of an append of this service. It costs nothing if nobody watches. */
  appended(key: SessionKey, revision: number): void {
    if (this.#watched.size === 0) return;
    const watched = this.#watched.get(nameOf(key));
    if (watched === undefined) return;
    for (const watcher of watched.watchers) {
      watcher.told = Math.max(watcher.told, revision);
      if ((watcher.waiter?.position ?? revision) < revision) watcher.waiter?.resolve();
    }
  }

  /** Tells that a session may have changed in any way. */
  changed(key: SessionKey): void {
    if (this.#watched.size === 0) return;
    const watched = this.#watched.get(nameOf(key));
    if (watched !== undefined) this.#changed([watched]);
  }

  /** Tells that any session may have changed. All are looked at at once. */
  changedAll(): void {
    this.#changed([...this.#watched.values()]);
  }

  /** Of a session, and when that was to expire. */
  watch(key: SessionKey, expireTime?: number | undefined): Watcher {
    const name = nameOf(key);
    const watched = this.#watched.get(name) ?? this.#begin(name, key);
    watched.expireTime = expireTime;
    const state: WatcherState = { told: 0, waiter: undefined };
    watched.watchers.add(state);
    return {
      reading() {
        state.told = 0;
      },
      wait: (request) => this.#wait(state, request),
      missed() {
        watched.expireTime = AT_ANY_TIME;
      },
      end: () => {
        if (!watched.watchers.delete(state) || watched.watchers.size > 0) return;
        this.#watched.delete(name);
        watched.unsubscribe?.();
      },
    };
  }

  /** Nothing comes any more: `closed` for all who wait. */
  close(): void {
    this.#isClosed = true;
    for (const { watchers, unsubscribe } of this.#watched.values()) {
      for (const { waiter } of watchers) waiter?.reject(serviceClosed());
      unsubscribe?.();
    }
    this.#watched.clear();
  }

  #changed(all: readonly Watched[]): void {
    for (const watched of all) {
      watched.expireTime = AT_ANY_TIME;
      for (const watcher of watched.watchers) watcher.told = Number.MAX_SAFE_INTEGER;
    }
    const waited = all.filter(isWaitedFor);
    if (waited.length > 0) void this.#look(waited);
  }

  #begin(name: string, key: SessionKey): Watched {
    const watched: Watched = {
      key,
      watchers: new Set(),
      expireTime: undefined,
      unsubscribe: undefined,
    };
    this.#watched.set(name, watched);
    watched.unsubscribe = this.#options.store.subscribe?.(key, () => this.changed(key));
    return watched;
  }

  async #wait(state: WatcherState, request: WaitRequest): Promise<void> {
    const { position, signal } = request;
    if (this.#isClosed) throw serviceClosed();
    if (state.told > position) return;
    let stopListening = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        state.waiter = { ...request, resolve, reject };
        stopListening = onAbort(signal, reject);
        this.#poll();
      });
    } finally {
      state.waiter = undefined;
      stopListening();
    }
  }

  #poll(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    // Whoever begins to wait was told of all that was there before.
    this.#untilLook = this.#looksBetween;
    this.#pollLater();
  }

  #pollLater(): void {
    realTimers.setTimeout(async () => {
      const due = [...this.#watched.values()].filter(isWaitedFor).filter(this.#dueNow());
      if (due.length > 0) await this.#look(due);
      this.#isPolling = !this.#isClosed && [...this.#watched.values()].some(isWaitedFor);
      if (this.#isPolling) this.#pollLater();
    }, POLL_MS);
  }

  /** What is looked at this time: all, or what is to have expired. */
  #dueNow(): (watched: Watched) => boolean {
    this.#untilLook--;
    if (this.#untilLook === 0) {
      this.#untilLook = this.#looksBetween;
      return () => true;
    }
    let now: number;
    try {
      now = this.#options.now();
    } catch {
      // The look tells all who wait.
      return () => true;
    }
    return ({ expireTime }) => isExpired(expireTime, now);
  }

  /** Looks where sessions are, and wakes those who wait for something that is there. */
  async #look(all: readonly Watched[]): Promise<void> {
    const { store, now, run } = this.#options;
    let places: readonly (SessionPlace | undefined)[];
    let time: number;
    try {
      places = await run(() => store.findRevisions?.(all.map(({ key }) => key)) ?? []);
      time = now();
    } catch (error) {
      // What passes by itself is waited for. What does not would be waited for without end.
      if (isHoldfastError(error, 'unavailable')) return;
      for (const { watchers } of all) for (const { waiter } of watchers) waiter?.reject(error);
      return;
    }
    all.forEach((watched, i) => {
      const { key, watchers } = watched;
      const place = places[i];
      watched.expireTime = place?.expireTime;
      const isGone = place === undefined || isExpired(place.expireTime, time);
      for (const { waiter } of watchers) {
        if (waiter === undefined) continue;
        if (isGone || place.incarnation !== waiter.incarnation) waiter.reject(sessionNotFound(key));
        else if (place.revision > waiter.position) waiter.resolve();
      }
    });
  }
}

function isWaitedFor({ watchers }: Watched): boolean {
  for (const { waiter } of watchers) if (waiter !== undefined) return true;
  return false;
}

// An id has no control characters.
function nameOf({ appName, userId, sessionId }: SessionKey): string {
  return `${appName}\n${userId}\n${sessionId}`;
}
