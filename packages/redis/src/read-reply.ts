import { HoldfastError } from '@holdfast/core';
import { describeType } from '@holdfast/core/internal';
import { corrupt, type StoredOwner } from '@holdfast/session/store';

/** A whole number of a reply: a string of digits if the client has `stringNumbers`. */
export function readInteger(reply: unknown): number {
  const number = integerOf(reply);
  if (number === undefined) throw unexpected('a whole number', reply);
  return number;
}

/** The number that a whole number of a reply, or one that is kept as text, is; undefined if none. */
export function integerOf(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && DIGITS.test(value));
  const number = isNumber ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

const DIGITS = /^-?\d{1,16}$/;

export function readText(reply: unknown): string {
  if (typeof reply !== 'string') throw unexpected('text', reply);
  return reply;
}

export function readList(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw unexpected('a list', reply);
  return reply;
}

/** A list of texts. */
export function readTexts(reply: unknown): readonly string[] {
  const list = readList(reply);
  for (const each of list) readText(each);
  return list as readonly string[];
}

/**
 * What a script answers that looks for a session by `FIND`: a list; undefined if there is no
 * session; `corrupt` if its events are not as many as they should be.
 */
export function readFound(reply: unknown, key: StoredOwner): readonly unknown[] | undefined {
  if (reply === null) return undefined;
  if (Array.isArray(reply)) return reply;
  if (integerOf(reply) === -1) throw corrupt('the list of events', { key });
  throw unexpected('a session', reply);
}

/** The error for a reply that no script gives: something between the server and us changed it. */
export function unexpected(expected: string, reply: unknown): HoldfastError {
  if (isQueued(reply)) {
    return new HoldfastError('misconfigured', {
      message: 'the client has begun a transaction (MULTI), with whose EXEC this call is run',
    });
  }
  return new HoldfastError('internal', {
    message: `the client of Redis answered with ${describeType(reply)} instead of ${expected}`,
  });
}

/** Whether a server has kept a command for the end of a transaction; no script answers so. */
export function isQueued(reply: unknown): boolean {
  return reply === 'QUEUED';
}
