import { at } from './scenario.ts';

/** The largest number that is safe to count to. */
export const MOST = Number.MAX_SAFE_INTEGER;
export const LEAST = Number.MIN_SAFE_INTEGER;

/** The prefixes of the scopes that are stored. */
export const storedPrefixes = ['', 'user:', 'app:'] as const;

/** An event that adds to keys, and does `more` to the state. */
export function adding(stateIncrements: Readonly<Record<string, number>>, more: object = {}) {
  return { timestamp: at(1), actions: { stateIncrements, ...more } };
}
