import {
  type Content,
  type Event,
  HoldfastError,
  type JsonObject,
  type SessionKey,
} from '@holdfast/core';
import { checkPlainObject, describeSessionKey, readInput } from '@holdfast/core/internal';
import { State } from '@holdfast/state';
import { type ScopeState, type StoredState, stateRecord } from '@holdfast/state/internal';
import { acceptEvent } from './accept-event.ts';
import { eventMark, markOf } from './event-mark.ts';
import { activeFromWith } from './life/active-from.ts';
import { remainingEvents } from './remaining-events.ts';
import {
  type Expires,
  type ForkPoint,
  type Labels,
  NO_DETAILS,
  type SessionDetails,
} from './session-details.ts';
import { incarnationConflict } from './session-errors.ts';

// How Node and others show an object in a console: without this, no private field is seen. It is
// left out of the published types: nobody could name the symbol, nor a type that has it.
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** What a store makes a `Session` of. It becomes the session's own: nothing of it may change. */
export interface SessionSnapshot {
  /** Frozen. */
  readonly key: SessionKey;
  /** As it was given to `create`; '' for a session that was created before there were any. */
  readonly incarnation: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  /** The loaded events, in `seq` order, each with the mark of the session. */
  readonly events: readonly Event[];
  readonly state: StoredState;
  /** @default none */
  readonly details?: SessionDetails | undefined;
  /** From when on the session is gone, in epoch ms. @default never */
  readonly expireTime?: number | undefined;
  /**
   * The first event that is to be loaded if only the active ones are asked for: the one behind what
   * the last summary covers. @default 1
   */
  readonly activeFrom?: number | undefined;
  /** The session's own state at its creation; undefined if it is not known, or was not asked for. */
  readonly initialState?: ScopeState | undefined;
}

/** A session as plain JSON. */
export interface SessionJson extends SessionKey {
  /** The same as `sessionId`. */
  readonly id: string;
  readonly state: JsonObject;
  readonly events: readonly Event[];
  readonly incarnation: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  readonly labels: Labels;
  /** Absent if it does not expire. */
  readonly expires?: Expires | undefined;
  /** Absent if it was not forked. */
  readonly forkedFrom?: ForkPoint | undefined;
}

/**
 * A session as it was when it was read. It is frozen and never asks its store again;
 * only `state` is a working copy that its owner may change. It is a `SessionKey`: it can be given
 * to a call that asks for no more, such as `get`, and be spread into a request of any other.
 *
 * @example
 * const session = await service.getOrCreate({ ...key, numRecentEvents: 20 });
 * const answer = await model(thaw(session.conversationHistory));
 * const actions = session.state.set('answered', true).takeDelta();
 * const event = await service.appendEvent({ ...session, event: { content: answer, actions } });
 * const next = session.withEvent(event);
 */
export class Session implements SessionKey {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;

  readonly #snapshot: SessionSnapshot;
  #state: State | undefined;
  // What `withEvent` brought is chained behind the list, until someone reads `events`:
  // a long walk costs no copy of the list for each step.
  #events: readonly Event[];
  #later: LaterEvent | undefined;
  #history: readonly Content[] | undefined;

  constructor(snapshot: SessionSnapshot) {
    const { key } = snapshot;
    this.appName = key.appName;
    this.userId = key.userId;
    this.sessionId = key.sessionId;
    this.#snapshot = snapshot;
    this.#events = snapshot.events;
    Object.freeze(this);
  }

  get key(): SessionKey {
    return this.#snapshot.key;
  }

  /**
   * Tells this session from any that had its id before, or gets it later: each creation makes a
   * new one. Give it to an append as `expectedIncarnation`. It is empty for a session that was
   * created by a version of the store that had none.
   */
  get incarnation(): string {
    return this.#snapshot.incarnation;
  }

  /** Epoch ms. */
  get createTime(): number {
    return this.#snapshot.createTime;
  }

  /** Epoch ms: the largest of the creation and every event's timestamp. It never goes back. */
  get lastUpdateTime(): number {
    return this.#snapshot.lastUpdateTime;
  }

  /** The `seq` of the last event, loaded or not; 0 before any. */
  get revision(): number {
    return this.#snapshot.revision;
  }

  /** The same as `sessionId`. */
  get id(): string {
    return this.sessionId;
  }

  /** What programs have noted about the session, such as its `title`. */
  get labels(): Labels {
    return this.#details.labels;
  }

  /** When the session expires; undefined: never. */
  get expires(): Expires | undefined {
    return this.#details.expires;
  }

  /** Where the session was forked from; undefined if it was not. */
  get forkedFrom(): ForkPoint | undefined {
    return this.#details.forkedFrom;
  }

