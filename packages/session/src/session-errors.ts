import { describeSessionKey, HoldfastError, type SessionKey } from '@holdfast/core';

/** There is no such session. */
export function sessionNotFound(key: SessionKey): HoldfastError {
  return new HoldfastError('not_found', {
    message: `${describeSessionKey(key)} is not there`,
    key,
  });
}

/** The id of a new session is taken. */
export function sessionExists(key: SessionKey): HoldfastError {
  return new HoldfastError('already_exists', {
    message: `${describeSessionKey(key)} exists already`,
    key,
    path: 'sessionId',
  });
}

/** The session has moved on from the revision that the caller expected. */
export function revisionConflict(
  key: SessionKey,
  revisions: { readonly expected: number; readonly found: number },
): HoldfastError {
  return new HoldfastError('conflict', {
    message: `${describeSessionKey(key)} is at revision ${revisions.found}, not ${revisions.expected}`,
    key,
    path: 'expectedRevision',
  });
}

/** What a service answers after `close`. */
export function serviceClosed(): HoldfastError {
  return new HoldfastError('closed', {
    message: 'the session service is closed',
  });
}

/** What a service answers to a call that its capabilities deny. */
export function unsupportedBy(capability: 'listAllUsers', path: string): HoldfastError {
  return new HoldfastError('unsupported', {
    message: `${path} needs the capability ${capability}, which this service has not`,
    path,
  });
}
