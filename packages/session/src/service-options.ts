import {
  checkInteger,
  checkTimestamp,
  copyOptions,
  describeType,
  invalidArgument,
  MAX_JSON_BYTES,
} from '@holdfast/core/internal';

/** What every session service takes, whatever its store. */
export interface SessionServiceOptions {
  /**
   * The most bytes of an event as JSON, and of the state in other calls.
   * @default 8 MiB, which is the most that can be set
   */
  readonly maxEventBytes?: number | undefined;
  /** The clock, in epoch ms. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The limits and the clock of writes. */
export interface WriteOptions {
  readonly maxEventBytes: number;
  /** Epoch ms. What a clock answers that is not a time is `invalid_argument` at `now`. */
  readonly now: () => number;
}

function timeOf(now: () => number): number {
  try {
    return now();
  } catch (cause) {
    throw invalidArgument('now', 'failed', cause);
  }
}

/** Checks the options that all services have; `invalid_argument` with the path of what is wrong. */
export function checkServiceOptions(options: SessionServiceOptions): WriteOptions {
  const { maxEventBytes = MAX_JSON_BYTES, now = Date.now } = copyOptions(options);
  if (typeof now !== 'function') {
    throw invalidArgument('now', `must be a function, got ${describeType(now)}`);
  }
  const range = { path: 'maxEventBytes', min: 1, max: MAX_JSON_BYTES };
  return {
    maxEventBytes: checkInteger(maxEventBytes, range),
    now: now === Date.now ? now : () => checkTimestamp(timeOf(now), 'now'),
  };
}
