import type { SessionKey } from '@holdfast/core';
import {
  checkFlag,
  checkIdentifier,
  checkInteger,
  checkSessionKey,
  checkTimestamp,
} from '@holdfast/core/internal';
import type { GetEventRequest, GetSessionRequest } from './requests.ts';
import type { EventKey } from './session-store.ts';

/** A checked `get`. */
export interface PreparedGet {
  /** Frozen: the answer may have it. */
  readonly key: SessionKey;
  /** How many of the last events are loaded; undefined: all. */
  readonly numRecentEvents: number | undefined;
  /** Events of this time (epoch ms) and later are loaded; undefined: of any time. */
  readonly afterTimestamp: number | undefined;
  /** Whether no event before the session's `activeFrom` is loaded. @default false */
  readonly active?: boolean;
  /** Whether the answer has the initial state. @default false */
  readonly includeInitialState?: boolean;
}

/** Checks a `get` request. */
export function prepareGet(request: GetSessionRequest): PreparedGet {
  const key = Object.freeze(checkSessionKey(request));
  const { numRecentEvents, afterTimestamp } = request;
  return {
    key,
    numRecentEvents:
      numRecentEvents === undefined
        ? undefined
        : checkInteger(numRecentEvents, { path: 'numRecentEvents', min: 0 }),
    afterTimestamp:
      afterTimestamp === undefined ? undefined : checkTimestamp(afterTimestamp, 'afterTimestamp'),
    active: checkFlag(request.active, 'active'),
    includeInitialState: checkFlag(request.includeInitialState, 'includeInitialState'),
  };
}

/** Asks for a session without its events. */
export function withoutEvents(key: SessionKey): PreparedGet {
  return { key, numRecentEvents: 0, afterTimestamp: undefined };
}

/** Checks a `getEvent` request. */
export function prepareGetEvent(request: GetEventRequest): EventKey {
  const key = Object.freeze(checkSessionKey(request));
  return { key, eventId: checkIdentifier(request.eventId, 'eventId') };
}
