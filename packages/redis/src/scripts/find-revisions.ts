import type { SessionKey } from '@holdfast/core';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { type ScriptCall, script } from './script.ts';

// KEYS: the metas of some buckets. ARGV: for each session the number of its key, and its member.
const find = script(`
  local metas = {}
  for i = 1, #ARGV, 2 do
    metas[#metas + 1] = redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1])
  end
  return metas
`);

/** Answers the meta of each session, or null. */
export function findMetas(sessions: readonly SessionKey[], keys: RedisKeys): ScriptCall {
  const numbers = new Map<string, number>();
  const args = sessions.flatMap((key) => {
    const { metas } = keys.user(key).bucket;
    const number = numbers.get(metas) ?? numbers.size + 1;
    numbers.set(metas, number);
    return [String(number), memberOf(key)];
  });
  return find([...numbers.keys()], args);
}
