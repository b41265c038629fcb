import { invalidArgument } from './holdfast-error.ts';
import { describeType } from './identifier.ts';

/** The latest time that a JavaScript `Date` can hold, in epoch ms. */
export const MAX_TIMESTAMP = 8.64e15;

export interface IntegerRange {
  readonly path: string;
  readonly min: number;
  /** `Number.MAX_SAFE_INTEGER` where it is missing. */
  readonly max?: number;
}

/** `value`, if it is an integer within the range, both ends included. */
export function checkInteger(value: unknown, range: IntegerRange): number {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && (value as number) >= range.min && (value as number) <= max) {
    return (value as number) + 0; // -0 becomes 0
  }
  const bounds =
    range.max === undefined ? `of at least ${range.min}` : `from ${range.min} to ${max}`;
  const got = typeof value === 'string' ? JSON.stringify(value) : describeType(value);
  throw invalidArgument(range.path, `must be an integer ${bounds}, got ${got}`);
}

/** Whether `value` is a time in epoch ms: an integer from 0 to 8.64e15. */
export function isTimestamp(value: unknown): value is number {
  return (
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIMESTAMP
  );
}

/** `value`, if it is a time in epoch ms: an integer from 0 to 8.64e15. */
export function checkTimestamp(value: unknown, path: string): number {
  return checkInteger(value, { path, min: 0, max: MAX_TIMESTAMP });
}
