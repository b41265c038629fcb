import { corrupt } from '@holdfast/session/store';
import type { StateIncrements } from '@holdfast/state/internal';
import { readInteger, readList, readText, readTexts } from '../read-reply.ts';
import type { AppKeys, BucketKeys } from '../redis-keys.ts';
import { applyEntries, NOW, updateApp } from './apply-app-changes.ts';
import type { Reservation } from './reserved.ts';
import { SPLIT, script } from './script.ts';
import { encodeIncrements, HINDER, type Hinder, readHinder, SUM } from './sum.ts';

// The state of an app on a Cluster: it is in another slot than the events that change it.
// Each change has a stamp; of two changes of a key, the one with the greater stamp stays. Versions
// and stamps are whole numbers of µs, but no clock is trusted: each version is greater than every
// stamp that was applied before it was given out.

// KEYS: state, intents, clock. ARGV: the bucket that the change comes from, and its increments. It
// answers the version and the lowest one that is open, or what hinders the increments.
const reserve = script(`
  ${SPLIT}${SUM}${HINDER}${NOW}
  local hinder = hinderOf(KEYS[1], KEYS[2], split(ARGV[2]))
  if hinder then return hinder end
  local last = tonumber(redis.call('HGET', KEYS[3], 'last') or '0')
  local version = whole(math.max(now, last + 1))
  local low = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or version
  local intent = version .. ':' .. ARGV[1] .. ':' .. whole(now)
  if ARGV[2] ~= '' then intent = intent .. '\\n' .. ARGV[2] end
  redis.call('ZADD', KEYS[2], version, intent)
  redis.call('HSET', KEYS[3], 'last', version)
  return {version, low}
`);

// KEYS: state, intents. An intent is a version, a bucket, and when it was made; and its increments.
const read = script(`
  ${NOW}
  return {redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1), whole(now)}
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

export interface ReserveRun {
  /** Where the change comes from. */
  readonly bucket: number;
  readonly increments: StateIncrements;
}

/** Each script over the keys of an app, or of one of its buckets. */
export const appScripts = {
  /** Answers the version and the lowest one that is open, or what hinders the increments. */
  reserve: ({ state, intents, clock }: AppKeys, { bucket, increments }: ReserveRun) =>
    reserve([state, intents, clock], [String(bucket), encodeIncrements(increments)]),
  read: ({ state, intents }: AppKeys) => read([state, intents]),
  apply: applyEntries,
  update: updateApp,
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
    const parts = /^(\d+):(\d+):(\d+)(?:\n|$)/.exec(member);
    if (parts === null) throw corrupt('a change of the state', { key: { appName } });
    const [, version = '', bucket, made] = parts;
    const isOld = now - Number(made) > INTENT_PATIENCE;
    return { version, bucket: Number(bucket), isOld };
  });
  return { fields, intents };
}

/** What is reserved. */
export interface GivenVersion extends Pick<Reservation, 'version' | 'low'> {
  readonly type: 'reserved';
}

/** What `reserve` answers. */
export function readReservation(reply: unknown): GivenVersion | Hinder {
  const list = readList(reply);
  const [version, low] = list;
  return readHinder(list) ?? { type: 'reserved', version: readText(version), low: readText(low) };
}
