import { type Event as AdkEvent, type BaseSessionService, type Session, State } from '@google/adk';
import type { Event } from '@holdfast/core';

/** The `stateDelta` of an event of ADK. */
type Delta = Record<string, unknown>;

const WRITTEN_NOW = Symbol('written now');

/**
 * The order in which the keys of one session object were written. Branches of a run write at the
 * same time, and their events may be stored the other way round: then the older write must not
 * win. ADK stamps every write that goes through a `State`, in tables of its own by the objects of
 * the state and of the delta. What they say is asked of ADK's own update of a session.
 */
export class WriteOrder {
  readonly #update: BaseSessionService['appendEvent'];
  /** By key, the delta that has brought the stored value. */
  readonly #stored = new Map<string, Delta>();
  /** By the id of an event, the keys that it was stored without: a retry must be the same. */
  readonly #leftOut = new Map<string, readonly string[]>();

  /** `update` is that of ADK's `BaseSessionService`. */
  constructor(update: BaseSessionService['appendEvent']) {
    this.#update = update;
  }

  /** The writes of an event as they are now: ADK, or the agent, may go on with its delta. */
  async copyOf(delta: Delta | undefined): Promise<Delta> {
    return this.#apply(delta ?? {}, newState());
  }

  /**
   * `event` without those of its writes that are older than what is stored. A retry, of an event
   * that the session object has, is left as it was stored.
   */
  async withoutOlder(
    event: Event,
    { writes, hasEvent }: { readonly writes: Delta; readonly hasEvent: () => boolean },
  ): Promise<Event> {
    const older = this.#leftOut.get(event.id) ?? (await this.#olderKeys(writes));
    if (older.length === 0 || (!this.#leftOut.has(event.id) && hasEvent())) return event;
    this.#leftOut.set(event.id, older);
    const { stateDelta, removedStateKeys, ...actions } = event.actions;
    const kept = Object.entries(stateDelta).filter(([key]) => !older.includes(key));
    const removed = removedStateKeys?.filter((key) => !older.includes(key));
    return {
      ...event,
      actions: {
        ...actions,
        stateDelta: Object.fromEntries(kept),
        ...(removed !== undefined && { removedStateKeys: removed }),
      },
    };
  }

  /**
   * Takes note of writes that have been stored. Those that did not go through a `State` count from
   * this call on, as they do in ADK from its update of the session: nothing may come between.
   */
  async add(writes: Delta): Promise<void> {
    const keys = Object.keys(writes);
    if (keys.length === 0) return;
    const unstamped = newState();
    new State(newState(), unstamped).update(writes);
    const older = await this.#olderKeys(writes);
    const stamped = await this.#stampedKeys(writes);
    for (const key of keys) {
      if (older.includes(key)) continue;
      this.#stored.set(key, stamped.includes(key) ? writes : unstamped);
    }
  }

  async #olderKeys(writes: Delta): Promise<readonly string[]> {
    const keys = Object.keys(writes).filter((key) => this.#stored.has(key));
    if (keys.length === 0) return keys;
    const state = newState();
    const deltas = new Set(keys.map((key) => this.#stored.get(key) as Delta));
    for (const delta of deltas) await this.#apply(delta, state);
    await this.#apply(writes, state);
    return keys.filter((key) => !Object.is(state[key], writes[key]));
  }

  /** The keys that went through a `State`: a write of this moment is newer. */
  async #stampedKeys(writes: Delta): Promise<readonly string[]> {
    const values = newState();
    const state = new State(values);
    for (const key of Object.keys(writes)) state.set(key, WRITTEN_NOW);
    await this.#apply(writes, values);
    return Object.keys(writes).filter((key) => values[key] === WRITTEN_NOW);
  }

  /** ADK's update of a session that has nothing but `state`. Gives its copy of the delta. */
  async #apply(delta: Delta, state: Delta): Promise<Delta> {
    const event = { actions: { stateDelta: delta } } as unknown as AdkEvent;
    await this.#update({ session: { state, events: [] as AdkEvent[] } as Session, event });
    return event.actions.stateDelta;
  }
}

/** Without a prototype, so that `__proto__` is a key like any other. */
function newState(): Delta {
  return Object.create(null);
}
