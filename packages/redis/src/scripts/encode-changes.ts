import type { StateChanges, StateIncrements } from '@holdfast/state/internal';
import { encodeIncrements } from './sum.ts';

/**
 * Changes of one scope as a script takes them: the names and values of `sets` in turn, and the
 * names of `removals`, a line each. Neither names nor JSON contain line breaks, so a script can
 * split them. However many keys there are, they are two arguments: there is a limit to how many a
 * driver and a server take.
 */
export function encodeChanges(changes: StateChanges) {
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

/**
 * Changes and increments as one text: how many lines the sets are, and behind a plus how many the
 * increments are if there are any; then the sets, the increments and the removals.
 */
export function packChanges(changes: StateChanges, increments: StateIncrements): string {
  const { sets, removals } = encodeChanges(changes);
  const count = sets === '' ? 0 : sets.split('\n').length;
  const counts = increments.size === 0 ? String(count) : `${count}+${2 * increments.size}`;
  const parts = [counts, sets, encodeIncrements(increments), removals];
  return parts.filter((part) => part !== '').join('\n');
}
