import { checkInteger, checkSessionKey, checkTimestamp, type SessionKey } from '@holdfast/core';
import { checkRequest } from './check-request.ts';
import type { DeleteSessionRequest, GetSessionRequest } from './requests.ts';

/** A checked `get`. */
export interface PreparedGet {
  readonly key: SessionKey;
  /** Undefined: all. */
  readonly numRecentEvents: number | undefined;
  readonly afterTimestamp: number | undefined;
}

/** Checks a `get` request. */
export function prepareGet(request: GetSessionRequest): PreparedGet {
  checkRequest(request);
  const { numRecentEvents, afterTimestamp } = request;
  return {
    key: checkSessionKey(request),
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
