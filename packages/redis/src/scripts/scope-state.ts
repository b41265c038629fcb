import type { StoredOwner } from '@holdfast/session/store';
import {
  applyChanges,
  applyIncrements,
  type ScopeState,
  type StateChanges,
  type StateIncrements,
} from '@holdfast/state/internal';
import { parseState } from '../stored-text.ts';
import { encodeChanges } from './encode-changes.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';
import { encodeIncrements, SUM } from './sum.ts';

const read = script(`return redis.call('HGETALL', KEYS[1])`);

// It answers with what was there before: after a removal the key may be gone.
const update = script(`
  ${SPLIT}${PUT}
  local before = redis.call('HGETALL', KEYS[1])
  local added = put('HSET', KEYS[1], split(ARGV[1]))
  drop('HDEL', KEYS[1], split(ARGV[2]), #before / 2 + added)
  return before
`);

// The same with increments, of no key that is set or removed: it answers with the name of a value
// that is unfit, and writes nothing then.
const increment = script(`
  ${SPLIT}${PUT}${SUM}
  local before = redis.call('HGETALL', KEYS[1])
  local sets = split(ARGV[1])
  local unfit = findUnfit(KEYS[1], split(ARGV[3]), sets)
  if unfit then return unfit end
  local added = put('HSET', KEYS[1], sets)
  drop('HDEL', KEYS[1], split(ARGV[2]), #before / 2 + added)
  return before
`);

/** Answers the fields of a state: names and values in turn. */
export function readScope(key: string): ScriptCall {
  return read([key]);
}

/** Answers the fields as they were before. */
export function updateScope(key: string, changes: StateChanges): ScriptCall {
  const { sets, removals } = encodeChanges(changes);
  return update([key], [sets, removals]);
}

export interface ScopeIncrement {
  readonly changes: StateChanges;
  readonly increments: StateIncrements;
}

/** Answers the fields as they were before, or the name of a value that is unfit. */
export function incrementScope(key: string, { changes, increments }: ScopeIncrement): ScriptCall {
  const { sets, removals } = encodeChanges(changes);
  return increment([key], [sets, removals, encodeIncrements(increments)]);
}

/** The state after an update with increments, or the name of a value that is unfit. */
export function readIncremented(
  { changes, increments }: ScopeIncrement,
  { reply, owner }: { readonly reply: unknown; readonly owner: StoredOwner },
): ScopeState | string {
  if (typeof reply === 'string') return reply;
  const state = new Map(parseState(reply, owner));
  const sums = applyIncrements(state, increments);
  if (typeof sums === 'string') return sums;
  applyChanges(state, changes);
  for (const [name, sum] of sums) state.set(name, sum);
  return state;
}
