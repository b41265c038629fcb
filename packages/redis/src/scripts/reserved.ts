import type { BucketKeys } from '../redis-keys.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';

/**
 * How a script that writes a session changes the state of its app: there and then, not at all, or
 * later in another slot.
 */
export type AppPlace = 'here' | 'elsewhere' | Reservation;

/** What a script takes if its changes of the app's state are to be applied in another slot. */
export interface Reservation {
  readonly version: string;
  /** The lowest version that is open. */
  readonly low: string;
  /** The changes of the app's state. */
  readonly changes: string;
}

// The last two keys are the outbox and the versions of the bucket; the last three arguments are
// the version that was reserved, the lowest one that is open, and the changes.
//
// `versions` holds the version up to which reservations were called off, and the last stamp that
// was given. Stamps of one bucket grow in the order of its writes, and a stamp is never lower
// than the version that was reserved for it.
const CHECK = `
  local floor, last = string.match(redis.call('GET', KEYS[#KEYS]) or '0:0', '^(%d+):(%d+)$')
  redis.call('ZCARD', KEYS[#KEYS - 1])
  local version = tonumber(ARGV[#ARGV - 2])
  if version <= tonumber(floor) then return {'stale'} end
  local stamp = string.format('%.0f', math.max(version, tonumber(last) + 1))
`;

// What is below the lowest open version has been applied.
const WRITE = `
  redis.call('ZADD', KEYS[#KEYS - 1], ARGV[#ARGV - 2], stamp .. '\\n' .. ARGV[#ARGV])
  redis.call('ZREMRANGEBYSCORE', KEYS[#KEYS - 1], '-inf', '(' .. ARGV[#ARGV - 1])
  redis.call('SET', KEYS[#KEYS], floor .. ':' .. stamp)
`;

/**
 * A script that writes a session, with a reservation or without. `scopes` is the number of its own
 * keys. Its `answer` has `stamp`, that of the changes of the app's state, '' if none were reserved;
 * a reservation that was called off is answered with 'stale' before the first write.
 */
export function reservable(parts: Readonly<Record<'read' | 'write' | 'answer', string>>) {
  const { read, write, answer } = parts;
  const plain = script(`${SPLIT}${PUT}
    local scopes, stamp = #KEYS, ''
    ${read}${write}${answer}`);
  const reserved = script(`${SPLIT}${PUT}
    local scopes = #KEYS - 2
    ${read}${CHECK}${write}${WRITE}${answer}`);
  return (app: AppPlace, { bucket, keys, args }: ReservableCall): ScriptCall => {
    if (typeof app === 'string') return plain(keys, args);
    const { version, low, changes } = app;
    return reserved([...keys, bucket.outbox, bucket.versions], [...args, version, low, changes]);
  };
}

interface ReservableCall extends Pick<ScriptCall, 'keys' | 'args'> {
  readonly bucket: BucketKeys;
}
