import {
  checkInteger,
  checkTimestamp,
  describeType,
  invalidArgument,
  isPlainObject,
} from '@holdfast/core';
import type { WaitOptions } from './script-runner.ts';

// The longest that a timer can wait.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export function checkOptions(options: unknown): void {
  if (isPlainObject(options)) return;
  throw invalidArgument('options', `must be a plain object, got ${describeType(options)}`);
}

/** False where it is missing. */
export function checkFlag(value: unknown, path: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw invalidArgument(path, `must be true or false, got ${describeType(value)}`);
}

/** In ms; 5,000 where it is missing. */
export function checkCallTimeout(callTimeout: unknown): number {
  if (callTimeout === undefined) return 5_000;
  return checkInteger(callTimeout, { path: 'callTimeout', min: 1, max: MAX_TIMEOUT_MS });
}

export function checkWait(wait: unknown): Required<WaitOptions> | undefined {
  if (wait === undefined) return undefined;
  if (!isPlainObject(wait)) {
    throw invalidArgument('wait', `must be a plain object, got ${describeType(wait)}`);
  }
  const { replicas, timeout = 1_000 } = wait;
  return {
    replicas: checkInteger(replicas, { path: 'wait.replicas', min: 1, max: 1_000 }),
    // To wait without end is what Redis takes 0 for.
    timeout: checkInteger(timeout, { path: 'wait.timeout', min: 1, max: MAX_TIMEOUT_MS / 2 - 1 }),
  };
}

/** A clock in epoch ms; that of the machine where it is missing. */
export function checkClock(now: unknown): () => number {
  if (now === undefined) return Date.now;
  if (typeof now !== 'function') {
    throw invalidArgument('now', `must be a function, got ${describeType(now)}`);
  }
  return () => checkTimestamp(now(), 'now');
}
