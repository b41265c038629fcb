import { checkInteger } from './check-value.ts';
import { processWide } from './process-wide.ts';

const MAX_UUID_TIME = 2 ** 48 - 1;
const RANDOM_BYTES = 10;
const pool = new Uint8Array(RANDOM_BYTES * 100);
let used = pool.length;
// The 26 bits behind the time count within a millisecond. One for the whole process, so that ids
// ascend whichever copy of this package makes them.
const last = /* @__PURE__ */ processWide('core.uuid', () => ({ time: -1, counter: 0 }));

/**
 * A UUID of version 7 (RFC 9562). Those that a process makes ascend as text, within a millisecond
 * too, and even if the clock is set back.
 *
 * `time` (epoch ms) makes one for another moment, in no particular order with others; a time that
 * does not fit into 48 bits is `invalid_argument`.
 *
 * @default time is now
 * @example
 * const id = createUuidV7(); // '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21'
 */
export function createUuidV7(time?: number): string {
  // Asking for randomness is the costly part, so it is asked for many ids at once.
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  // From a random start, which leaves room for 33 million ids in a millisecond.
  let count = (byte() << 17) | (byte() << 9) | (byte() << 1) | (byte() & 1);
  let random = '';
  for (let i = 4; i < RANDOM_BYTES; i++) random += HEX[byte()];
  if (time === undefined) {
    const now = Date.now();
    last.counter = now > last.time ? count : last.counter + 1;
    count = last.counter;
    last.time = Math.max(now, last.time);
  } else {
    checkInteger(time, { path: 'time', min: 0, max: MAX_UUID_TIME });
  }
  const clock = (time ?? last.time).toString(16).padStart(12, '0');
  const version = (0x7000 | (count >>> 14)).toString(16);
  const variant = (0x8000 | (count & 0x3fff)).toString(16);
  return `${clock.slice(0, 8)}-${clock.slice(8)}-${version}-${variant}-${random}`;
}

function byte(): number {
  return pool[used++] as number;
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
