import type { SessionKey } from '@holdfast/core';
import type { PreparedDelete, PreparedDeleteExpired } from '@holdfast/session/store';
import { readInteger, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { type ScriptCall, script } from './script.ts';
import { LABELS, META } from './session-meta.ts';

/**
 * KEYS: metas, the bucket's sessions, the user's, the expiries of both, details, the user's labels,
 * and what belongs to the session alone. It writes nothing that a server without memory would
 * refuse. A session whose meta cannot be read may have anything.
 */
export const REMOVE = `
  for key = 2, 5 do redis.call('ZCARD', KEYS[key]) end
  local details = (not meta or meta.details == 'd') and redis.call('HGET', KEYS[6], ARGV[1])
  local labels = details and labelsOf(details, ARGV[1]) or {}
  if #labels > 0 then redis.call('ZCARD', KEYS[7]) end

  redis.call('HDEL', KEYS[1], ARGV[1])
  for key = 2, 3 do redis.call('ZREM', KEYS[key], ARGV[1]) end
  if not meta or meta.expires ~= '' then
    for key = 4, 5 do redis.call('ZREM', KEYS[key], ARGV[1]) end
  end
  if details then redis.call('HDEL', KEYS[6], ARGV[1]) end
  if #labels > 0 then redis.call('ZREM', KEYS[7], unpack(labels)) end
  redis.call('UNLINK', unpack(KEYS, 8))
  return 1
`;

// ARGV: member, now.
const remove = script(`
  ${META}${LABELS}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  local meta = text and readMeta(text)
  if not text or meta and isGone(meta, ARGV[2]) then return 0 end
  ${REMOVE}
`);

// ARGV: member, now, and since when a session is untouched that is to go as well, or ''.
const removeExpired = script(`
  ${META}${LABELS}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  local meta = text and readMeta(text)
  if not meta then return 0 end
  local isIdle = ARGV[3] ~= '' and tonumber(meta.touched) <= tonumber(ARGV[3])
  if not isIdle and not isGone(meta, ARGV[2]) then return 0 end
  ${REMOVE}
`);

/** The keys of `REMOVE`. */
export function keysToDelete(key: SessionKey, keys: RedisKeys): readonly string[] {
  const { bucket, user, session } = keys.session(key);
  const lists = [bucket.metas, bucket.sessions, user.sessions, bucket.expiries, user.expiries];
  return [...lists, bucket.details, user.labels, ...Object.values(session)];
}

/** Answers 1, or 0 if there is no session. */
export function deleteSession(prepared: PreparedDelete, keys: RedisKeys): ScriptCall {
  return remove(keysToDelete(prepared, keys), [memberOf(prepared), String(prepared.now)]);
}

/** Answers 1, or 0 if there is no such session. */
export function deleteExpired(
  { key, now, untouchedSince }: PreparedDeleteExpired,
  keys: RedisKeys,
): ScriptCall {
  const args = [memberOf(key), String(now), String(untouchedSince ?? '')];
  return removeExpired(keysToDelete(key, keys), args);
}

/** Whether there was a session. */
export function readDeleteReply(reply: unknown): boolean {
  const count = readInteger(reply);
  if (count !== 0 && count !== 1) throw unexpected('0 or 1', reply);
  return count === 1;
}
