import type { JsonValue } from '@holdfast/core';
import type { StateChanges } from '@holdfast/state';

/** Changes of one scope as a script takes them. */
export interface EncodedChanges {
  /** Names and values in turn, a line each. */
  readonly sets: string;
  /** Names, a line each. */
  readonly removals: string;
}

/**
 * Neither names nor JSON have line breaks in them, so a script can take them apart. However
 * many keys there are, they are two arguments: what a driver and a server take has an end.
 */
export function encodeChanges(changes: StateChanges): EncodedChanges {
  const sets: string[] = [];
  const removals: string[] = [];
  for (const [name, value] of changes) {
    if (value === undefined) removals.push(name);
    else sets.push(name, JSON.stringify(value));
  }
  return { sets: sets.join('\n'), removals: removals.join('\n') };
}

/** Adds changes to arguments one by one: both counts, then names and values, then removals. */
export function addChanges(args: string[], changes: StateChanges): void {
  const counts = args.push('', '') - 2;
  const removals: string[] = [];
  for (const [name, value] of changes) {
    if (value === undefined) removals.push(name);
    else args.push(name, JSON.stringify(value));
  }
  args[counts] = String(args.length - counts - 2);
  args[counts + 1] = String(removals.length);
  args.push(...removals);
}

/** Changes as one text: how many lines the sets are, the sets, and the removals. */
export function packChanges(changes: StateChanges): string {
  const { sets, removals } = encodeChanges(changes);
  const count = sets === '' ? 0 : sets.split('\n').length;
  return [String(count), sets, removals].filter((part) => part !== '').join('\n');
}

/** The state after `changes`. */
export function foldState(
  before: ReadonlyMap<string, JsonValue>,
  changes: StateChanges,
): ReadonlyMap<string, JsonValue> {
  if (changes.size === 0) return before;
  const after = new Map(before);
  for (const [name, value] of changes) {
    if (value === undefined) after.delete(name);
    else after.set(name, value);
  }
  return after;
}
