import type { JsonPathStep } from '@holdfast/core/internal';
import { isTempKey } from '@holdfast/state';
import { jsonForm } from './json-form.ts';

/** How the values of a state are taken: by their JSON form, or only if they are JSON already. */
export type StateValues = 'json' | 'strict';

/** A state, or changes to one, as a service takes it. */
export interface StateFromAdk {
  readonly set: Record<string, unknown>;
  /** ADK has no removal: an agent sets a key to undefined, and JSON then leaves the key out. */
  readonly removed: readonly string[];
}

/**
 * A state of ADK as a service takes it: without `temp:` keys, whose values may be anything, also
 * a live object that no JSON can hold. A value that JSON leaves out, such as a function, removes its
 * key, as undefined does.
 */
export function stateFromAdk(
  state: object,
  { values, path }: { readonly values: StateValues; readonly path: readonly JsonPathStep[] },
): StateFromAdk {
  const set: [string, unknown][] = [];
  const removed: string[] = [];
  for (const [key, given] of Object.entries(state)) {
    if (isTempKey(key)) continue;
    const value = values === 'strict' ? given : jsonForm(given, [...path, { key }]);
    if (value === undefined) removed.push(key);
    else set.push([key, value]);
  }
  return { set: Object.fromEntries(set), removed };
}
