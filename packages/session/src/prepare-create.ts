import {
  checkIdentifier,
  checkSessionKey,
  createUuidV7,
  JsonCopier,
  type SessionKey,
} from '@holdfast/core';
import {
  copyState,
  NO_CHANGES,
  type ScopedChanges,
  scopeChanges,
  stateKeyProblem,
} from '@holdfast/state';
import { checkRequest } from './check-request.ts';
import type { WriteLimits } from './prepare-event.ts';
import type { CreateSessionRequest, GetOrCreateSessionRequest, StateInput } from './requests.ts';

/** A checked `create` or `getOrCreate`. */
export interface PreparedCreate {
  /** Frozen: the session keeps it. */
  readonly key: SessionKey;
  /** The initial state by scope. It only sets. */
  readonly changes: ScopedChanges;
}

/** Checks a `create` request, and gives it an id where it has none. */
export function prepareCreate(request: CreateSessionRequest, limits: WriteLimits): PreparedCreate {
  checkRequest(request);
  const { sessionId = createUuidV7(), state } = request;
  const key = checkSessionKey({
    appName: request.appName,
    userId: request.userId,
    sessionId,
  });
  return { key, changes: prepareInitialState(state, limits) };
}

/** Checks a `getOrCreate` request. */
export function prepareGetOrCreate(
  request: GetOrCreateSessionRequest,
  limits: WriteLimits,
): PreparedCreate {
  checkRequest(request);
  checkIdentifier(request.sessionId, 'sessionId');
  return prepareCreate(request, limits);
}

function prepareInitialState(state: StateInput | undefined, limits: WriteLimits): ScopedChanges {
  if (state === undefined) return NO_CHANGES;
  const copier = new JsonCopier(limits.maxEventBytes);
  const copied = copyState(copier, state, {
    property: 'state',
    keyProblem: stateKeyProblem,
  });
  copier.checkSize(copied);
  return scopeChanges({ stateDelta: copied });
}
