import type { SessionKey } from '@holdfast/core';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { type ScriptCall, script } from './script.ts';

// KEYS: metas, the bucket's sessions, the user's, and what belongs to the session alone.
// It writes nothing that a server without memory would refuse.
const remove = script(`
  redis.call('ZSCORE', KEYS[2], ARGV[1])
  redis.call('ZSCORE', KEYS[3], ARGV[1])
  local there = redis.call('HDEL', KEYS[1], ARGV[1])
  if there == 0 then return 0 end
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('UNLINK', unpack(KEYS, 4))
  return there
`);

/** Answers 1, or 0 where there is no session. */
export function deleteSession(key: SessionKey, keys: RedisKeys): ScriptCall {
  const { bucket, user, session } = keys.session(key);
  const { events, ids, times, state, initial } = session;
  const own = [events, ids, times, state, initial];
  const names = [bucket.metas, bucket.sessions, user.sessions, ...own];
  return { script: remove, keys: names, args: [memberOf(key)] };
}
