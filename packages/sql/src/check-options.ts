import { checkInteger, describeType, invalidArgument, isPlainObject } from '@holdfast/core';

// The longest that a timer can wait.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Refuses options that are no plain object. */
export function checkOptions(options: unknown): void {
  if (isPlainObject(options)) return;
  throw invalidArgument('options', `must be a plain object, got ${describeType(options)}`);
}

/** Refuses an option that is neither true nor false. */
export function checkFlag(path: string, value: unknown): void {
  if (typeof value !== 'boolean') throw invalidArgument(path, 'must be true or false');
}

/** An option in ms, at least `min`. */
export function checkTimeout(
  value: unknown,
  { path, min }: { readonly path: string; readonly min: number },
): number {
  return checkInteger(value, { path, min, max: MAX_TIMEOUT_MS });
}
