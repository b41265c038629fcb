import { describeType } from './check-value.ts';
import { HoldfastError, invalidArgument } from './holdfast-error.ts';
import type { SessionKey } from './session-key.ts';

/** The longest id or state key, in bytes of UTF-8. */
const MAX_IDENTIFIER_BYTES = 255;

const controlOrLoneSurrogate = /[\p{Cc}\p{Cs}]/u;

/**
 * `value`, if it is an id: 1 to 255 bytes of well-formed UTF-8 with no control
 * characters and no white space at either end. Otherwise `invalid_argument` at `path`.
 */
export function checkIdentifier(value: unknown, path: string): string {
  // The ids of a program's busy sessions are checked again and again.
  if (typeof value === 'string' && recent[slotOf(value)] === value) return value;
  const problem = identifierProblem(value);
  if (problem !== undefined) throw invalidArgument(path, problem);
  recent[slotOf(value as string)] = value as string;
  return value as string;
}

const recent: string[] = new Array(256).fill('-');

function slotOf(id: string): number {
  return (id.length * 31 + id.charCodeAt(id.length - 1)) & 255;
}

/** What keeps `value` from being an id, in words that follow a path; undefined if nothing does. */
export function identifierProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a string, got ${describeType(value)}`;
  if (isPlain(value)) return undefined;
  if (value === '') return 'must not be empty';
  if (value.length > MAX_IDENTIFIER_BYTES || utf8ByteLength(value) > MAX_IDENTIFIER_BYTES) {
    return `must be at most ${MAX_IDENTIFIER_BYTES} bytes as UTF-8`;
  }
  if (controlOrLoneSurrogate.test(value)) {
    return 'must be well-formed Unicode without control characters';
  }
  if (value !== value.trim()) return 'must not begin or end with white space';
  return undefined;
}

/** Whether `text` is printable ASCII with no blank at either end: then no further check is needed. */
function isPlain(text: string): boolean {
  const end = text.length - 1;
  if (end < 0 || end >= MAX_IDENTIFIER_BYTES) return false;
  for (let i = 0; i <= end; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x20 && unit < 0x7f) continue;
    if (unit !== 0x20 || i === 0 || i === end) return false;
  }
  return true;
}

/** The number of bytes of `text` as UTF-8. A lone surrogate counts as the three of U+FFFD. */
export function utf8ByteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(text, i)) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff || at + 1 >= text.length) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}

/**
 * Orders two ids by their bytes as UTF-8: negative, zero or positive.
 * JavaScript's `<` compares UTF-16 units, which puts U+10000 and beyond before U+E000.
 */
export function compareIdentifiers(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

/** A UTF-16 unit's place among the first bytes of UTF-8: surrogates stand above all else. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Refuses a request that is not an object: fields could not be read from it. */
export function checkRequest(request: unknown): void {
  if (typeof request === 'object' && request !== null) return;
  throw new HoldfastError('invalid_argument', {
    message: `the request must be an object, got ${describeType(request)}`,
  });
}

/** Checks a request that names a session: a copy of its three ids. */
export function checkSessionKey(request: SessionKey): SessionKey {
  checkRequest(request);
  return {
    appName: checkIdentifier(request.appName, 'appName'),
    userId: checkIdentifier(request.userId, 'userId'),
    sessionId: checkIdentifier(request.sessionId, 'sessionId'),
  };
}
