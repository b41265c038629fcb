import { createUuidV7 } from '@holdfast/core';
import { parseJson, setOwn } from '@holdfast/core/internal';

/** What a text holds, with what JavaScript's own parser would have refused or changed. */
export interface ParsedJson {
  readonly value: unknown;
  /** How many integers beyond ±(2^53 − 1) became text. */
  readonly bigIntegers: number;
}

/** Integers of 16 digits may be beyond 2^53. */
const suspicious = /\d{16}|NaN|Infinity/;

// Strings as a whole, so that nothing inside of them is taken for a number.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const integer = /^-?\d+$/;

/**
 * Parses JSON as the ADKs write it. `NaN` and the infinities, which Python writes, become those
 * numbers. An integer that no JavaScript number can hold becomes its text, or a `BigInt` if
 * `bigIntegers` is `refuse`. Throws a `SyntaxError` for what is not JSON otherwise.
 */
export function parseAdkJson(text: string, bigIntegers: 'text' | 'refuse'): ParsedJson {
  if (!suspicious.test(text)) return { value: parseJson(text), bigIntegers: 0 };
  const mark = createUuidV7(); // that no string of the text begins with, however it is escaped
  let found = 0;
  const marked = text.replace(tokens, (token) => {
    if (token.startsWith('"') || !needsMark(token)) return token;
    found++;
    return `"${mark}${token}"`;
  });
  const value = parseJson(marked);
  if (found === 0) return { value, bigIntegers: 0 };
  let count = 0;
  const restored = restore(value, (scalar) => {
    if (!scalar.startsWith(mark)) return scalar;
    const token = scalar.slice(mark.length);
    if (!integer.test(token)) return Number(token);
    if (bigIntegers === 'refuse') return BigInt(token);
    count++;
    return token;
  });
  return { value: restored, bigIntegers: count };
}

function needsMark(token: string): boolean {
  if (integer.test(token)) return !Number.isSafeInteger(Number(token));
  return token === 'NaN' || token.endsWith('Infinity');
}

function restore(value: unknown, string: (scalar: string) => unknown): unknown {
  if (typeof value === 'string') return string(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => restore(item, string));
  const copy = {};
  for (const key of Object.keys(value)) {
    setOwn(copy, key, restore((value as Record<string, unknown>)[key], string));
  }
  return copy;
}
