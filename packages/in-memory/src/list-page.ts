import {
  encodeListCursor,
  type PreparedList,
  type SessionPage,
  type SessionSummary,
  summarizeSession,
} from '@holdfast/session';
import type { StoredState } from '@holdfast/state';
import {
  comparePosition,
  positionOf,
  type SessionList,
  type SessionRecord,
} from './session-record.ts';

export interface ListPageSource {
  /** Undefined where nobody has ever been. */
  readonly sessions: SessionList | undefined;
  /** Undefined where the state is not asked for. */
  readonly stateOf: ((session: SessionRecord) => StoredState) | undefined;
}

/** One page of a list. It reads what the page shows, and no events. */
export function listPage(list: PreparedList, { sessions, stateOf }: ListPageSource): SessionPage {
  const page: SessionSummary[] = [];
  let last: SessionRecord | undefined;
  let nextCursor: string | undefined;
  for (const session of sessions === undefined ? [] : walk(sessions, list)) {
    if (last !== undefined && page.length === list.limit) {
      nextCursor = encodeListCursor(list, positionOf(last));
      break;
    }
    const { key, createTime, lastUpdateTime, revision } = session;
    const state = stateOf?.(session);
    page.push(summarizeSession({ key, createTime, lastUpdateTime, revision, state }));
    last = session;
  }
  return Object.freeze({
    sessions: Object.freeze(page),
    ...(nextCursor !== undefined && { nextCursor }),
    ...(list.includeTotal && { total: sessions?.size ?? 0 }),
  });
}

function walk(sessions: SessionList, { after, order }: PreparedList): Iterable<SessionRecord> {
  if (order === 'asc') {
    return sessions.ascending(after && ((session) => comparePosition(session, after) > 0));
  }
  return sessions.descending(after && ((session) => comparePosition(session, after) >= 0));
}
