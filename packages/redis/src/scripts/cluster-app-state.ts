import { corrupt } from '@holdfast/session/store';
import type { StateChanges } from '@holdfast/state/internal';
import { readInteger, readList, readText, readTexts } from '../read-reply.ts';
import type { AppKeys, BucketKeys } from '../redis-keys.ts';
import { encodeChanges } from './encode-changes.ts';
import type { Reservation } from './reserved.ts';
import { PUT, SPLIT, script } from './script.ts';

// The state of an app on a Cluster: it is in another slot than the events that change it.
// Each change has a stamp; of two changes of a key, the one with the greater stamp stays. Versions
// and stamps are whole numbers of µs, but no clock is trusted: each version is greater than every
// stamp that was applied before it was given out.

const NOW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local function whole(number) return string.format('%.0f', number) end
`;

// KEYS: intents, clock. ARGV: the bucket that the change comes from.
const reserve = script(`
  ${NOW}
  local last = tonumber(redis.call('HGET', KEYS[2], 'last') or '0')
  local version = whole(math.max(now, last + 1))
  local low = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or version
  redis.call('ZADD', KEYS[1], version, version .. ':' .. ARGV[1] .. ':' .. whole(now))
  redis.call('HSET', KEYS[2], 'last', version)
  return {version, low}
`);

// KEYS: state, intents. An intent is a version, a bucket, and when it was made.
const read = script(`
  ${NOW}
  return {redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1), whole(now)}
