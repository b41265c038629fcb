import type { SessionKey } from '@holdfast/core';
import { readInteger, readList } from '../read-reply.ts';
import { ESCAPE, memberOf, type RedisKeys } from '../redis-keys.ts';
import { keysToDelete, REMOVE } from './delete-session.ts';
import { PUT, type ScriptCall, script } from './script.ts';
import { LABELS, META } from './session-meta.ts';

type UserOwner = Omit<SessionKey, 'sessionId'>;

// KEYS: the user's sessions. ARGV: how many.
const find = script(`return redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)`);

// Deletes a session, even one that has expired, and what is left of one that is half lost. The keys
// are those of `REMOVE`. ARGV: member.
const remove = script(`
  ${META}${LABELS}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  local meta = text and readMeta(text)
  local function removeIt()
    ${REMOVE}
  end
  removeIt()
  return text and 1 or 0
`);

// KEYS: metas, the bucket's sessions and expiries, details, and what the user has: sessions,
// expiries, labels, state. ARGV: user, limit. It answers 0 if the user has more sessions than the
// limit, and otherwise how many went, and how many keys of the state.
//
// What belongs to the sessions is found out here, as others may have created them a moment ago. It
// is in the slot of the keys that are named; if that is moving, to ask whether it exists fails
// before anything is written.
const erase = script(`
  ${PUT}${ESCAPE}
  local members = redis.call('ZRANGE', KEYS[5], 0, tonumber(ARGV[2]))
  if #members > tonumber(ARGV[2]) then return 0 end
  local user = escapeId(ARGV[1])
  local tag = string.sub(KEYS[5], 1, -#user - 4)
  local names = {}
  for _, member in ipairs(members) do
    local own = user .. ':' .. escapeId(string.sub(member, #ARGV[1] + 2))
    for _, kind in ipairs({'e', 'i', 't', 's', 'c'}) do
      names[#names + 1] = table.concat({tag, kind, own}, ':')
    end
  end
  for i = 1, #names, 5000 do
    redis.call('EXISTS', unpack(names, i, math.min(i + 4999, #names)))
  end
  local left = {redis.call('HLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3]), redis.call('HLEN', KEYS[4])}
  for key = 6, 7 do redis.call('ZCARD', KEYS[key]) end
  local stateKeys = redis.call('HLEN', KEYS[8])

  drop('HDEL', KEYS[1], members, left[1])
  drop('ZREM', KEYS[2], members, left[2])
  drop('ZREM', KEYS[3], members, left[3])
  drop('HDEL', KEYS[4], members, left[4])
  for i = 1, #names, 5000 do
    redis.call('UNLINK', unpack(names, i, math.min(i + 4999, #names)))
  end
  redis.call('UNLINK', unpack(KEYS, 5))
  return {#members, stateKeys}
`);

/** Answers the members of some of the user's sessions. */
export function findSessionsOf(
  owner: UserOwner,
  { keys, count }: { readonly keys: RedisKeys; readonly count: number },
): ScriptCall {
  return find([keys.user(owner).user.sessions], [String(count)]);
}

/** Answers 1, or 0 if there is no such session. */
export function eraseSession(key: SessionKey, keys: RedisKeys): ScriptCall {
  return remove(keysToDelete(key, keys), [memberOf(key)]);
}

export interface EraseRun {
  readonly owner: UserOwner;
  /** More sessions than these do not go at once. */
  readonly limit: number;
  readonly keys: RedisKeys;
}

/** Erases all that there is of a user, at one moment. */
export function eraseAll({ owner, limit, keys }: EraseRun): ScriptCall {
  const { bucket, user } = keys.user(owner);
  const { sessions, expiries, labels, state } = user;
  const names = [bucket.metas, bucket.sessions, bucket.expiries, bucket.details];
  return erase([...names, sessions, expiries, labels, state], [owner.userId, String(limit)]);
}

/** How much went; undefined if there was too much. */
export function readErased(
  reply: unknown,
): { readonly sessions: number; readonly stateKeys: number } | undefined {
  if (!Array.isArray(reply) && readInteger(reply) === 0) return undefined;
  const [sessions, stateKeys] = readList(reply);
  return { sessions: readInteger(sessions), stateKeys: readInteger(stateKeys) };
}
