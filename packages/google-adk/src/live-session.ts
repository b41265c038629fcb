import type { Session as AdkSession, BaseSessionService } from '@google/adk';
import type { Event } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import { isTempKey } from '@holdfast/state';
import { WriteOrder } from './write-order.ts';

/**
 * A session object that a runner holds. It has the events that were there when it was read, and
 * those that were appended by way of it: in the middle of a run, what others store would come
 * between a call and its answer.
 */
export class LiveSession {
  readonly writes: WriteOrder;
  readonly #session: AdkSession;
  /** The largest `seq` that it has; 0 for an object that is not from us. */
  #revision: number;
  /** The `temp:` values that events have brought into its state. */
  readonly #temp = new Map<string, unknown>();
  /** The last change that was asked for. It never rejects. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    session: AdkSession,
    { revision, update }: { revision: number; update: BaseSessionService['appendEvent'] },
  ) {
    this.#session = session;
    this.#revision = revision;
    this.writes = new WriteOrder(update);
  }

  /**
   * Runs `change` after those that were asked for earlier. Nodes of a workflow append at the
   * same time to one object: in turn, its events are in the order in which they were stored.
   */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(change);
    this.#tail = result.catch(() => {});
    return result;
  }

  has(id: string): boolean {
    return this.#session.events.some((event) => event.id === id);
  }

  /** Whether what was stored is something that it has already: the append was a retry. */
  isRetry({ id, seq = 0 }: Event): boolean {
    const isOld = seq <= this.#revision;
    this.#revision = Math.max(this.#revision, seq);
    return isOld && this.has(id);
  }

  /**
   * Keeps the `temp:` keys of an event's delta readable until the invocation ends. A value that
   * was written to the state itself since the last event that brought the key is newer: it stays.
   */
  keepTemp(delta: readonly [string, unknown][]): void {
    const { state } = this.#session;
    for (const [key, value] of delta) {
      if (!isTempKey(key)) continue;
      const present = state[key];
      const isOwn = present !== value && present !== this.#temp.get(key);
      if (isOwn && Object.hasOwn(state, key)) continue;
      setOwn(state, key, value);
      this.#temp.set(key, value);
    }
  }
}
