import type { JsonValue } from '@holdfast/core';
import { type StoredScope, splitStateKey } from './state-key.ts';

/** New values by name, without the scope's prefix. Undefined stands for a removal. */
export type StateChanges = ReadonlyMap<string, JsonValue | undefined>;

/** The changes of the scopes that a store keeps. */
export type ScopedChanges = { readonly [Scope in StoredScope]: StateChanges };

/** What is added to values, by name, without the scope's prefix. */
export type StateIncrements = ReadonlyMap<string, number>;

/** The increments of the scopes that a store keeps. */
export type ScopedIncrements = { readonly [Scope in StoredScope]: StateIncrements };

/** What an event's actions say of the state, prefixes included. */
export interface StateDelta {
  readonly stateDelta: Readonly<Record<string, JsonValue>>;
  readonly removedStateKeys?: readonly string[];
  readonly stateIncrements?: Readonly<Record<string, number>>;
}

const none: StateChanges = new Map();

/** No change in any scope. */
export const NO_CHANGES: ScopedChanges = Object.freeze({
  session: none,
  user: none,
  app: none,
});

/** Deltas as one, by scope, without `temp:` keys: of two changes of a key, the later one counts. */
export function foldDeltas(deltas: readonly StateDelta[]): ScopedChanges {
  let folded:
    | { [Scope in StoredScope]: Map<string, JsonValue | undefined> | undefined }
    | undefined;
  const change = (key: string, value: JsonValue | undefined) => {
    const { scope, name } = splitStateKey(key);
    if (scope === 'temp') return;
    folded ??= { session: undefined, user: undefined, app: undefined };
    folded[scope] ??= new Map();
    folded[scope].set(name, value);
  };
  for (const { stateDelta, removedStateKeys } of deltas) {
    for (const key of Object.keys(stateDelta)) change(key, stateDelta[key]);
    if (removedStateKeys !== undefined) for (const key of removedStateKeys) change(key, undefined);
  }
  if (folded === undefined) return NO_CHANGES;
  const { session = none, user = none, app = none } = folded;
  return { session, user, app };
}

/** Makes the changes in `state`. */
export function applyChanges(state: Map<string, JsonValue>, changes: StateChanges): void {
  for (const [name, value] of changes) {
    if (value === undefined) state.delete(name);
    else state.set(name, value);
  }
}
