import type { Event } from '@holdfast/core';
import { markOf, type PreparedGet, type SessionSnapshot } from '@holdfast/session/store';
import { EMPTY_SCOPE } from '@holdfast/state/internal';
import { readFound, readInteger, readList } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import {
  parseEvent,
  parseInitialState,
  parseMeta,
  parseState,
  parseStoredDetails,
} from '../stored-text.ts';
import { FIND, type ScriptCall, script } from './script.ts';

// KEYS: metas, events, times, details, the session's state, the user's, that of the app if it is
// here, and the initial state if that is asked for. ARGV: member, how many events or '', the
// earliest time or '', whether to leave out those that are not active, whether the last key is the
// initial state. The events come as runs: the `seq` of the first, and their texts. The details and
// the initial state are answered last, if there are any.
const read = script(`
  ${FIND}
  local states, last = {}, ARGV[5] == '1' and #KEYS - 1 or #KEYS
  for key = 5, last do states[key - 4] = redis.call('HGETALL', KEYS[key]) end
  local runs = {}
  local function add(from, to)
    if from > to then return end
    runs[#runs + 1], runs[#runs + 2] = from, redis.call('LRANGE', KEYS[2], from - 1, to - 1)
  end

  local from = 1
  if ARGV[2] ~= '' then from = math.max(1, length - tonumber(ARGV[2]) + 1) end
  if ARGV[4] == '1' then
    from = math.max(from, tonumber(string.match(meta, '\\n.:%d*:%d*:(%d+)') or '1'))
  end
  if ARGV[3] == '' then
    add(from, length)
  elseif from <= length then
    local after = tonumber(ARGV[3])
    local indexed = redis.call('ZCARD', KEYS[3])
    local sorted = length - indexed

    -- The first part is in the order of time. Its first event that counts is searched in growing
    -- steps from the end: few steps if little is asked for.
    -- What has no time cannot be read, and is given out so that the reader finds it.
    local function counts(text)
      return (tonumber(string.match(text, '^%d+') or '') or after) >= after
    end
    local function countsAt(seq) return counts(redis.call('LINDEX', KEYS[2], seq - 1)) end
    local low, high, step = from, sorted + 1, 1
    while low < high do
      local probe = math.max(low, high - step)
      if countsAt(probe) then
        high, step = probe, step * 2
      else
        low = probe + 1
        break
      end
    end
    while low < high do
      local middle = math.floor((low + high) / 2)
      if countsAt(middle) then high = middle else low = middle + 1 end
    end
    add(high, sorted)

    local first = math.max(from, sorted + 1)
    if first <= length and redis.call('ZCOUNT', KEYS[3], after, '+inf') > length - first + 1 then
      -- Less to walk by seq than by time.
      local texts = redis.call('LRANGE', KEYS[2], first - 1, -1)
      for i, text in ipairs(texts) do
        if counts(text) then runs[#runs + 1], runs[#runs + 2] = first + i - 1, {text} end
      end
    elseif first <= length then
      local seqs = redis.call('ZRANGEBYSCORE', KEYS[3], after, '+inf')
      for i, seq in ipairs(seqs) do seqs[i] = tonumber(seq) end
      table.sort(seqs)
      local start, last
      for _, seq in ipairs(seqs) do
        if seq >= first then
          if last and seq ~= last + 1 then
            add(start, last)
            start = nil
          end
          start, last = start or seq, seq
        end
      end
      if start then add(start, last) end
    end
  end
  local reply = {meta, states, runs}
  if last < #KEYS then reply[5] = redis.call('GET', KEYS[#KEYS]) end
  if string.byte(meta, -1) == 10 or reply[5] ~= nil then
    reply[4] = string.find(meta, '\\nd', 1, true) and redis.call('HGET', KEYS[4], ARGV[1]) or false
  end
  return reply
`);

export interface ReadRun {
  readonly get: PreparedGet;
  readonly keys: RedisKeys;
  /** Whether the app's state is in the same slot, and is read as well. */
  readonly withApp: boolean;
}

export function readSession({ get, keys, withApp }: ReadRun): ScriptCall {
  const { key, numRecentEvents, afterTimestamp, active, includeInitialState } = get;
  const { bucket, user, session } = keys.session(key);
  const names = [bucket.metas, session.events, session.times, bucket.details];
  names.push(session.state, user.state);
  if (withApp) names.push(keys.app(key.appName).state);
  if (includeInitialState) names.push(session.initial);
  return read(names, [
    memberOf(key),
    String(numRecentEvents ?? ''),
    String(afterTimestamp ?? ''),
    active ? '1' : '',
    includeInitialState ? '1' : '',
  ]);
}

/** A session as of one moment; undefined if there is none. The app's state may be missing. */
export function readSnapshot(
  { key, includeInitialState }: PreparedGet,
  reply: unknown,
): SessionSnapshot | undefined {
  const found = readFound(reply, key);
  if (found === undefined) return undefined;
  const [meta, states, runs] = [found[0], readList(found[1]), readList(found[2])];
  const { appName, userId } = key;
  const { hasDetails: _, touchTime: __, ...session } = parseMeta(meta, key);
  const mark = markOf(session.incarnation);
  const events: Event[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const first = readInteger(runs[i]);
    readList(runs[i + 1]).forEach((text, at) => {
      events.push(parseEvent(text, { seq: first + at, key, mark }));
    });
  }
  return {
    key: Object.freeze(key),
    ...session,
    events,
    state: {
      session: parseState(states[0], key),
      user: parseState(states[1], { appName, userId }),
      app: states.length > 2 ? parseState(states[2], { appName }) : EMPTY_SCOPE,
    },
    details: parseStoredDetails(found[3] ?? null, key),
    initialState: includeInitialState ? parseInitialState(found[4], key) : undefined,
  };
}
