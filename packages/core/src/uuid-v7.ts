import { checkInteger } from './integer.ts';

const MAX_UUID_TIME = 2 ** 48 - 1;
const POOL_BYTES = 1024;
const ID_RANDOM_BYTES = 10;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/**
 * A UUID of version 7 (RFC 9562): 48 bits of `time` (epoch ms), then 74 random bits.
 * Two ids of the same millisecond are in no particular order. A time that does not fit
 * is `invalid_argument`.
 */
export function createUuidV7(time: number = Date.now()): string {
  checkInteger(time, { path: 'time', min: 0, max: MAX_UUID_TIME });
  // Asking for randomness is the costly part, so it is asked for many ids at once.
  if (used + ID_RANDOM_BYTES > POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let random = '';
  for (let i = 0; i < ID_RANDOM_BYTES; i++) {
    let byte = pool[used++] as number;
    if (i === 0) byte = 0x70 | (byte & 0x0f);
    if (i === 2) byte = 0x80 | (byte & 0x3f);
    random += hex[byte];
  }
  const clock = time.toString(16).padStart(12, '0');
  return `${clock.slice(0, 8)}-${clock.slice(8, 12)}-${random.slice(0, 4)}-${random.slice(4, 8)}-${random.slice(8)}`;
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
