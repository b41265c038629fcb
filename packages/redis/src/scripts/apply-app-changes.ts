import type { StateChanges, StateIncrements } from '@holdfast/state/internal';
import type { AppKeys } from '../redis-keys.ts';
import { encodeChanges } from './encode-changes.ts';
import { PUT, SPLIT, script } from './script.ts';
import { encodeIncrements, HINDER, SUM } from './sum.ts';

/** `now`: the time in µs, which is the unit of versions and stamps. `whole(number)`: its text. */
export const NOW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local function whole(number) return string.format('%.0f', number) end
`;

// How long it is known which stamp a key has, in µs. A change whose intent was lost with a master
// is right for so long after it.
const STAMPS_KEPT = 10 * 60 * 1_000_000;

// The same for what was added to a key: there may be much of it.
const INCREMENTS_KEPT = 60 * 1_000_000;

// KEYS: state, stamps, intents, clock, increments. ARGV: pairs of a version and what the outbox has
// for it, or '' if there is nothing, and never will be: then its intent is dropped.
//
// A change whose intent is there is applied if its stamp is greater than that of the key. Stamps
// are forgotten once they are old, and lower than any open version. Without an intent, a change
// with a stamp that may have been forgotten was applied before.
//
// What is added to a key does not move its stamp, and is listed: so it is known what was applied
// before, and what is to be added again if a value comes late with a stamp between that of the key
// and that of the increment. What does not fit is left out, as if the value that it was to be added
// to had been set after it.
const apply = script(`
  ${SPLIT}${PUT}${NOW}${SUM}
  local clock = redis.call('HMGET', KEYS[4], 'last', 'forgotten', 'merged')
  local last, forgotten = tonumber(clock[1] or '0'), tonumber(clock[2] or '0')
  local merged = math.max(tonumber(clock[3] or '0'), forgotten)
  local left, known, open = redis.call('HLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3])
  local listed = redis.call('ZCARD', KEYS[5])
  local mine, stamps, values, added = {}, {}, {}, {}

  local function stampOf(name)
    return stamps[name] or tonumber(redis.call('ZSCORE', KEYS[2], name) or '0')
  end
  local function add(name, by)
    local value = values[name]
    if value == nil then value = redis.call('HGET', KEYS[1], name) end
    values[name] = sumOf(value, by) or value
  end
  local function set(name, value, stamp)
    if stamp <= stampOf(name) then return end
    stamps[name], values[name] = stamp, value
    local function addAgain(member)
      local lines = split(member)
      if lines[2] == name then add(name, tonumber(lines[3])) end
    end
    if listed > 0 then
      for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '(' .. whole(stamp), '+inf')) do
        addAgain(member)
      end
    end
    for member, later in pairs(added) do
      if later > stamp then addAgain(member) end
    end
  end
  local function increment(name, by, change)
    local member = change.version .. '\\n' .. name .. '\\n' .. by
    if added[member] or listed > 0 and redis.call('ZSCORE', KEYS[5], member) then return end
    if not change.isOpen and change.stamp <= merged or change.stamp <= stampOf(name) then return end
    added[member] = change.stamp
    add(name, tonumber(by))
  end

  for i = 1, #ARGV, 2 do
    local lines = split(ARGV[i + 1])
    mine[tonumber(ARGV[i])] = true
    if #lines > 0 then
      local counts, more = string.match(lines[2], '^(%d+)%+?(%d*)$')
      local sets, stamp = tonumber(counts), tonumber(lines[1])
      local adds = sets + (tonumber(more) or 0)
      local isOpen = redis.call('ZCOUNT', KEYS[3], ARGV[i], ARGV[i]) > 0
      local change = {version = ARGV[i], stamp = stamp, isOpen = isOpen}
      if stamp > forgotten or isOpen then
        for line = 3, sets + 2, 2 do set(lines[line], lines[line + 1], stamp) end
        for line = adds + 3, #lines do set(lines[line], false, stamp) end
      end
      for line = sets + 3, adds + 2, 2 do increment(lines[line], lines[line + 1], change) end
      last = math.max(last, stamp)
    end
  end
  local low = math.min(now, last) - ${STAMPS_KEPT}
  local lowListed = math.min(now, last) - ${INCREMENTS_KEPT}
  local first = redis.call('ZRANGE', KEYS[3], 0, #ARGV / 2, 'WITHSCORES')
  for i = 2, #first, 2 do
    if not mine[tonumber(first[i])] then
      low = math.min(low, tonumber(first[i]) - 1)
      lowListed = math.min(lowListed, tonumber(first[i]) - 1)
      break
    end
  end
  local sets, removals, rows, members = {}, {}, {}, {}
  for name, stamp in pairs(stamps) do rows[#rows + 1], rows[#rows + 2] = whole(stamp), name end
  for member, stamp in pairs(added) do members[#members + 1], members[#members + 2] = whole(stamp), member end
  for name, value in pairs(values) do
    if value then sets[#sets + 1], sets[#sets + 2] = name, value else removals[#removals + 1] = name end
  end

  redis.call('HSET', KEYS[4], 'last', whole(last), 'forgotten', whole(math.max(forgotten, low)),
    'merged', whole(math.max(merged, lowListed)))
  known = known + put('ZADD', KEYS[2], rows)
  listed = listed + put('ZADD', KEYS[5], members)
  left = left + put('HSET', KEYS[1], sets)
  drop('HDEL', KEYS[1], removals, left)
  for i = 1, #ARGV, 2 do
    if open > 0 then open = open - redis.call('ZREMRANGEBYSCORE', KEYS[3], ARGV[i], ARGV[i]) end
  end
  if known > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', whole(low)) end
  if listed > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', whole(lowListed)) end
  return 1
`);

// KEYS: state, stamps, intents, clock, increments. ARGV: sets, removals, increments. Answers what
// hinders the increments, if anything does. The version is greater than every stamp that was
// applied.
const update = script(`
  ${SPLIT}${PUT}${NOW}${SUM}${HINDER}
  local sets, removals, increments, rows, members = split(ARGV[1]), split(ARGV[2]), split(ARGV[3]), {}, {}
  local left = redis.call('HLEN', KEYS[1])
  local keys = #sets
  local hinder = hinderOf(KEYS[1], KEYS[3], increments)
  if hinder then return hinder end
  findUnfit(KEYS[1], increments, sets)
  local clock = redis.call('HMGET', KEYS[4], 'last', 'merged')
  local last = tonumber(clock[1] or '0')
  local version = whole(math.max(now, last + 1))
  redis.call('ZCARD', KEYS[2])
  local open = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
  local listed = redis.call('ZCARD', KEYS[5])
  for i = 1, keys, 2 do rows[#rows + 1], rows[#rows + 2] = version, sets[i] end
  for _, name in ipairs(removals) do rows[#rows + 1], rows[#rows + 2] = version, name end
  for i = 1, #increments, 2 do
    members[#members + 1] = version
    members[#members + 1] = version .. '\\n' .. increments[i] .. '\\n' .. increments[i + 1]
  end

  local low = math.min(now, last) - ${INCREMENTS_KEPT}
  if open then low = math.min(low, tonumber(open) - 1) end
  redis.call('HSET', KEYS[4], 'last', version, 'merged', whole(math.max(tonumber(clock[2] or '0'), low)))
  put('ZADD', KEYS[2], rows)
  listed = listed + put('ZADD', KEYS[5], members)
  left = left + put('HSET', KEYS[1], sets)
  drop('HDEL', KEYS[1], removals, left)
  if listed > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', whole(low)) end
  return {'done'}
`);

/** `entries` are versions, and what outboxes have for them, in turn. */
export function applyEntries(keys: AppKeys, entries: readonly string[]) {
  const { state, stamps, intents, clock, increments } = keys;
  return apply([state, stamps, intents, clock, increments], entries);
}

export interface AppUpdate {
  readonly changes: StateChanges;
  readonly increments: StateIncrements;
}

/** Answers what hinders the increments, if anything does. */
export function updateApp(keys: AppKeys, { changes, increments }: AppUpdate) {
  const { state, stamps, intents, clock, increments: listed } = keys;
  const { sets, removals } = encodeChanges(changes);
  const args = [sets, removals, encodeIncrements(increments)];
  return update([state, stamps, intents, clock, listed], args);
}
