import {
  type Content,
  describeSessionKey,
  describeType,
  type Event,
  HoldfastError,
  invalidArgument,
  isPlainObject,
  type JsonObject,
  type SessionKey,
} from '@holdfast/core';
import { State, type StoredState } from '@holdfast/state';
import { acceptEvent } from './accept-event.ts';

// How Node and others show an object in a console: without this, no private field is seen.
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** What a store makes a `Session` of. All of it must be frozen, or never change. */
export interface SessionSnapshot {
  readonly key: SessionKey;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  /** The loaded events, in `seq` order. */
  readonly events: readonly Event[];
  readonly state: StoredState;
}

/** A session as plain JSON. */
export interface SessionJson {
  readonly id: string;
  readonly appName: string;
  readonly userId: string;
  readonly state: JsonObject;
  readonly events: readonly Event[];
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
}

/**
 * A session as it was when it was read. It is frozen and never asks its store again;
 * only `state` is a working copy that its owner may change.
 */
export class Session {
  readonly key: SessionKey;
  /** Epoch ms. */
  readonly createTime: number;
  /** Epoch ms: the largest of the creation and every event's timestamp. It never goes back. */
  readonly lastUpdateTime: number;
  /** The `seq` of the last event, loaded or not; 0 before any. */
  readonly revision: number;

  readonly #stored: StoredState;
  #state: State | undefined;
  // What `withEvent` brought is chained behind the list, until someone reads `events`:
  // a long walk costs no copy of the list for each step.
  #events: readonly Event[];
  #later: LaterEvent | undefined;
  #history: readonly Content[] | undefined;

  constructor(snapshot: SessionSnapshot) {
    this.key = snapshot.key;
    this.createTime = snapshot.createTime;
    this.lastUpdateTime = snapshot.lastUpdateTime;
    this.revision = snapshot.revision;
    this.#stored = snapshot.state;
    this.#events = Object.freeze(snapshot.events);
    Object.freeze(this);
  }

  /** `key.sessionId`. */
  get id(): string {
    return this.key.sessionId;
  }

  get appName(): string {
    return this.key.appName;
  }

  get userId(): string {
    return this.key.userId;
  }

  /** The three scopes merged: this snapshot's own working copy. */
  get state(): State {
    this.#state ??= State.fromStored(this.#stored);
    return this.#state;
  }

  /** The loaded events, in `seq` order. */
  get events(): readonly Event[] {
    if (this.#later !== undefined) {
      this.#events = Object.freeze(this.#events.concat(chained(this.#later)));
      this.#later = undefined;
    }
    return this.#events;
  }

  /** The content of the loaded events that have one, in order. */
  get conversationHistory(): readonly Content[] {
    this.#history ??= Object.freeze(this.events.flatMap((event) => event.content ?? []));
    return this.#history;
  }

  /**
   * The snapshot after `event`, a stored one, without asking the store. `temp:` keys and
   * changes not yet taken stay in its state. An event that this snapshot has already, and
   * a partial one, change nothing: the answer is this snapshot itself. `conflict` where
   * `event.seq` is not `revision + 1`: other events came between, so read the session again.
   * An event that is not frozen, such as one that came over the wire, is checked and copied.
   */
  withEvent(event: Event): Session {
    if (!isPlainObject(event)) {
      throw invalidArgument('event', `must be a plain object, got ${describeType(event)}`);
    }
    if (event.partial === true) return this;
    const seq = event.seq;
    if (seq !== undefined && seq >= 1 && seq <= this.revision) return this;
    if (seq !== this.revision + 1) {
      throw new HoldfastError('conflict', {
        message: `${describeSessionKey(this.key)} is at revision ${this.revision}: its next event has the seq ${this.revision + 1}, not ${seq}`,
        key: this.key,
        path: 'seq',
      });
    }
    const arrived = acceptEvent(event, seq);
    const next = new Session({
      key: this.key,
      createTime: this.createTime,
      lastUpdateTime: Math.max(this.lastUpdateTime, arrived.timestamp),
      revision: seq,
      events: this.#events,
      state: this.#stored,
    });
    next.#state = this.state.withDelta(arrived.actions);
    next.#later = { before: this.#later, event: arrived };
    return next;
  }

  toJSON(): SessionJson {
    return Object.freeze({
      id: this.id,
      appName: this.appName,
      userId: this.userId,
      state: this.state.toJSON(),
      events: this.events,
      createTime: this.createTime,
      lastUpdateTime: this.lastUpdateTime,
      revision: this.revision,
    });
  }

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
