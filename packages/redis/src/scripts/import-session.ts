import { corrupt, NO_DETAILS, type PreparedImport } from '@holdfast/session/store';
import { integerOf, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import {
  formatDetails,
  formatInitialState,
  formatLife,
  formatNumbered,
  formatTime,
} from '../stored-text.ts';
import { encodeChanges } from './encode-changes.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';
import { LABELS, META } from './session-meta.ts';

// KEYS: metas, the bucket's sessions, the user's, the expiries of both, details, the user's labels,
// and the events, ids, times, initial state and state of the session. ARGV: member, incarnation,
// the revision before, whether this is the last part, creation, last update, now, second line of
// the meta or '', when it expires or '', details or '', initial state or '', what its state has,
// ids, events.
//
// A driver may send a call again whose answer was lost: then the part is there.
const importPart = script(`
  ${SPLIT}${PUT}${META}${LABELS}
  local from, ids, texts = tonumber(ARGV[3]), split(ARGV[13]), split(ARGV[14])
  local isLast = ARGV[4] == '1'
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  local length = redis.call('LLEN', KEYS[8])
  local meta = {created = ARGV[5], updated = ARGV[6], timed = '-', incarnation = ARGV[2]}
  if text then
    meta = readMeta(text)
    if not meta or tonumber(meta.revision) ~= length then return -1 end
    if meta.incarnation ~= ARGV[2] then return 0 end
    if length == from + #ids and (#ids > 0 or from == 0 and meta.expires ~= '0') then return 1 end
    if length ~= from or from == 0 or meta.expires ~= '0' then return 0 end
    for i = 1, #ids, 5000 do
      local seqs = redis.call('HMGET', KEYS[9], unpack(ids, i, math.min(i + 4999, #ids)))
      for _, seq in ipairs(seqs) do
        if seq then return 0 end
      end
    end
  elseif from > 0 then
    return 0
  end

  for key = 2, 5 do redis.call('ZCARD', KEYS[key]) end
  redis.call('HLEN', KEYS[6])
  redis.call('ZCARD', KEYS[7])
  for _, key in ipairs({9, 12}) do redis.call('HLEN', KEYS[key]) end
  redis.call('ZCARD', KEYS[10])
  local rows, times, latest, high = {}, {}, math.max(tonumber(meta.updated), tonumber(ARGV[6])), 0
  if from > 0 then
    high = tonumber(string.match(redis.call('LINDEX', KEYS[8], -1), '^%d+') or '0')
  end
  for i = 1, #texts do
    rows[2 * i - 1], rows[2 * i] = ids[i], from + i
    local time = tonumber(string.match(texts[i], '^%d+'))
    if meta.timed == 't' or time < high then
      meta.timed = 't'
      times[#times + 1], times[#times + 2] = time, from + i
    else
      high = time
    end
    latest = math.max(latest, time)
  end
  meta.updated = string.format('%016.0f', latest)

  redis.call('ZADD', KEYS[2], meta.updated, ARGV[1])
  put('RPUSH', KEYS[8], texts)
  put('HSET', KEYS[9], rows)
  put('ZADD', KEYS[10], times)
  redis.call('ZADD', KEYS[3], meta.updated, ARGV[1])
  local expires = isLast and ARGV[9] or '0'
  if expires ~= '' then
    for key = 4, 5 do redis.call('ZADD', KEYS[key], expires, ARGV[1]) end
  end
  if isLast then
    if ARGV[11] ~= '' then redis.call('SET', KEYS[11], ARGV[11]) end
    put('HSET', KEYS[12], split(ARGV[12]))
    if ARGV[10] ~= '' then
      redis.call('HSET', KEYS[6], ARGV[1], ARGV[10])
      put('ZADD', KEYS[7], labelsOf(ARGV[10], ARGV[1], true))
    end
  end
  text = table.concat({meta.created, meta.updated, ARGV[7], meta.timed .. (from + #texts), ARGV[2]}, ':')
  if ARGV[8] ~= '' then text = text .. '\\n' .. ARGV[8] end
  redis.call('HSET', KEYS[1], ARGV[1], text)
  if expires == '' and from > 0 then
    for key = 4, 5 do redis.call('ZREM', KEYS[key], ARGV[1]) end
  end
  return 1
`);

export function importSession(part: PreparedImport, keys: RedisKeys): ScriptCall {
  const { key, incarnation, fromRevision, events, session: row, isLast, now } = part;
  const { createTime, lastUpdateTime, details, expireTime, initialState, state } = row;
  const { bucket, user, session } = keys.session(key);
  const activeFrom = row.activeFrom > 1 ? row.activeFrom : undefined;
  return importPart(
    [
      ...[bucket.metas, bucket.sessions, user.sessions, bucket.expiries, user.expiries],
      ...[bucket.details, user.labels],
      ...[session.events, session.ids, session.times, session.initial, session.state],
    ],
    [
      memberOf(key),
      incarnation,
      String(fromRevision),
      isLast ? '1' : '',
      formatTime(createTime),
      formatTime(lastUpdateTime),
      formatTime(now),
      isLast
        ? formatLife({ details, expireTime, activeFrom })
        : formatLife({ details: NO_DETAILS, expireTime: 0 }),
      String(expireTime ?? ''),
      formatDetails(details),
      formatInitialState(initialState),
      encodeChanges(state).sets,
      events.map(({ id }) => id).join('\n'),
      events.map(formatNumbered).join('\n'),
    ],
  );
}

/** Whether the part is there. */
export function readImportReply({ key }: PreparedImport, reply: unknown): boolean {
  switch (integerOf(reply)) {
    case 0:
      return false;
    case 1:
      return true;
    case -1:
      throw corrupt('the list of events', { key });
    default:
      throw unexpected('what became of an import', reply);
  }
}
