import { type Event, HoldfastError, type SessionKey } from '@holdfast/core';
import { describeSessionKey, invalidArgument, jsonEqual } from '@holdfast/core/internal';
import { stateRecord } from '@holdfast/state/internal';
import { activeFromBefore } from './active-from.ts';
import { appendMarker, differenceOf } from './append-marker.ts';
import type { CheckedRewind, HistoryPoint } from './prepare-marker.ts';
import { seqBeforeInvocation, stateAt } from './state-at.ts';
import type { StoreAccess } from './store-access.ts';

/** Appends the marker of a rewind, with what brings the state back. */
export function rewindSession(access: StoreAccess, rewind: CheckedRewind): Promise<Event> {
  const { key, point } = rewind;
  return appendMarker(access, rewind, async (snapshot) => {
    const { revision, activeFrom = 1 } = snapshot;
    const seq = await seqOfPoint(access, { key, revision, point });
    const path = pathOf(point);
    const to = await stateAt(access, { snapshot, seq, path });
    const { set, removed } = differenceOf(snapshot.state.session, { to, isSame: jsonEqual });
    const first = await activeFromBefore(access, { snapshot, seq });
    return {
      actions: {
        stateDelta: stateRecord(set),
        ...(removed.length > 0 && { removedStateKeys: removed }),
        rewind: { toSeq: seq },
        ...(point.type === 'invocation' && { rewindBeforeInvocationId: point.invocationId }),
      },
      activeFrom: first === activeFrom ? undefined : first,
    };
  });
}

/** The `seq` of a point that a session has. */
export async function seqOfPoint(
  access: StoreAccess,
  {
    key,
    revision,
    point,
  }: { readonly key: SessionKey; readonly revision: number; readonly point: HistoryPoint },
): Promise<number> {
  if (point.type === 'seq') {
    if (point.seq <= revision) return point.seq;
    throw invalidArgument(point.path, `must be at most ${revision}, the session's last event`);
  }
  const { invocationId } = point;
  const found = await seqBeforeInvocation(access, { key, revision, invocationId });
  if (found !== undefined) return found;
  const message = `${describeSessionKey(key)} has no event of the invocation ${JSON.stringify(invocationId)}`;
  throw new HoldfastError('not_found', { message, key, path: 'beforeInvocationId' });
}

export function pathOf(point: HistoryPoint): string {
  return point.type === 'seq' ? point.path : 'beforeInvocationId';
}
