import type { Event, JsonObject, JsonValue } from '@holdfast/core';
import { jsonEqual } from '@holdfast/core/internal';
import { type StateScope, splitStateKey } from '@holdfast/state';
import type { ScopedState } from '../../api/wire.ts';

/** One key that was set or removed. `name` is the key without its prefix. */
export interface StateChange {
  readonly scope: StateScope;
  readonly name: string;
  readonly kind: 'set' | 'removed';
  /** Absent where it was removed. */
  readonly value?: JsonValue;
}

/** What an event did to the state, in the order in which it says so. */
export function changesOf({ actions }: Event): readonly StateChange[] {
  const { stateDelta = {}, removedStateKeys = [] } = actions;
  return [
    ...Object.entries(stateDelta).map(([key, value]) => ({
      ...split(key),
      kind: 'set' as const,
      value,
    })),
    ...removedStateKeys.map((key) => ({ ...split(key), kind: 'removed' as const })),
  ];
}

/** What has to happen to `before` to get `after`. */
export function changesBetween(before: ScopedState, after: ScopedState): readonly StateChange[] {
  return (['session', 'user', 'app'] as const).flatMap((scope) =>
    changesInScope(scope, { before: before[scope], after: after[scope] }),
  );
}

export function changesInScope(
  scope: StateScope,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
): readonly StateChange[] {
  const set = Object.entries(after)
    .filter(
      ([name, value]) => !Object.hasOwn(before, name) || !jsonEqual(before[name] ?? null, value),
    )
    .map(([name, value]) => ({ scope, name, kind: 'set' as const, value }));
  const removed = Object.keys(before)
    .filter((name) => !Object.hasOwn(after, name))
    .map((name) => ({ scope, name, kind: 'removed' as const }));
  return [...set, ...removed];
}

/** The state after the changes. Both stay as they are. */
export function applyTo(state: ScopedState, changes: readonly StateChange[]): ScopedState {
  const scopes = {
    session: new Map(Object.entries(state.session)),
    user: new Map(Object.entries(state.user)),
    app: new Map(Object.entries(state.app)),
  };
  for (const { scope, name, kind, value } of changes) {
    if (scope === 'temp') continue;
    if (kind === 'removed') scopes[scope].delete(name);
    else scopes[scope].set(name, value ?? null);
  }
  return {
    session: Object.fromEntries(scopes.session),
    user: Object.fromEntries(scopes.user),
    app: Object.fromEntries(scopes.app),
  };
}

function split(key: string): { readonly scope: StateScope; readonly name: string } {
  const { scope, name } = splitStateKey(key);
  return { scope, name };
}
