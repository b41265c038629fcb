import { identifierProblem } from '@holdfast/core/internal';

/**
 * Where a state key lives: with one session, with all sessions of a user in an app,
 * with all users of an app, or nowhere but in the caller's own `State`.
 */
export type StateScope = 'session' | 'user' | 'app' | 'temp';

/** The scopes that a store keeps. */
export type StoredScope = Exclude<StateScope, 'temp'>;

/** What a state key begins with. A key of the session's own scope has no prefix. */
export const STATE_PREFIXES = Object.freeze({
  user: 'user:',
  app: 'app:',
  temp: 'temp:',
} as const);

/** A state key, taken apart: `user:name` is `name` in the scope `user`. */
export interface ScopedStateKey {
  readonly scope: StateScope;
  readonly name: string;
}

/** Takes a state key apart. Every string has a scope; whether it is a key is another question. */
export function splitStateKey(key: string): ScopedStateKey {
  if (key.startsWith('user:')) return { scope: 'user', name: key.slice(5) };
  if (key.startsWith('app:')) return { scope: 'app', name: key.slice(4) };
  if (key.startsWith('temp:')) return { scope: 'temp', name: key.slice(5) };
  return { scope: 'session', name: key };
}

/** The key that stands for `name` in `scope`. */
export function joinStateKey({ scope, name }: ScopedStateKey): string {
  return scope === 'session' ? name : STATE_PREFIXES[scope] + name;
}

/** Whether `key` is a `temp:` key, which no store keeps. */
export function isTempKey(key: string): boolean {
  return key.startsWith(STATE_PREFIXES.temp);
}

/** Why `key`, prefix included, is not a valid state key; undefined if it is one. */
export function stateKeyProblem(key: unknown): string | undefined {
  return stateNameProblem(typeof key === 'string' ? splitStateKey(key).name : key);
}

/**
 * Why `name` is not a valid state key in its scope; undefined if it is one. A name follows the
 * rules of an id, and is not a bare prefix itself.
 */
export function stateNameProblem(name: unknown): string | undefined {
  if (name === '' || name === 'user:' || name === 'app:' || name === 'temp:') {
    return 'must have a name, not a scope prefix alone';
  }
  return identifierProblem(name);
}
