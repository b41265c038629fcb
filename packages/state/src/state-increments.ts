import type { JsonValue } from '@holdfast/core';
import type {
  ScopedChanges,
  ScopedIncrements,
  StateDelta,
  StateIncrements,
} from './state-changes.ts';
import { type StoredScope, splitStateKey } from './state-key.ts';

/** Changes and increments as one; no key is in both. */
export interface FoldedIncrements {
  readonly changes: ScopedChanges;
  readonly increments: ScopedIncrements;
}

type Change =
  | { readonly type: 'set'; readonly value: JsonValue }
  | { readonly type: 'removed' }
  | { readonly type: 'added'; readonly by: number };

/** The value after an increment; undefined if it, or what it is added to, is not a safe integer. */
export function incremented(value: JsonValue | undefined, by: number): number | undefined {
  if (value !== undefined && !Number.isSafeInteger(value)) return undefined;
  const sum = ((value as number | undefined) ?? 0) + by;
  return Number.isSafeInteger(sum) ? sum : undefined;
}

/**
 * Deltas with increments as one, by scope, without `temp:` keys. What is added to a value of the
 * deltas themselves is added here, and `unfit` is called with the key and the delta's place if that
 * cannot be.
 */
export function foldWithIncrements(
  deltas: readonly StateDelta[],
  unfit: (key: string, index: number) => Error,
): FoldedIncrements {
  const folded = new Map<string, Change>();
  for (const [i, delta] of deltas.entries()) {
    const { stateDelta, removedStateKeys = [], stateIncrements = {} } = delta;
    for (const [key, value] of Object.entries(stateDelta)) folded.set(key, { type: 'set', value });
    for (const key of removedStateKeys) folded.set(key, { type: 'removed' });
    for (const [key, by] of Object.entries(stateIncrements)) {
      const before = folded.get(key);
      const added = addTo(before, by);
      if (added === undefined) throw unfit(key, i);
      folded.set(key, added);
    }
  }
  const changes = emptyScopes<JsonValue | undefined>();
  const increments = emptyScopes<number>();
  for (const [key, change] of folded) {
    const { scope, name } = splitStateKey(key);
    if (scope === 'temp') continue;
    if (change.type === 'added') increments[scope].set(name, change.by);
    else changes[scope].set(name, change.type === 'set' ? change.value : undefined);
  }
  return { changes, increments };
}

/**
 * The values after increments of one scope, given those before; the name of the first key that does
 * not take its increment, if there is one.
 */
export function applyIncrements(
  state: ReadonlyMap<string, JsonValue>,
  increments: StateIncrements,
): ReadonlyMap<string, number> | string {
  const values = new Map<string, number>();
  for (const [name, by] of increments) {
    const value = incremented(state.get(name), by);
    if (value === undefined) return name;
    values.set(name, value);
  }
  return values;
}

function addTo(before: Change | undefined, by: number): Change | undefined {
  switch (before?.type) {
    case undefined:
      return { type: 'added', by };
    case 'removed':
      return { type: 'set', value: by };
    case 'set': {
      const value = incremented(before.value, by);
      return value === undefined ? undefined : { type: 'set', value };
    }
    case 'added': {
      const sum = incremented(before.by, by);
      return sum === undefined ? undefined : { type: 'added', by: sum };
    }
  }
}

function emptyScopes<V>(): { readonly [Scope in StoredScope]: Map<string, V> } {
  return { session: new Map(), user: new Map(), app: new Map() };
}
