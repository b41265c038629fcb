import type { JsonValue } from '@holdfast/core';
import { applyChanges, type StateChanges } from '@holdfast/state';
import { OverlayMap } from './overlay-map.ts';

// Up to so many keys a copy costs less than looking through two maps.
const SMALL = 64;

/**
 * The state of one scope. A read after a write costs no copy of the whole: what has changed is
 * kept apart, until it is large enough for the copy to pay.
 */
export class ScopeState {
  // Readers may hold it. From then on it does not change, and changes are kept apart.
  #base = new Map<string, JsonValue>();
  #isShared = false;
  #changes = new Map<string, JsonValue | undefined>();
  #snapshot: ReadonlyMap<string, JsonValue> | undefined;

  get isEmpty(): boolean {
    return this.snapshot().size === 0;
  }

  apply(changes: StateChanges): void {
    if (changes.size === 0) return;
    this.#snapshot = undefined;
    if (this.#isShared) for (const [name, value] of changes) this.#changes.set(name, value);
    else applyChanges(this.#base, changes);
  }

  /** The state as it is now. The map never changes; it is shared until the next change. */
  snapshot(): ReadonlyMap<string, JsonValue> {
    this.#snapshot ??= this.#share();
    return this.#snapshot;
  }

  #share(): ReadonlyMap<string, JsonValue> {
    if (this.#changes.size > 0) {
      // So the copies of the changes and those of the whole cost about the same in the long run.
      const many = Math.sqrt(2 * this.#base.size);
      if (this.#base.size > SMALL && this.#changes.size < many) {
        return new OverlayMap(this.#base, new Map(this.#changes));
      }
      this.#base = new Map(this.#base);
      applyChanges(this.#base, this.#changes);
      this.#changes = new Map();
    }
    this.#isShared = true;
    return this.#base;
  }
}
