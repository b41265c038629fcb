import type { StateChanges } from '@holdfast/state/internal';
import { encodeChanges } from './encode-changes.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';

const read = script(`return redis.call('HGETALL', KEYS[1])`);

// It answers with what was there before: after a removal the key may be gone.
const update = script(`
  ${SPLIT}${PUT}
  local before = redis.call('HGETALL', KEYS[1])
  local added = put('HSET', KEYS[1], split(ARGV[1]))
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
