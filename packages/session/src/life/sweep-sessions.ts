import type { AbortSignalLike } from '@holdfast/core';
import { checkIdentifier, checkInteger, checkRequest } from '@holdfast/core/internal';
import { dueTurn } from '../event-loop-turn.ts';
import { checkUsers } from '../prepare-list.ts';
import type { PreparedSweep } from '../prepared-life.ts';
import type { EraseUserRequest, SweepRequest } from '../requests.ts';
import type { WriteOptions } from '../service-options.ts';
import type { ErasedUser, SweepResult } from '../session-service.ts';
import { checkSignal } from './abort-signal.ts';
import { needed, type StoreAccess } from './store-access.ts';

// So many are looked up at once: fewer than that are likely to be touched meanwhile.
const AT_ONCE = 100;

// An erasure can be ended between two steps of so many sessions.
const ERASED_AT_ONCE = 100;

export interface CheckedSweep {
  readonly find: PreparedSweep;
  readonly signal: AbortSignalLike | undefined;
}

export function prepareSweep(request: SweepRequest, { now }: WriteOptions): CheckedSweep {
  checkRequest(request);
  const { idleFor, limit = 1000 } = request;
  const time = now();
  const idle =
    idleFor === undefined ? undefined : checkInteger(idleFor, { path: 'idleFor', min: 0 });
  return {
    find: {
      appName: checkIdentifier(request.appName, 'appName'),
      userId: checkUsers(request),
      now: time,
      untouchedSince: idle === undefined ? undefined : time - idle,
      limit: checkInteger(limit, { path: 'limit', min: 1, max: 100_000 }),
    },
    signal: checkSignal(request.signal),
  };
}

/** Deletes what a sweep finds, one by one. */
export async function sweepSessions(
  { store, hub }: StoreAccess,
  { find, signal }: CheckedSweep,
): Promise<SweepResult> {
  const findExpired = needed(store, { method: 'findExpired', capability: 'sweep' });
  const deleteExpired = needed(store, { method: 'deleteExpired', capability: 'sweep' });
  const { now, untouchedSince } = find;
  let deleted = 0;
  for (;;) {
    signal?.throwIfAborted();
    const left = find.limit - deleted;
    // If the limit is reached, one more tells whether anything is left.
    const limit = Math.max(1, Math.min(left, AT_ONCE));
    const found = await findExpired({ ...find, limit });
    if (left === 0) return Object.freeze({ deleted, done: found.length === 0 });
    for (const key of found) {
      signal?.throwIfAborted();
      if (!(await deleteExpired({ key, now, untouchedSince }))) continue;
      deleted++;
      hub.changed(key);
      await dueTurn();
    }
    if (found.length < limit) return Object.freeze({ deleted, done: true });
  }
}

export interface CheckedEraseUser {
  readonly appName: string;
  readonly userId: string;
  readonly signal: AbortSignalLike | undefined;
}

export function prepareEraseUser(request: EraseUserRequest): CheckedEraseUser {
  checkRequest(request);
  return {
    appName: checkIdentifier(request.appName, 'appName'),
    userId: checkIdentifier(request.userId, 'userId'),
    signal: checkSignal(request.signal),
  };
}

/** Deletes what there is of a user, step by step. */
export async function eraseUser(
  { store, hub }: StoreAccess,
  { appName, userId, signal }: CheckedEraseUser,
): Promise<ErasedUser> {
  const erase = needed(store, { method: 'eraseUser', capability: 'eraseUser' });
  let [sessions, stateKeys] = [0, 0];
  for (;;) {
    signal?.throwIfAborted();
    const step = await erase({ appName, userId, limit: ERASED_AT_ONCE });
    sessions += step.sessions;
    stateKeys += step.stateKeys;
    if (step.sessions > 0) hub.changedAll();
    if (step.done) return Object.freeze({ sessions, stateKeys });
    await dueTurn();
  }
}