`);

// How long it is known which stamp a key has, in µs. A change whose intent was lost with a master
// is right for so long after it.
const STAMPS_KEPT = 10 * 60 * 1_000_000;

// KEYS: state, stamps, intents, clock. ARGV: pairs of a version and what the outbox has for it,
// or '' if there is nothing, and never will be: then its intent is dropped.
//
// A change whose intent is there is applied if its stamp is greater than that of the key. Stamps
// are forgotten once they are old, and lower than any open version. Without an intent, a change
// with a stamp that may have been forgotten was applied before.
const apply = script(`
  ${SPLIT}${PUT}${NOW}
  local last = tonumber(redis.call('HGET', KEYS[4], 'last') or '0')
  local forgotten = tonumber(redis.call('HGET', KEYS[4], 'forgotten') or '0')
  local left, known, open = redis.call('HLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[3])
  local mine, stamps, values = {}, {}, {}
  for i = 1, #ARGV, 2 do
    local lines = split(ARGV[i + 1])
    mine[tonumber(ARGV[i])] = true
    if #lines > 0 then
      local stamp, sets = tonumber(lines[1]), tonumber(lines[2])
      if stamp > forgotten or redis.call('ZCOUNT', KEYS[3], ARGV[i], ARGV[i]) > 0 then
        local function change(name, value)
          local before = stamps[name] or tonumber(redis.call('ZSCORE', KEYS[2], name) or '0')
          if stamp > before then stamps[name], values[name] = stamp, value end
        end
        for line = 3, sets + 2, 2 do change(lines[line], lines[line + 1]) end
        for line = sets + 3, #lines do change(lines[line], false) end
      end
      last = math.max(last, stamp)
    end
  end
  local low = math.min(now, last) - ${STAMPS_KEPT}
  local first = redis.call('ZRANGE', KEYS[3], 0, #ARGV / 2, 'WITHSCORES')
  for i = 2, #first, 2 do
    if not mine[tonumber(first[i])] then
      low = math.min(low, tonumber(first[i]) - 1)
      break
    end
  end
  local old = whole(low)
  local sets, removals, rows = {}, {}, {}
  for name, stamp in pairs(stamps) do
    rows[#rows + 1], rows[#rows + 2] = whole(stamp), name
    if values[name] then
      sets[#sets + 1], sets[#sets + 2] = name, values[name]
    else
      removals[#removals + 1] = name
    end
  end

  redis.call('HSET', KEYS[4], 'last', whole(last), 'forgotten', whole(math.max(forgotten, low)))
  known = known + put('ZADD', KEYS[2], rows)
  left = left + put('HSET', KEYS[1], sets)
  drop('HDEL', KEYS[1], removals, left)
  for i = 1, #ARGV, 2 do
    if open > 0 then open = open - redis.call('ZREMRANGEBYSCORE', KEYS[3], ARGV[i], ARGV[i]) end
  end
  if known > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', old) end
  return 1
`);

// KEYS: state, stamps, clock. ARGV: sets, removals.
const update = script(`
  ${SPLIT}${PUT}${NOW}
  local last = tonumber(redis.call('HGET', KEYS[3], 'last') or '0')
  local version = whole(math.max(now, last + 1))
  local left = redis.call('HLEN', KEYS[1])
  redis.call('ZCARD', KEYS[2])
  local sets, removals, rows = split(ARGV[1]), split(ARGV[2]), {}
  for i = 1, #sets, 2 do rows[#rows + 1], rows[#rows + 2] = version, sets[i] end
  for _, name in ipairs(removals) do rows[#rows + 1], rows[#rows + 2] = version, name end
  redis.call('HSET', KEYS[3], 'last', version)
  put('ZADD', KEYS[2], rows)
  left = left + put('HSET', KEYS[1], sets)
  drop('HDEL', KEYS[1], removals, left)
  return version
`);

// KEYS: outbox, versions. ARGV: pairs of a version and whether to call it off ('1') if the
// outbox has nothing for it. Answers what `apply` takes: pairs of a version and what the outbox
// has, or '' if it was called off. Others are left out.
const collect = script(`
  local floor, last = string.match(redis.call('GET', KEYS[2]) or '0:0', '^(%d+):(%d+)$')
  local called, reply = tonumber(floor), {}
  local highest = called
  for i = 1, #ARGV, 2 do
    local entry = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[i], ARGV[i])[1]
    if not entry and ARGV[i + 1] == '1' then
      if tonumber(ARGV[i]) > highest then highest, floor = tonumber(ARGV[i]), ARGV[i] end
      entry = ''
    end
    if entry then reply[#reply + 1], reply[#reply + 2] = ARGV[i], entry end
  end
  if highest > called then redis.call('SET', KEYS[2], floor .. ':' .. last) end
  return reply
`);

// KEYS: outbox. Answers all that it has, as `collect` does.
const collectAll = script(`
  local rows, reply = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), {}
  for i = 1, #rows, 2 do reply[i], reply[i + 1] = rows[i + 1], rows[i] end
  return reply
`);

// KEYS: outbox. ARGV: versions that are applied.
const clear = script(`
  local left = redis.call('ZCARD', KEYS[1])
  for _, version in ipairs(ARGV) do
    if left > 0 then left = left - redis.call('ZREMRANGEBYSCORE', KEYS[1], version, version) end
  end
  return left
`);

/** A change that may not have been applied yet. */
export interface Intent {
  readonly version: string;
  readonly bucket: number;
  /** Whether it is so old that its writer is not expected any more. */
  readonly isOld: boolean;
}

/** Each script over the keys of an app, or of one of its buckets. */
export const appScripts = {
  /** Answers the version and the lowest one that is open. */
  reserve: ({ intents, clock }: AppKeys, bucket: number) =>
    reserve([intents, clock], [String(bucket)]),
  read: ({ state, intents }: AppKeys) => read([state, intents]),
  apply: ({ state, stamps, intents, clock }: AppKeys, entries: readonly string[]) =>
    apply([state, stamps, intents, clock], entries),
  update({ state, stamps, clock }: AppKeys, changes: StateChanges) {
    const { sets, removals } = encodeChanges(changes);
    return update([state, stamps, clock], [sets, removals]);
  },
  collect({ outbox, versions }: BucketKeys, intents: readonly Intent[]) {
    const args = intents.flatMap(({ version, isOld }) => [version, isOld ? '1' : '']);
    return collect([outbox, versions], args);
  },
  collectAll: ({ outbox }: BucketKeys) => collectAll([outbox]),
  clear: ({ outbox }: BucketKeys, versions: readonly string[]) => clear([outbox], versions),
};

// How old an intent without an outbox entry gets before it is called off, in µs.
const INTENT_PATIENCE = 2_000_000;

/** What `read` answers: the fields, names and values in turn, and the intents that are open. */
export function readAppReply(reply: unknown, appName: string) {
  const [fields, members, time] = readList(reply);
  const now = readInteger(time);
  const intents = readTexts(members).map((member): Intent => {
    const parts = /^(\d+):(\d+):(\d+)$/.exec(member);
    if (parts === null) throw corrupt('a change of the state', { key: { appName } });
    const [, version = '', bucket, made] = parts;
    const isOld = now - Number(made) > INTENT_PATIENCE;
    return { version, bucket: Number(bucket), isOld };
  });
  return { fields, intents };
}

/** What `reserve` answers. */
export function readReservation(reply: unknown): Pick<Reservation, 'version' | 'low'> {
  const [version, low] = readList(reply);
  return { version: readText(version), low: readText(low) };
}
