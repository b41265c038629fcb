import type { JsonValue } from '@holdfast/core';
import { applyChanges, EMPTY_SCOPE, type StateChanges } from '@holdfast/state/internal';
import { OverlayMap } from './overlay-map.ts';

// Up to so many keys a copy costs less than looking through two maps.
const SMALL = 64;

/**
 * The state of one scope. A read after a write costs no copy of the whole: what has changed is
 * kept apart, until it is large enough for the copy to pay.
 */
export class ScopeState {
  // Of the many sessions that never have state, none has a map of its own. Readers may hold it. From then on it does not change, and changes are kept apart.
  #base: ReadonlyMap<string, JsonValue> = EMPTY_SCOPE;
  /** `#base`, as long as nobody else has it. */
  #own: Map<string, JsonValue> | undefined;
  #changes: Map<string, JsonValue | undefined> | undefined;
  #snapshot: ReadonlyMap<string, JsonValue> | undefined;

  get isEmpty(): boolean {
    return this.snapshot().size === 0;
  }

  /** Forgets all of it. */
  clear(): void {
    this.#base = EMPTY_SCOPE;
    this.#own = undefined;
    this.#changes = undefined;
    this.#snapshot = undefined;
  }

  apply(changes: StateChanges): void {
    if (changes.size === 0) return;
    this.#snapshot = undefined;
    if (this.#base === EMPTY_SCOPE) {
      this.#own = new Map();
      this.#base = this.#own;
    }
    if (this.#own !== undefined) {
      applyChanges(this.#own, changes);
      return;
    }
    this.#changes ??= new Map();
    for (const [name, value] of changes) this.#changes.set(name, value);
  }

  /** The state as it is now. The map never changes; it is shared until the next change. */
  snapshot(): ReadonlyMap<string, JsonValue> {
    this.#snapshot ??= this.#share();
    return this.#snapshot;
  }

  #share(): ReadonlyMap<string, JsonValue> {
    const changes = this.#changes;
    if (changes !== undefined) {
      // So the copies of the changes and those of the whole cost about the same in the long run.
      const many = Math.sqrt(2 * this.#base.size);
      if (this.#base.size > SMALL && changes.size < many) {
        return new OverlayMap(this.#base, new Map(changes));
      }
      const whole = new Map(this.#base);
      applyChanges(whole, changes);
      this.#base = whole;
      this.#changes = undefined;
    }
    this.#own = undefined;
    return this.#base;
  }
}
