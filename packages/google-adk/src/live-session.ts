import type { Session as AdkSession, BaseSessionService } from '@google/adk';
import { type Event, thaw } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import { activeEvents, summaryOf } from '@holdfast/history';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { eventMark } from '@holdfast/session/store';
import { isTempKey } from '@holdfast/state';
import { activeToAdk } from './active-to-adk.ts';
import { eventToAdk } from './event-to-adk.ts';
import { WriteOrder } from './write-order.ts';

/** Which events of a session an object had when it was read. */
export interface KnownEvents {
  /** The session's `revision`. */
  readonly revision: number;
  /** It had all active ones from this `seq` on. */
  readonly from: number;
}

/**
 * A session object that a runner holds. It has the events that were there when it was read, and
 * those that were appended by way of it. What others store it gets between two of its own runs: in
 * the middle of one it would come between a call and its answer.
 */
export class LiveSession {
  readonly writes: WriteOrder;
  readonly #session: AdkSession;
  /** That of the events that were stored by way of it. */
  #mark: string | undefined;
  /** The largest `seq` that it has; undefined before the first append to an object not from us. */
  #revision: number | undefined;
  /** The `seq` from which on it is to have all active events; undefined like `#revision`. */
  #from: number | undefined;
  /** The `seq` behind which others have stored something that it has not got yet. */
  #missedAfter: number | undefined;
  /** The run of the last event that was appended by way of it. */
  #invocationId: string | undefined;
  /** The `temp:` values that events have brought into its state. */
  readonly #temp = new Map<string, unknown>();
  /** The last change that was asked for. It never rejects. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    session: AdkSession,
    {
      known,
      update,
    }: {
      /** Undefined for an object not from us. */
      readonly known: KnownEvents | undefined;
      readonly update: BaseSessionService['appendEvent'];
    },
  ) {
    this.#session = session;
    this.#revision = known?.revision;
    this.#from = known?.from;
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

  /** What tells the session of its events from others with the same ids; undefined before the first. */
  get mark(): string | undefined {
    return this.#mark;
  }

  has(id: string): boolean {
    return this.#session.events.some((event) => event.id === id);
  }

  /**
   * Takes note of an event that was stored by way of it. Answers whether that was a retry: the
   * object has the event already.
   */
  noteStored(stored: Event): boolean {
    const { id, seq = 0 } = stored;
    this.#mark ??= eventMark(stored);
    const revision = this.#revision ?? seq - 1;
    this.#from ??= seq;
    if (seq > revision + 1) this.#missedAfter ??= revision;
    this.#revision = Math.max(revision, seq);
    return seq <= revision && this.has(id);
  }

  /**
   * If `event`, which was stored last, begins another run than that of the event before, takes in
   * what others have stored since the object was read, or since the last time. What they have taken
   * back leaves the object, and a summary comes in place of what it covers.
   */
  async catchUp(service: SessionService, { invocationId, seq = 0 }: Event): Promise<void> {
    // An agent may append events of its own that do not say which run they belong to.
    if (invocationId === '') return;
    const isNextRun = this.#invocationId !== undefined && this.#invocationId !== invocationId;
    if (isNextRun && this.#missedAfter !== undefined) {
      const { appName, userId, id: sessionId } = this.#session;
      const key = { appName, userId, sessionId };
      const bounds = { ...key, afterSeq: this.#missedAfter, beforeSeq: seq };
      const stored: Event[] = [];
      for await (const each of iterateEvents(service, bounds)) stored.push(each);
      const isPastChanged = stored.some(changesPast);
      const fresh = isPastChanged ? await service.get({ ...key, active: true }) : undefined;
      this.#take(stored);
      if (fresh !== undefined) this.#rebuild(activeEvents(fresh.events), seq);
      this.#missedAfter = undefined;
    }
    this.#invocationId = invocationId;
  }

  /**
   * Takes in those of some events that it does not have. The state gets what the last of all of
   * them has brought for each key. It is written directly: ADK orders the writes that go through
   * its own `State`, and one of those that is not stored yet must win over these.
   */
  #take(stored: readonly Event[]): void {
    const session = this.#session;
    const { state } = session;
    for (const event of stored) {
      const { stateDelta, removedStateKeys = [] } = event.actions;
      for (const [key, value] of Object.entries(stateDelta)) setOwn(state, key, thaw(value));
      for (const key of removedStateKeys) delete state[key];
      if (this.has(event.id)) continue;
      session.events.push(eventToAdk(event));
      session.lastUpdateTime = Math.max(session.lastUpdateTime, event.timestamp);
    }
  }

  /** Has the active events before `end` in place of its own. */
  #rebuild(active: readonly Event[], end: number): void {
    const { events } = this.#session;
    const ids = new Set(events.map(({ id }) => id));
    const from = this.#from ?? 0;
    const kept = active.filter((event) => {
      // One that is later may already stand for events that are earlier.
      if (summaryOf(event) !== undefined) return true;
      const { id, seq = 0 } = event;
      return seq < end && (seq >= from || ids.has(id));
    });
    events.length = 0;
    for (const event of activeToAdk(kept)) events.push(event);
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

/** Whether other events count since this one was stored. */
function changesPast({ actions, erased }: Event): boolean {
  const { rewind, retract, compaction } = actions;
  return erased === true || [rewind, retract, compaction].some((each) => each !== undefined);
}
