/**
 * What a script does, beside its own, whose changes of the app's state are to be applied in
 * another slot. The last two keys are the outbox and the versions of the bucket; the last three
 * arguments are the version that was reserved, the lowest one that is open, and the changes.
 *
 * `versions` holds the version up to which reservations were called off, and the last stamp that
 * was given. Stamps of one bucket grow in the order of its writes, and a stamp is never lower
 * than the version that was reserved for it.
 */
export const RESERVED = {
  /** Before the first write: a reservation that was called off is answered with 'stale'. */
  check: `
    local floor, last = string.match(redis.call('GET', KEYS[#KEYS]) or '0:0', '^(%d+):(%d+)$')
    redis.call('ZCARD', KEYS[#KEYS - 1])
    local version = tonumber(ARGV[#ARGV - 2])
    if version <= tonumber(floor) then return {'stale'} end
    local stamp = string.format('%.0f', math.max(version, tonumber(last) + 1))
  `,
  // What is below the lowest open version has been applied.
  write: `
    redis.call('ZADD', KEYS[#KEYS - 1], ARGV[#ARGV - 2], stamp .. '\\n' .. ARGV[#ARGV])
    redis.call('ZREMRANGEBYSCORE', KEYS[#KEYS - 1], '-inf', '(' .. ARGV[#ARGV - 1])
    redis.call('SET', KEYS[#KEYS], floor .. ':' .. stamp)
  `,
} as const;

/** What such a script takes along. */
export interface Reservation {
  readonly version: string;
  /** The lowest version that is open. */
  readonly low: string;
  readonly bucket: number;
  /** The changes of the app's state. */
  readonly changes: string;
}
