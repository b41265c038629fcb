import type { Session as AdkSession } from '@google/adk';
import { type Event, thaw } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { isTempKey } from '@holdfast/state';
import { eventToAdk } from './event-to-adk.ts';

/** A session object that a runner holds. */
export class LiveSession {
  readonly #session: AdkSession;
  /** Up to which `seq` its events have come; undefined for an object that is not from us. */
  #revision: number | undefined;
  /** The `temp:` values that events have brought into its state. */
  readonly #temp = new Map<string, unknown>();
  /** The last change that was asked for. It never rejects. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(session: AdkSession, revision?: number) {
    this.#session = session;
    this.#revision = revision;
  }

  /**
   * Runs `change` after those that were asked for earlier. Nodes of a workflow append at the
   * same time to one object: in turn, none of them takes another's event for a missed one.
   */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(change);
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Takes in what was stored between the session's last event and `stored`. */
  async catchUp(service: SessionService, { seq = 0 }: Event): Promise<void> {
    const { appName, userId, id: sessionId } = this.#session;
    const revision = this.#revision ?? seq;
    if (seq > revision + 1) {
      const bounds = { appName, userId, sessionId, afterSeq: revision, beforeSeq: seq };
      const missed: Event[] = [];
      for await (const event of iterateEvents(service, bounds)) missed.push(event);
      for (const event of missed) this.#take(event);
    }
    this.#revision = Math.max(revision, seq);
  }

  /**
   * Puts an event that someone else has stored into the object. The state is written directly:
   * ADK orders the writes that go through its own `State`, and one of those that is not stored
   * yet must still win over this older one.
   */
  #take(event: Event): void {
    const session = this.#session;
    const { events, state } = session;
    if (events.some(({ id }) => id === event.id)) return;
    events.push(eventToAdk(event));
    const { stateDelta, removedStateKeys = [] } = event.actions;
    for (const [key, value] of Object.entries(stateDelta)) setOwn(state, key, thaw(value));
    for (const key of removedStateKeys) delete state[key];
    session.lastUpdateTime = Math.max(session.lastUpdateTime, event.timestamp);
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
