import { createUuidV7, type SessionKey } from '@holdfast/core';
import { checkIdentifier, checkRequest, JsonCopier } from '@holdfast/core/internal';
import {
  copyState,
  foldDeltas,
  NO_CHANGES,
  type StoredState,
  stateKeyProblem,
} from '@holdfast/state/internal';
import { prepareDetails } from './prepare-details.ts';
import { type PreparedGet, prepareGet } from './prepare-get.ts';
import type { CreateSessionRequest, GetOrCreateSessionRequest, StateInput } from './requests.ts';
import type { WriteOptions } from './service-options.ts';
import type { SessionDetails } from './session-details.ts';

/** A checked `create` or `getOrCreate`, but for its time and its incarnation. */
export interface CheckedCreate {
  /** Frozen: the session may keep it. */
  readonly key: SessionKey;
  /** The initial state. These maps never change. */
  readonly state: StoredState;
  readonly details: SessionDetails;
}

/** A checked `create`, as a store gets it. */
export interface PreparedCreate extends CheckedCreate {
  /** New for each creation: a store gives it back with the session. 36 characters of ASCII. */
  readonly incarnation: string;
  /** Epoch ms. It is the first `lastUpdateTime` as well. */
  readonly createTime: number;
  /** From when on the session is gone, in epoch ms, unless it is touched; undefined: never. */
  readonly expireTime: number | undefined;
}

/** Checks a `create` request, and gives it an id if it has none. */
export function prepareCreate(request: CreateSessionRequest, options: WriteOptions): CheckedCreate {
  checkRequest(request);
  const { appName, userId, sessionId = createUuidV7() } = request;
  const key = Object.freeze({
    appName: checkIdentifier(appName, 'appName'),
    userId: checkIdentifier(userId, 'userId'),
    sessionId: checkIdentifier(sessionId, 'sessionId'),
  });
  return {
    key,
    state: prepareInitialState(request.state, options),
    details: prepareDetails(request),
  };
}

/** Checks a `getOrCreate` request. */
export function prepareGetOrCreate(
  request: GetOrCreateSessionRequest,
  options: WriteOptions,
): { readonly create: CheckedCreate; readonly get: PreparedGet } {
  const get = prepareGet(request);
  const state = prepareInitialState(request.state, options);
  const details = prepareDetails(request);
  return { create: { key: get.key, state, details }, get };
}

/** Checks the state that a session begins with. */
function prepareInitialState(
  state: StateInput | undefined,
  { maxEventBytes }: WriteOptions,
): StoredState {
  // Nothing is removed from a state that begins.
  if (state === undefined) return NO_CHANGES as StoredState;
  const copier = new JsonCopier(maxEventBytes);
  const stateDelta = copyState(copier, state, { property: 'state', keyProblem: stateKeyProblem });
  copier.checkSize(stateDelta);
  return foldDeltas([{ stateDelta }]) as StoredState;
}
