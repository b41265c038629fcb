import { createUuidV7, type SessionKey } from '@holdfast/core';
import { checkIdentifier, checkSessionKey } from '@holdfast/core/internal';
import { EMPTY_SCOPE } from '@holdfast/state/internal';
import { checkLoadedEvents } from '../check-stored-events.ts';
import { prepareDetails } from '../prepare-details.ts';
import { type PreparedGet, prepareGet } from '../prepare-get.ts';
import type { ForkSessionRequest } from '../requests.ts';
import { Session } from '../session.ts';
import { expireTimeOf, freezeDetails, type SessionDetails } from '../session-details.ts';
import {
  changedTooOften,
  MAX_ATTEMPTS,
  sessionExists,
  sessionNotFound,
} from '../session-errors.ts';
import { activeFromBefore } from './active-from.ts';
import { checkPoint, type HistoryPoint } from './prepare-marker.ts';
import { pathOf, seqOfPoint } from './rewind-session.ts';
import { stateAt } from './state-at.ts';
import { checkKept, makesWay, needed, readState, type StoreAccess } from './store-access.ts';

export interface CheckedFork {
  readonly source: SessionKey;
  /** Undefined: the last event. */
  readonly point: HistoryPoint | undefined;
  /** Of the new session, and the window of its answer. */
  readonly get: PreparedGet;
  readonly details: SessionDetails;
}

export function prepareFork(request: ForkSessionRequest): CheckedFork {
  const source = checkSessionKey(request);
  const { throughSeq, beforeInvocationId, newSessionId = createUuidV7() } = request;
  const { numRecentEvents, afterTimestamp } = request;
  const sessionId = checkIdentifier(newSessionId, 'newSessionId');
  return {
    source,
    point: checkPoint({ seq: throughSeq, beforeInvocationId }, 'throughSeq'),
    get: prepareGet({ ...source, sessionId, numRecentEvents, afterTimestamp }),
    details: prepareDetails(request),
  };
}

/** Makes a session of the first events of another one. */
export async function forkSession(access: StoreAccess, fork: CheckedFork): Promise<Session> {
  const { source, point, get } = fork;
  const { store, writing } = access;
  const forkIn = needed(store, { method: 'fork', capability: 'fork' });
  checkKept(store, fork);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const snapshot = await readState(access, source);
    const { revision, incarnation: sourceIncarnation } = snapshot;
    const seq =
      point === undefined ? revision : await seqOfPoint(access, { key: source, revision, point });
    const path = point === undefined ? 'throughSeq' : pathOf(point);
    const state = await stateAt(access, { snapshot, seq, path });
    const createTime = writing.now();
    const details = freezeDetails({
      ...fork.details,
      forkedFrom: { sessionId: source.sessionId, seq },
    });
    const outcome = await forkIn({
      source,
      sourceIncarnation,
      throughSeq: seq,
      activeFrom: await activeFromBefore(access, { snapshot, seq }),
      create: {
        key: get.key,
        incarnation: createUuidV7(),
        createTime,
        state: { session: state, user: EMPTY_SCOPE, app: EMPTY_SCOPE },
        details,
        expireTime: expireTimeOf(details.expires, createTime),
      },
    });
    switch (outcome) {
      case 'forked': {
        // Even if its time is over already, as after `create`.
        const made = await store.get(get);
        if (made === undefined) throw sessionNotFound(get.key);
        checkLoadedEvents(get, made);
        return new Session(made);
      }
      case 'exists':
        if (!(await makesWay(store, { key: get.key, now: createTime }))) {
          throw sessionExists(get.key, 'newSessionId');
        }
        break;
      case 'changed':
        break;
    }
  }
  throw changedTooOften(source);
}
