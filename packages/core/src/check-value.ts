import { invalidArgument } from './holdfast-error.ts';
import { isPlainObject } from './json.ts';

/** The latest time that a JavaScript `Date` can hold, in epoch ms. */
const MAX_TIMESTAMP = 8.64e15;

// The longest that a timer can wait.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What `value` is, in a word that error messages use. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'an array';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return 'an object';
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}

/** Of a proxy that was revoked, nothing can be asked. */
function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** `value`, if it is a string. */
export function checkString(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw invalidArgument(path, `must be a string, got ${describeType(value)}`);
}

export interface IntegerRange {
  readonly path: string;
  readonly min: number;
  /** @default Number.MAX_SAFE_INTEGER */
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
  throw invalidArgument(range.path, `must be an integer ${bounds}, got ${quoteOrType(value)}`);
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

/** A duration in ms that a timer can wait. */
export function checkTimeout(
  value: unknown,
  { path, min = 1, max = MAX_TIMEOUT_MS }: { path: string; min?: number; max?: number },
): number {
  return checkInteger(value, { path, min, max });
}

/** `value`, if it is true or false; false if it is undefined. */
export function checkFlag(value: unknown, path: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw invalidArgument(path, `must be true or false, got ${describeType(value)}`);
}

/** `value`, if it is one of `choices`; the first of them if it is undefined. */
export function checkChoice<T extends string>(
  value: unknown,
  { path, choices }: { readonly path: string; readonly choices: readonly [T, ...T[]] },
): T {
  if (value === undefined) return choices[0];
  if (choices.includes(value as T)) return value as T;
  const list = choices.map((choice) => `'${choice}'`).join(' or ');
  throw invalidArgument(path, `must be ${list}, got ${quoteOrType(value)}`);
}

/** Refuses what is not a plain object, such as the options of a constructor. */
export function checkPlainObject(
  value: unknown,
  path: string,
): asserts value is Record<string, unknown> {
  let isPlain: boolean;
  try {
    isPlain = isPlainObject(value);
  } catch (cause) {
    throw invalidArgument(path, 'could not be read', cause);
  }
  if (!isPlain) throw invalidArgument(path, `must be a plain object, got ${describeType(value)}`);
}

function quoteOrType(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describeType(value);
}
