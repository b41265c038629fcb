import { HoldfastError } from '@holdfast/core';
import { type ParsedJson, parseAdkJson } from './parse-adk-json.ts';

export type BigIntegers = 'text' | 'refuse';

/** A text column. Some drivers give bytes for some types of columns. */
export function textOf(value: unknown): string {
  return isBytes(value) ? new TextDecoder().decode(value) : String(value);
}

/** libsql gives an `ArrayBuffer`, and other drivers a `Buffer`. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/** The text of a column that may be NULL: '' if it is. */
export function textOrEmpty(value: unknown): string {
  return value === null || value === undefined ? '' : textOf(value);
}

/** The JSON of a column, parsed: null if it is NULL, or empty. `column` names it. */
export function jsonOf(value: unknown, column: string, bigIntegers: BigIntegers): ParsedJson {
  const text = textOrEmpty(value);
  if (text === '') return { value: null, bigIntegers: 0 };
  // A driver may have parsed it in spite of all.
  if (typeof value === 'object' && !isBytes(value)) {
    return { value, bigIntegers: 0 };
  }
  try {
    return parseAdkJson(text, bigIntegers);
  } catch (cause) {
    const isTooDeep = cause instanceof RangeError;
    throw corrupt(column, isTooDeep ? 'nests too deep to be read' : 'is not JSON', cause);
  }
}

/** The same, if it has to hold an object. */
export function jsonObjectOf(value: unknown, column: string, bigIntegers: BigIntegers) {
  const parsed = jsonOf(value, column, bigIntegers);
  if (!isObject(parsed.value)) throw corrupt(column, 'is not a JSON object');
  return { value: parsed.value, bigIntegers: parsed.bigIntegers };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For a column that cannot be read. */
function corrupt(path: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('corrupt', { message: `${path} ${problem}`, path, cause });
}
