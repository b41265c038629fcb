import type { JsonObject, JsonValue } from '@holdfast/core';
import { invalidArgument, JsonCopier } from '@holdfast/core/internal';
import { copyState } from './copy-state.ts';
import type { StateDelta } from './state-changes.ts';
import { incremented } from './state-increments.ts';
import {
  isTempKey,
  joinStateKey,
  type StoredScope,
  splitStateKey,
  stateKeyProblem,
} from './state-key.ts';
import { addLayer, flattenLayers, layerOf, type StateLayers } from './state-layers.ts';
import { EMPTY_SCOPE, type StoredState, stateRecord } from './stored-state.ts';

/** What `takeDelta` gives: as an event's `actions` want it. */
export interface TakenDelta extends StateDelta {
  readonly removedStateKeys: readonly string[];
}

// How Node and others show an object in a console: without this, no private field is seen. It is
// left out of the published types: nobody could name the symbol, nor a type that has it.
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

const nothing: StoredState = { session: EMPTY_SCOPE, user: EMPTY_SCOPE, app: EMPTY_SCOPE };
const scopes: readonly StoredScope[] = ['session', 'user', 'app'];

/**
 * A private working copy of the state that a session sees: its own keys, those of its
 * user (`user:`), those of its app (`app:`), and `temp:` keys that are never stored.
 * It is a `ReadonlyMap` that can be written, and records what is changed until `takeDelta`
 * hands that out. Values are JSON, and frozen.
 *
 * @example
 * const { state } = session;
 * state.set('cart', ['book']).set('user:name', 'Ada').delete('draft');
 * await service.appendEvent({ ...session.key, event: { author: 'agent', actions: state.takeDelta() } });
 */
export class State implements ReadonlyMap<string, JsonValue> {
  // Three layers, the upper ones first: what was changed here, what events have brought
  // since the snapshot, and the snapshot, which is shared and never changed.
  // In the two upper ones, undefined stands for a removal.
  readonly #working = new Map<string, JsonValue | undefined>();
  readonly #untaken = new Set<string>();
  #arrived: StateLayers | undefined;
  #stored: StoredState = nothing;
  // Counted when first asked for, and kept right from then on.
  #size: number | undefined;

  /** A state of its own, with `initial` as what is already stored. @default initial is empty */
  constructor(initial?: Readonly<Record<string, unknown>>) {
    if (initial === undefined) return;
    const copied = copyState(new JsonCopier(), initial, {
      property: 'state',
      keyProblem: stateKeyProblem,
    });
    this.#arrived = addLayer(undefined, { stateDelta: copied });
  }

  /**
   * A working copy over what a store holds. The maps must never change.
   *
   * @internal
   */
  static fromStored(stored: StoredState): State {
    const state = new State();
    state.#stored = stored;
    return state;
  }

