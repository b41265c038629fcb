import type { JsonObject, JsonValue } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import { applyChanges, type StateChanges } from './state-changes.ts';
import type { StoredScope } from './state-key.ts';

/** The state of one scope, by name: without the scope's prefix. */
export type ScopeState = ReadonlyMap<string, JsonValue>;

/** The stored state that a session sees, by scope. */
export type StoredState = { readonly [Scope in StoredScope]: ScopeState };

/** A scope with nothing in it. */
export const EMPTY_SCOPE: ScopeState = new Map();

/** Entries as a frozen plain object. Keys such as `__proto__` are ordinary keys. */
export function stateRecord(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  const record: Record<string, JsonValue> = {};
  for (const [key, value] of entries) setOwn(record, key, value);
  return Object.freeze(record);
}

/** The state of a scope after `changes`; `before` itself if there are none. */
export function foldState(before: ScopeState, changes: StateChanges): ScopeState {
  if (changes.size === 0) return before;
  const after = new Map(before);
  applyChanges(after, changes);
  return after;
}
