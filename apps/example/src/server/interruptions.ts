import { setTimeout as sleep } from 'node:timers/promises';
import { createUuidV7, isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';

/** How often a turn that runs looks whether it was interrupted elsewhere, in ms. */
const POLL = 300;

export interface WatchedTurn {
  readonly key: SessionKey;
  /** The id of its message. */
  readonly turnId: string;
}

/** What is stored of an interruption: which turn is meant, and an id of its own. */
interface Mark {
  readonly turn: unknown;
  readonly id: unknown;
}

/**
 * Interruptions of turns that run in another process over the same store. One leaves a mark in
 * the store, and whoever runs the turn finds it and takes it away. The mark of a conversation is a
 * session of another app, so that it shows nowhere, stands in the way of no event, and leaves
 * nothing behind.
 */
export class Interruptions {
  readonly #service: SessionService;

  constructor(service: SessionService) {
    this.#service = service;
  }

  /** Marks the turn of a conversation that is not complete. False if there is no conversation. */
  async mark(key: SessionKey): Promise<boolean> {
    const session = await this.#service.get({ ...key, numRecentEvents: 1 });
    if (session === undefined) return false;
    const last = session.events.at(-1);
    const isOver = last === undefined || last.turnComplete === true;
    if (isOver || !this.#service.capabilities.shared) return true;
    const place = placeOf(key);
    // What is left of another turn names that one.
    await this.#service.delete(place);
    try {
      const state = { turn: last.invocationId, id: createUuidV7() };
      await this.#service.create({ ...place, state });
    } catch (error) {
      // Somebody else has interrupted it at the same moment.
      if (!isHoldfastError(error, 'already_exists')) throw error;
    }
    return true;
  }

  /**
   * Calls `interrupt` when the turn is marked, once, until what it gives back is called. What was
   * marked before is not heeded: the same message may have been answered before, and interrupted.
   */
  async watch(turn: WatchedTurn, interrupt: () => void): Promise<() => void> {
    if (!this.#service.capabilities.shared) return () => {};
    const before = await this.#find(turn.key);
    const ended = new AbortController();
    const look = async () => {
      for (;;) {
        await sleep(POLL, undefined, { signal: ended.signal });
        // A store that cannot be reached is asked again.
        const mark = await this.#find(turn.key).catch(() => undefined);
        if (ended.signal.aborted) return;
        if (mark?.turn !== turn.turnId || mark.id === before?.id) continue;
        interrupt();
        await this.#service.delete(placeOf(turn.key));
        return;
      }
    };
    look().catch(() => {}); // the end, or a mark that stays and is not heeded any more
    return () => ended.abort();
  }

  async #find(key: SessionKey): Promise<Mark | undefined> {
    const mark = await this.#service.get({ ...placeOf(key), numRecentEvents: 0 });
    return mark && { turn: mark.state.get('turn'), id: mark.state.get('id') };
  }
}

function placeOf({ appName, ...key }: SessionKey): SessionKey {
  return { ...key, appName: `${appName}.interruptions` };
}