  get(key: string): JsonValue | undefined {
    if (typeof key !== 'string') return undefined; // as a Map would answer
    return this.#working.has(key) ? this.#working.get(key) : this.#below(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /**
   * Sets a key to a copy of `value`. `invalid_argument` if `key` is not a valid state key or
   * `value` is not JSON, with a path such as `state["cart"][2].price`; `too_large` beyond 8 MiB.
   */
  set(key: string, value: unknown): this {
    checkStateKey(key);
    const copier = new JsonCopier();
    const copied = copier.at('state', () => copier.copy(value, { key }));
    copier.checkSize(copied);
    this.#change(key, copied);
    return this;
  }

  /** Removes a key. False if there was none. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#change(key, undefined);
    return true;
  }

  get size(): number {
    this.#size ??= this.#countKeys();
    return this.#size;
  }

  *entries(): MapIterator<[string, JsonValue]> {
    const upper = this.#upperLayers();
    for (const scope of scopes) {
      for (const [name, stored] of this.#stored[scope]) {
        const key = joinStateKey({ scope, name });
        const value = upper.has(key) ? upper.get(key) : stored;
        upper.delete(key);
        if (value !== undefined) yield [key, value];
      }
    }
    for (const [key, value] of upper) if (value !== undefined) yield [key, value];
    return undefined;
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  *values(): MapIterator<JsonValue> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): MapIterator<[string, JsonValue]> {
    return this.entries();
  }

  /** Calls `visit` for each key, in the order of `entries`. */
  forEach(visit: (value: JsonValue, key: string, state: State) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  /** Whether something was changed since the last `takeDelta`. */
  hasDelta(): boolean {
    return this.#untaken.size > 0;
  }

  /**
   * What was changed since the last call, `temp:` keys included; then there is no delta
   * any more, and the changes stay readable here.
   */
  takeDelta(): TakenDelta {
    const set: [string, JsonValue][] = [];
    const removed: string[] = [];
    for (const key of this.#untaken) {
      const value = this.#working.get(key);
      if (value === undefined) removed.push(key);
      else set.push([key, value]);
    }
    this.#untaken.clear();
    return Object.freeze({
      stateDelta: stateRecord(set),
      removedStateKeys: Object.freeze(removed),
    });
  }

  /**
   * The state after an event: its changes are in, `temp:` keys and changes not yet taken
   * stay as they are here. This state is left as it is.
   */
  withDelta(delta: StateDelta): State {
    const next = State.fromStored(this.#stored);
    next.#arrived = addLayer(this.#arrived, this.#resolved(delta));
    for (const [key, value] of this.#working) {
      const untaken = this.#untaken.has(key);
      if (!untaken && !isTempKey(key)) continue;
      next.#working.set(key, value);
      if (untaken) next.#untaken.add(key);
    }
    return next;
  }

  /** The whole state as a frozen plain object. */
  toJSON(): JsonObject {
    return stateRecord(this.entries());
  }

  /** @internal */
  [inspect](): JsonObject {
    return this.toJSON();
  }

  /** A delta whose increments are made: on what this state has, without its own changes. */
  #resolved(delta: StateDelta): StateDelta {
    const { stateIncrements } = delta;
    if (stateIncrements === undefined) return delta;
    const sums: [string, JsonValue][] = [];
    for (const [key, by] of Object.entries(stateIncrements)) {
      // What others have made of a shared key since is not known here.
      const sum = incremented(this.#below(key), by);
      if (sum !== undefined) sums.push([key, sum]);
    }
    return { ...delta, stateDelta: { ...delta.stateDelta, ...stateRecord(sums) } };
  }

  #below(key: string): JsonValue | undefined {
    const layer = layerOf(key, this.#arrived);
    if (layer !== undefined) return layer.changes.get(key);
    const { scope, name } = splitStateKey(key);
    return scope === 'temp' ? undefined : this.#stored[scope].get(name);
  }

  #upperLayers(): Map<string, JsonValue | undefined> {
    const upper = flattenLayers(this.#arrived);
    for (const [key, value] of this.#working) upper.set(key, value);
    return upper;
  }

  #countKeys(): number {
    let size = scopes.reduce((sum, scope) => sum + this.#stored[scope].size, 0);
    for (const [key, value] of this.#upperLayers()) {
      const { scope, name } = splitStateKey(key);
      const isStored = scope !== 'temp' && this.#stored[scope].has(name);
      size += Number(value !== undefined) - Number(isStored);
    }
    return size;
  }

  #change(key: string, value: JsonValue | undefined): void {
    if (this.#size !== undefined) this.#size += Number(value !== undefined) - Number(this.has(key));
    this.#working.set(key, value);
    this.#untaken.add(key);
  }
}

function checkStateKey(key: unknown): void {
  const problem = stateKeyProblem(key);
  if (problem === undefined) return;
  const path = typeof key === 'string' ? `state[${JSON.stringify(key)}]` : 'state key';
  throw invalidArgument(path, `is not a valid state key: it ${problem}`);
}