  /**
   * The session's own state at its creation, if the request has `includeInitialState`; null if it
   * is not known.
   */
  get initialState(): JsonObject | null {
    const { initialState } = this.#snapshot;
    return initialState === undefined ? null : stateRecord(initialState);
  }

  /**
   * The `seq` of the first event that can be active: the one after what the last summary covers, or
   * after what was retracted by `throughSeq`.
   */
  get activeFrom(): number {
    return this.#snapshot.activeFrom ?? 1;
  }

  get #details(): SessionDetails {
    return this.#snapshot.details ?? NO_DETAILS;
  }

  /** The three scopes merged: this snapshot's own working copy. */
  get state(): State {
    this.#state ??= State.fromStored(this.#snapshot.state);
    return this.#state;
  }

  /** The loaded events, in `seq` order. */
  get events(): readonly Event[] {
    if (this.#later !== undefined) {
      this.#events = this.#events.concat(chained(this.#later));
      this.#later = undefined;
    }
    return Object.freeze(this.#events);
  }

  /**
   * The content of the loaded events that have one and are active, in order: no rewind has taken them
   * back, and they were not retracted. It is frozen: give `thaw(session.conversationHistory)` to a
   * library that changes what it gets, or whose types ask for what can be changed.
   */
  get conversationHistory(): readonly Content[] {
    this.#history ??= Object.freeze(
      remainingEvents(this.events).flatMap((event) => event.content ?? []),
    );
    return this.#history;
  }

  /**
   * The snapshot after `event`, a stored one, without asking the store. `temp:` keys and
   * changes not yet taken stay in its state. An event that this snapshot has already, and
   * a partial one, change nothing: the answer is this snapshot itself. `conflict` if
   * `event.seq` is not `revision + 1`: other events came between, so read the session again.
   * So it is if the event, as a service gave it, is of another session, even one that has these ids
   * since this one was deleted, or if it was erased: what it has changed is not known any more.
   * An event that is not frozen, such as one that came over the wire, is checked and copied.
   *
   * @example
   * const event = await service.appendEvent({ ...session, event: { author: 'user' } });
   * const next = session.withEvent(event);
   */
  withEvent(event: Event): Session {
    return readInput(event, (input) => this.#withEvent(input));
  }

  #withEvent(event: Event): Session {
    checkPlainObject(event, 'event');
    if (event.partial === true) return this;
    const { seq } = event;
    const mark = eventMark(event);
    if (mark !== undefined && mark !== markOf(this.incarnation)) {
      throw incarnationConflict(this.key, { path: 'event', revision: seq });
    }
    if (seq !== undefined && seq >= 1 && seq <= this.revision) return this;
    if (seq !== this.revision + 1) {
      throw new HoldfastError('conflict', {
        message: `${describeSessionKey(this.key)} is at revision ${this.revision}: its next event has the seq ${this.revision + 1}, not ${seq}`,
        key: this.key,
        path: 'seq',
        revision: this.revision,
      });
    }
    if (event.erased === true) {
      throw new HoldfastError('conflict', {
        message: `event ${seq} of ${describeSessionKey(this.key)} was erased: what it has changed is not known`,
        key: this.key,
        path: 'erased',
        revision: this.revision,
      });
    }
    const arrived = acceptEvent(event, seq);
    const next = new Session({
      ...this.#snapshot,
      activeFrom: activeFromWith(this.activeFrom, arrived),
      lastUpdateTime: Math.max(this.lastUpdateTime, arrived.timestamp),
      revision: seq,
      events: this.#events,
    });
    next.#state = this.state.withDelta(arrived.actions);
    next.#later = { before: this.#later, event: arrived };
    return next;
  }

  /** The session as plain JSON, without what follows from it, `initialState` and `activeFrom`. */
  toJSON(): SessionJson {
    return Object.freeze({
      id: this.id,
      appName: this.appName,
      userId: this.userId,
      sessionId: this.sessionId,
      state: this.state.toJSON(),
      events: this.events,
      incarnation: this.incarnation,
      createTime: this.createTime,
      lastUpdateTime: this.lastUpdateTime,
      revision: this.revision,
      ...this.#details,
    });
  }

  /** @internal */
  [inspect](): SessionJson {
    return this.toJSON();
  }
}

interface LaterEvent {
  readonly before: LaterEvent | undefined;
  readonly event: Event;
}

function chained(last: LaterEvent): Event[] {
  const events: Event[] = [];
  for (let link: LaterEvent | undefined = last; link !== undefined; link = link.before) {
    events.push(link.event);
  }
  return events.reverse();
}
