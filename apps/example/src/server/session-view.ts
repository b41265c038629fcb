import type { JsonObject, JsonValue } from '@holdfast/core';
import type { Session, SessionSummary } from '@holdfast/session';
import { type State, type StateScope, splitStateKey } from '@holdfast/state';
import type { ScopedState, SessionEntry } from '../api/wire.ts';

/** A conversation as a list shows it. The title is there if its state is. */
export function toSessionEntry(session: Session | SessionSummary): SessionEntry {
  const { id, createTime, lastUpdateTime, revision } = session;
  const title = session.state?.get('title');
  return {
    id,
    ...(typeof title === 'string' && { title }),
    createTime,
    lastUpdateTime,
    revision,
  };
}

/** A state by the scopes that are stored, keys without prefix. */
export function toScopedState(state: State): ScopedState {
  const scopes: Record<StateScope, [string, JsonValue][]> = {
    session: [],
    user: [],
    app: [],
    temp: [],
  };
  for (const [key, value] of state) {
    const { scope, name } = splitStateKey(key);
    scopes[scope].push([name, value]);
  }
  return {
    session: toObject(scopes.session),
    user: toObject(scopes.user),
    app: toObject(scopes.app),
  };
}

// Object.fromEntries defines what it is given: `__proto__` is a key like any other.
function toObject(entries: readonly [string, JsonValue][]): JsonObject {
  return Object.fromEntries(entries);
}
