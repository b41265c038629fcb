import { checkInteger, checkSessionKey, checkTimestamp, type SessionKey } from '@holdfast/core';
import { checkRequest } from './check-request.ts';
import type { DeleteSessionRequest, GetSessionRequest } from './requests.ts';

/** Which events a `get` wants. */
export interface EventWindow {
  /** Undefined: all. */
  readonly numRecentEvents: number | undefined;
  readonly afterTimestamp: number | undefined;
}

/** A checked `get`. */
export interface PreparedGet extends EventWindow {
  readonly key: SessionKey;
}

/** Checks a `get` request. */
export function prepareGet(request: GetSessionRequest): PreparedGet {
  checkRequest(request);
  const key = checkSessionKey(request);
  const { numRecentEvents, afterTimestamp } = prepareEventWindow(request);
  return { key, numRecentEvents, afterTimestamp };
}

/** Checks a `get` request apart from its ids. */
export function prepareEventWindow(request: GetSessionRequest): EventWindow {
  const { numRecentEvents, afterTimestamp } = request;
  return {
    numRecentEvents:
      numRecentEvents === undefined
        ? undefined
        : checkInteger(numRecentEvents, { path: 'numRecentEvents', min: 0 }),
    afterTimestamp:
      afterTimestamp === undefined ? undefined : checkTimestamp(afterTimestamp, 'afterTimestamp'),
  };
}

/** Checks a `delete` request. */
export function prepareDelete(request: DeleteSessionRequest): SessionKey {
  checkRequest(request);
  return checkSessionKey(request);
}
