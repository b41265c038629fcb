import type { SessionKey } from '@holdfast/core';
import {
  corrupt,
  expireTimeOf,
  type PreparedUpdateSession,
  type SessionDetails,
  type StoredSummary,
} from '@holdfast/session/store';
import { readText } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatDetails, formatTime, summaryOf } from '../stored-text.ts';
import { type ScriptCall, script } from './script.ts';
import { LABELS, META } from './session-meta.ts';

// KEYS: metas, details. ARGV: member, now. Answers the details, '' if there are none.
const read = script(`
  ${META}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  if not text then return false end
  local meta = readMeta(text)
  if not meta then return -1 end
  if isGone(meta, ARGV[2]) then return false end
  return redis.call('HGET', KEYS[2], ARGV[1]) or ''
`);

// KEYS: metas, details, the user's labels, the expiries of bucket and user. ARGV: member, now, the
// details before and after, when the session expires or '', after how many ms of idleness or ''.
// Answers the meta after it; if the details are not those before, an `=` and those that are.
const update = script(`
  ${META}${LABELS}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  if not text then return false end
  local meta = readMeta(text)
  if not meta then return -1 end
  if isGone(meta, ARGV[2]) then return false end
  local details = redis.call('HGET', KEYS[2], ARGV[1]) or ''
  if details ~= ARGV[3] then return '=' .. details end
  for key = 3, 5 do redis.call('ZCARD', KEYS[key]) end
  local before, added, kept = labelsOf(details, ARGV[1]), labelsOf(ARGV[4], ARGV[1], true), {}
  for i = 2, #added, 2 do kept[added[i]] = true end
  local removed = {}
  for _, label in ipairs(before) do
    if not kept[label] then removed[#removed + 1] = label end
  end
  local expired = meta.expires ~= ''

  meta.touched, meta.expires, meta.idle = ARGV[2], ARGV[5], ARGV[6]
  meta.details = ARGV[4] == '' and '-' or 'd'
  text = writeMeta(meta)
  redis.call('HSET', KEYS[1], ARGV[1], text)
  if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
  elseif details ~= '' then
    redis.call('HDEL', KEYS[2], ARGV[1])
  end
  if #added > 0 then redis.call('ZADD', KEYS[3], unpack(added)) end
  if #removed > 0 then redis.call('ZREM', KEYS[3], unpack(removed)) end
  for key = 4, 5 do
    if ARGV[5] ~= '' then
      redis.call('ZADD', KEYS[key], ARGV[5], ARGV[1])
    elseif expired then
      redis.call('ZREM', KEYS[key], ARGV[1])
    end
  end
  return text
`);

export function readDetails({ key, now }: PreparedUpdateSession, keys: RedisKeys): ScriptCall {
  const { bucket } = keys.user(key);
  return read([bucket.metas, bucket.details], [memberOf(key), formatTime(now)]);
}

/** What `readDetails` answers: stored details, '' if there are none; undefined: no session. */
export function readDetailsReply(reply: unknown, key: SessionKey): string | undefined {
  if (reply === null) return undefined;
  if (typeof reply !== 'string' || reply === '-1') throw corrupt('the session', { key });
  return reply;
}

export interface UpdateRun extends PreparedUpdateSession {
  /** As they are stored. */
  readonly before: string;
  readonly details: SessionDetails;
  readonly keys: RedisKeys;
}

export function updateDetails({ key, now, before, details, keys }: UpdateRun): ScriptCall {
  const { bucket, user } = keys.user(key);
  return update(
    [bucket.metas, bucket.details, user.labels, bucket.expiries, user.expiries],
    [
      memberOf(key),
      formatTime(now),
      before,
      formatDetails(details),
      String(expireTimeOf(details.expires, now) ?? ''),
      String(details.expires?.afterIdle ?? ''),
    ],
  );
}

/** The session after the update; undefined if there is none; or the details that it has. */
export function readUpdateReply(
  { key, details }: UpdateRun,
  reply: unknown,
): StoredSummary | string | undefined {
  if (reply === null) return undefined;
  if (reply === -1 || reply === '-1') throw corrupt('the session', { key });
  const text = readText(reply);
  if (text.startsWith('=')) return text.slice(1);
  return summaryOf({
    key: Object.freeze(key),
    meta: text,
    details: formatDetails(details) || null,
  });
}
