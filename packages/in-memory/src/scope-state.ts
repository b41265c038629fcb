import type { JsonValue } from '@holdfast/core';
import { applyChanges, type StateChanges } from '@holdfast/state';

/** The state of one scope. */
export class ScopeState {
  readonly #live = new Map<string, JsonValue>();
  #snapshot: ReadonlyMap<string, JsonValue> | undefined;

  get size(): number {
    return this.#live.size;
  }

  apply(changes: StateChanges): void {
    if (changes.size === 0) return;
    applyChanges(this.#live, changes);
    this.#snapshot = undefined;
  }

  /** The state as it is now. The map never changes; it is shared until the next change. */
  snapshot(): ReadonlyMap<string, JsonValue> {
    this.#snapshot ??= new Map(this.#live);
    return this.#snapshot;
  }
}
