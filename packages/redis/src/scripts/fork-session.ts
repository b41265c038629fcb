import { corrupt, type ForkOutcome, type PreparedFork } from '@holdfast/session/store';
import { integerOf, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatDetails, formatLife, formatTime } from '../stored-text.ts';
import { encodeChanges } from './encode-changes.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';
import { LABELS, META } from './session-meta.ts';

// KEYS: metas, the bucket's sessions, the user's, the expiries of both, details, the user's labels;
// the events, ids, times and initial state of the source; those of the new session, and its state.
// ARGV: the source's member, its incarnation, the last event, the new member, time, incarnation,
// second line of the meta or '', when it expires or '', details or '', and what its state has.
//
// A whole session is copied by the server itself, and so is the greater part of one, from which the
// rest is cut.
//
// A driver may send a call again whose answer was lost: then the session that is there is the one
// that it has made.
const fork = script(`
  ${SPLIT}${PUT}${META}${LABELS}
  local text = redis.call('HGET', KEYS[1], ARGV[4])
  if text then
    return string.match(text, '^[%d:]+[-t]%d+:([^\\n]*)') == ARGV[6] and 1 or 0
  end
  local sourceText = redis.call('HGET', KEYS[1], ARGV[1])
  if not sourceText then return 2 end
  local source, length = readMeta(sourceText), redis.call('LLEN', KEYS[8])
  if not source or tonumber(source.revision) ~= length then return -1 end
  if isGone(source, ARGV[5]) or source.incarnation ~= ARGV[2] then return 2 end
  local through = tonumber(ARGV[3])
  local isWhole = through == length
  if through > length then return -1 end

  for key = 2, 5 do redis.call('ZCARD', KEYS[key]) end
  redis.call('HLEN', KEYS[6])
  redis.call('ZCARD', KEYS[7])
  local initial = redis.call('GET', KEYS[11])
  redis.call('LLEN', KEYS[12])
  for _, key in ipairs({13, 16}) do redis.call('HLEN', KEYS[key]) end
  redis.call('ZCARD', KEYS[14])

  -- The first events are in the order of time; the others have an index.
  local sorted = length - redis.call('ZCARD', KEYS[10])
  local updated, times = tonumber(ARGV[5]), {}
  if sorted > 0 and through > 0 then
    local last = redis.call('LINDEX', KEYS[8], math.min(sorted, through) - 1)
    updated = math.max(updated, tonumber(string.match(last, '^%d+') or '0'))
  end
  if through > sorted then
    local indexed = redis.call('ZRANGE', KEYS[10], 0, -1, 'WITHSCORES')
    for i = 1, #indexed, 2 do
      if tonumber(indexed[i]) <= through then
        times[#times + 1], times[#times + 2] = indexed[i + 1], indexed[i]
        updated = math.max(updated, tonumber(indexed[i + 1]))
      end
    end
  end
  -- Of few events, the ids are read where they stand; JSON that this cannot read is rare.
  local rows, beyond, isMost = {}, {}, 2 * through >= length
  local function readIds(from, to, add)
    for start = from, to, 500 do
      local some = redis.call('LRANGE', KEYS[8], start - 1, math.min(start + 499, to) - 1)
      for i, text in ipairs(some) do
        add(cjson.decode(string.sub(text, string.find(text, "{", 1, true) or 1)).id, start + i - 1)
      end
    end
  end
  local function keep(id, seq) rows[#rows + 1], rows[#rows + 2] = id, seq end
  local function leave(id) beyond[#beyond + 1] = id end
  redis.call('HLEN', KEYS[9])
  local isRead = isWhole
  if 8 * through < length then
    isRead = pcall(readIds, 1, through, keep)
  elseif not isWhole and 8 * (length - through) < length then
    isRead = pcall(readIds, through + 1, length, leave)
  end
  if not isRead then
    local seqs = redis.call('HGETALL', KEYS[9])
    rows, beyond = {}, {}
    for i = 1, #seqs, 2 do
      local isBeyond = tonumber(seqs[i + 1]) > through
      if isMost and isBeyond then
        leave(seqs[i])
      elseif not isMost and not isBeyond then
        keep(seqs[i], seqs[i + 1])
      end
    end
  end
  updated = string.format('%016.0f', updated)

  redis.call('ZADD', KEYS[2], updated, ARGV[4])
  if isMost and through > 0 then
    redis.call('COPY', KEYS[8], KEYS[12], 'REPLACE')
    redis.call('COPY', KEYS[9], KEYS[13], 'REPLACE')
    if not isWhole then
      redis.call('LTRIM', KEYS[12], 0, through - 1)
      drop('HDEL', KEYS[13], beyond, length)
    end
  else
    for from = 0, through - 1, 500 do
      local some = redis.call('LRANGE', KEYS[8], from, math.min(from + 500, through) - 1)
      redis.call('RPUSH', KEYS[12], unpack(some))
    end
  end
  put('HSET', KEYS[13], rows)
  put('ZADD', KEYS[14], times)
  if initial then redis.call('SET', KEYS[15], initial) end
  put('HSET', KEYS[16], split(ARGV[10]))
  local timed = #times > 0 and 't' or '-'
  text = table.concat({ARGV[5], updated, ARGV[5], timed .. through, ARGV[6]}, ':')
  if ARGV[7] ~= '' then text = text .. '\\n' .. ARGV[7] end
  redis.call('HSET', KEYS[1], ARGV[4], text)
  redis.call('ZADD', KEYS[3], updated, ARGV[4])
  if ARGV[8] ~= '' then
    for key = 4, 5 do redis.call('ZADD', KEYS[key], ARGV[8], ARGV[4]) end
  end
  if ARGV[9] ~= '' then
    redis.call('HSET', KEYS[6], ARGV[4], ARGV[9])
    put('ZADD', KEYS[7], labelsOf(ARGV[9], ARGV[4], true))
  end
  return 1
`);

export function forkSession(prepared: PreparedFork, keys: RedisKeys): ScriptCall {
  const { source, sourceIncarnation, throughSeq, create } = prepared;
  const { key, incarnation, createTime, state, details, expireTime } = create;
  // Of all events it needs not be said.
  const activeFrom = prepared.activeFrom > 1 ? prepared.activeFrom : undefined;
  const { bucket, user, session } = keys.session(key);
  const from = keys.session(source).session;
  return fork(
    [
      ...[bucket.metas, bucket.sessions, user.sessions, bucket.expiries, user.expiries],
      ...[bucket.details, user.labels],
      ...[from.events, from.ids, from.times, from.initial],
      ...[session.events, session.ids, session.times, session.initial, session.state],
    ],
    [
      memberOf(source),
      sourceIncarnation,
      String(throughSeq),
      memberOf(key),
      formatTime(createTime),
      incarnation,
      formatLife({ details, expireTime, activeFrom }),
      String(expireTime ?? ''),
      formatDetails(details),
      encodeChanges(state.session).sets,
    ],
  );
}

export function readForkReply({ source }: PreparedFork, reply: unknown): ForkOutcome {
  switch (integerOf(reply)) {
    case 0:
      return 'exists';
    case 1:
      return 'forked';
    case 2:
      return 'changed';
    case -1:
      throw corrupt('the list of events', { key: source });
    default:
      throw unexpected('what became of a fork', reply);
  }
}
