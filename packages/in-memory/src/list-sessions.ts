import type { SessionKey } from '@holdfast/core';
import {
  comparePositions,
  cutPage,
  isExpired,
  type PreparedList,
  type PreparedSweep,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import {
  type AppRecord,
  type SessionRecord,
  sessionsBehind,
  storedState,
  summaryOf,
  type UserRecord,
} from './session-record.ts';

/** A page of the sessions of an app or a user. */
export function listSessions(holder: AppRecord | UserRecord, list: PreparedList): StoredPage {
  const { limit, includeState, includeTotal, labels, now } = list;
  const labeled =
    labels === undefined || !('labeled' in holder)
      ? undefined
      : holder.labeled.having(labels).filter(({ expireTime }) => !isExpired(expireTime, now));
  const sessions =
    labeled === undefined ? sessionsBehind(holder.list, list) : sortBehind(labeled, list);
  const found: StoredSummary[] = [];
  for (const session of sessions) {
    if (isExpired(session.expireTime, now)) continue;
    const state = includeState ? storedState(session) : undefined;
    found.push({ ...summaryOf(session), state });
    if (found.length > limit) break;
  }
  const total = includeTotal ? (labeled?.length ?? countSessions(holder, now)) : undefined;
  return { ...cutPage(list, found), total };
}

/** The sessions that a sweep is for. */
export function* expiredSessions(
  holder: AppRecord | UserRecord,
  { now, untouchedSince }: PreparedSweep,
): Generator<SessionKey, void, undefined> {
  for (const { key } of holder.expiring.expired(now)) yield key;
  if (untouchedSince === undefined) return;
  for (const { touchTime, expireTime, key } of holder.list.ascending()) {
    if (touchTime <= untouchedSince && !isExpired(expireTime, now)) yield key;
  }
}

function countSessions({ list, expiring }: AppRecord | UserRecord, now: number): number {
  let count = list.size;
  for (const _ of expiring.expired(now)) count--;
  return count;
}

function sortBehind(
  sessions: readonly SessionRecord[],
  { after, order }: PreparedList,
): readonly SessionRecord[] {
  const direction = order === 'asc' ? 1 : -1;
  return sessions
    .filter((session) => after === undefined || direction * comparePositions(session, after) > 0)
    .sort((a, b) => direction * comparePositions(a, b));
}
