import type { SessionKey } from '@holdfast/core';
import {
  checkFlag,
  checkIdentifier,
  checkInteger,
  checkSessionKey,
  checkString,
  describeType,
  invalidArgument,
} from '@holdfast/core/internal';
import { checkExpected } from '../prepare-append.ts';
import type { RetractEventsRequest, RewindSessionRequest } from '../requests.ts';

/** A point of a session's history. */
export type HistoryPoint =
  | { readonly type: 'seq'; readonly seq: number; readonly path: string }
  | { readonly type: 'invocation'; readonly invocationId: string };

/** What rewinding and retracting have in common. */
export interface CheckedMarker {
  readonly key: SessionKey;
  readonly expectedRevision: number | undefined;
  readonly expectedIncarnation: string | undefined;
  readonly turn: string | undefined;
}

export interface CheckedRewind extends CheckedMarker {
  readonly point: HistoryPoint;
}

export interface CheckedRetract extends CheckedMarker {
  readonly events:
    | {
        readonly type: 'ids';
        /** Each once. */
        readonly ids: readonly string[];
        /** As the request has them. */
        readonly given: readonly string[];
      }
    | { readonly type: 'through'; readonly seq: number };
  readonly erase: boolean;
}

export function prepareRewind(request: RewindSessionRequest): CheckedRewind {
  const { toSeq, beforeInvocationId } = request;
  const point = checkPoint({ seq: toSeq, beforeInvocationId }, 'toSeq');
  if (point === undefined) {
    throw invalidArgument('toSeq', 'must be given if beforeInvocationId is not');
  }
  return { ...checkMarker(request), point };
}

/** A point of a request; undefined if it has none. */
export function checkPoint(
  { seq, beforeInvocationId }: { readonly seq: unknown; readonly beforeInvocationId: unknown },
  path: string,
): HistoryPoint | undefined {
  if (beforeInvocationId !== undefined) {
    if (seq !== undefined) {
      throw invalidArgument('beforeInvocationId', `must be absent if ${path} is given`);
    }
    const invocationId = checkString(beforeInvocationId, 'beforeInvocationId');
    if (invocationId === '') throw invalidArgument('beforeInvocationId', 'must not be empty');
    return { type: 'invocation', invocationId };
  }
  if (seq === undefined) return undefined;
  return { type: 'seq', seq: checkInteger(seq, { path, min: 0 }), path };
}

export function prepareRetract(request: RetractEventsRequest): CheckedRetract {
  const { eventIds, throughSeq } = request;
  const marker = { ...checkMarker(request), erase: checkFlag(request.erase, 'erase') };
  if (throughSeq !== undefined) {
    if (eventIds !== undefined) {
      throw invalidArgument('eventIds', 'must be absent if throughSeq is given');
    }
    const seq = checkInteger(throughSeq, { path: 'throughSeq', min: 0 });
    return { ...marker, events: { type: 'through', seq } };
  }
  if (eventIds === undefined) {
    throw invalidArgument('eventIds', 'must be given if throughSeq is not');
  }
  if (!Array.isArray(eventIds)) {
    throw invalidArgument('eventIds', `must be an array, got ${describeType(eventIds)}`);
  }
  if (eventIds.length === 0) throw invalidArgument('eventIds', 'must not be empty');
  const given = Array.from(eventIds as readonly unknown[], (id, i) =>
    checkIdentifier(id, `eventIds[${i}]`),
  );
  return { ...marker, events: { type: 'ids', ids: [...new Set(given)], given } };
}

function checkMarker(request: RewindSessionRequest | RetractEventsRequest): CheckedMarker {
  const { turn } = request;
  return {
    key: checkSessionKey(request),
    ...checkExpected(request),
    turn: turn === undefined ? undefined : checkIdentifier(turn, 'turn'),
  };
}
