import { HoldfastError, type SessionKey } from '@holdfast/core';
import { describeSessionKey } from '@holdfast/core/internal';
import type { SessionCapabilities } from './session-service.ts';

/** There is no such session. */
export function sessionNotFound(key: SessionKey): HoldfastError {
  const message = `${describeSessionKey(key)} does not exist`;
  return new HoldfastError('not_found', { message, key });
}

/** The id of a new session is taken. */
export function sessionExists(key: SessionKey, path = 'sessionId'): HoldfastError {
  const message = `${describeSessionKey(key)} already exists`;
  return new HoldfastError('already_exists', { message, key, path });
}

/** The session has moved on from the revision that the caller expected. */
export function revisionConflict(
  key: SessionKey,
  { expected, found }: { readonly expected: number; readonly found: number },
): HoldfastError {
  return new HoldfastError('conflict', {
    message: `${describeSessionKey(key)} is at revision ${found}, not ${expected}`,
    key,
    path: 'expectedRevision',
    revision: found,
  });
}

/** The session of this id is another one than the caller has seen. */
export function incarnationConflict(
  key: SessionKey,
  { path, revision }: { readonly path: string; readonly revision: number | undefined },
): HoldfastError {
  const message = `${describeSessionKey(key)} was deleted and created again: this is another one`;
  return new HoldfastError('conflict', { message, key, path, revision });
}

/** Others may come between a step of a call and the next. So often in a row it is not an accident. */
export const MAX_ATTEMPTS = 20;

/** Others came between so often in a row that it is not an accident. */
export function changedTooOften(key: SessionKey): HoldfastError {
  const message = `${describeSessionKey(key)} changed too often during the call`;
  return new HoldfastError('unavailable', { message, key });
}

/** The session is to be held for a turn, and is for another one. */
export function turnTaken(key: SessionKey): HoldfastError {
  const message = `${describeSessionKey(key)} is held for another turn`;
  return new HoldfastError('conflict', { message, key, path: 'turn' });
}

/** The session is held for another turn, or for none. */
export function turnConflict(
  key: SessionKey,
  { turn, revision }: { readonly turn: string; readonly revision?: number | undefined },
): HoldfastError {
  return new HoldfastError('conflict', {
    message: `${describeSessionKey(key)} is not held for the turn ${JSON.stringify(turn)}`,
    key,
    path: 'turn',
    revision,
  });
}

/** A value to add to, or the sum, is not a safe integer. */
export function incrementUnfit(
  name: string,
  {
    key,
    index,
  }: {
    readonly key: SessionKey;
    /** Of the event in the request's list; undefined if it has no list. */
    readonly index: number | undefined;
  },
): HoldfastError {
  const event = index === undefined ? '' : `events[${index}].`;
  const path = `${event}actions.stateIncrements[${JSON.stringify(name)}]`;
  return new HoldfastError('conflict', { message: unfit(path), key, path });
}

/** The same in the state of an app or a user. */
export function stateIncrementUnfit({ name }: { readonly name: string }): HoldfastError {
  const path = `increment[${JSON.stringify(name)}]`;
  return new HoldfastError('conflict', { message: unfit(path), path });
}

function unfit(path: string): string {
  return `${path} cannot be added: the value of the key, or the sum, is not a safe integer`;
}

/** What a session was at a point cannot be told. */
export function stateUnknown(
  key: SessionKey,
  { seq, why, path }: { readonly seq: number; readonly why: string; readonly path: string },
): HoldfastError {
  const message = `the state of ${describeSessionKey(key)} at ${seq} is not known: ${why}`;
  return new HoldfastError('unsupported', { message, key, path });
}

/** A call to a server ran out of time. */
export function noAnswerInTime(ms: number): HoldfastError {
  return new HoldfastError('unavailable', {
    message: `the server did not answer within ${ms} ms; what was to be written may be written`,
  });
}

/** What a service answers after `close`. */
export function serviceClosed(): HoldfastError {
  return new HoldfastError('closed', { message: 'the session service is closed' });
}

/** What a service answers to a call that its capabilities deny. */
export function unsupportedBy(
  capability: keyof SessionCapabilities,
  path: string | undefined,
): HoldfastError {
  const what = path ?? 'the call';
  const message = `${what} needs the capability ${capability}, which this service does not have`;
  return new HoldfastError('unsupported', { message, path });
}
