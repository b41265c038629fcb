import { compareIdentifiers, type Event, type SessionKey } from '@holdfast/core';
import type { ListPosition } from '@holdfast/session';
import { EventLog } from './event-log.ts';
import { ScopeState } from './scope-state.ts';
import type { SortedList } from './sorted-list.ts';

/** One session as it is kept. */
export class SessionRecord {
  readonly key: SessionKey;
  readonly createTime: number;
  readonly state = new ScopeState();
  readonly log = new EventLog();
  lastUpdateTime: number;

  constructor(key: SessionKey, createTime: number) {
    this.key = key;
    this.createTime = createTime;
    this.lastUpdateTime = createTime;
  }

  get revision(): number {
    return this.log.length;
  }
}

/** Sessions by their last update, the user, and the id. */
export type SessionList = SortedList<SessionRecord>;

export function compareSessions(a: SessionRecord, b: SessionRecord): number {
  return a === b ? 0 : comparePosition(a, positionOf(b));
}

/** Where `session` stands in a list, seen from `position`: negative before, positive behind it. */
export function comparePosition(session: SessionRecord, position: ListPosition): number {
  return (
    session.lastUpdateTime - position.lastUpdateTime ||
    compareIdentifiers(session.key.userId, position.userId) ||
    compareIdentifiers(session.key.sessionId, position.sessionId)
  );
}

export function positionOf({ key, lastUpdateTime }: SessionRecord): ListPosition {
  return { lastUpdateTime, userId: key.userId, sessionId: key.sessionId };
}

/** Appends frozen events, and moves the session in the lists where its last update changes. */
export function appendTo(
  session: SessionRecord,
  { events, lists }: { readonly events: readonly Event[]; readonly lists: readonly SessionList[] },
): void {
  let latest = session.lastUpdateTime;
  for (const event of events) {
    session.log.push(event);
    if (event.timestamp > latest) latest = event.timestamp;
  }
  if (latest === session.lastUpdateTime) return;
  // A session that is the last already stays the last: it only moves up.
  const moving = lists.filter((list) => list.last !== session);
  for (const list of moving) list.remove(session);
  session.lastUpdateTime = latest;
  for (const list of moving) list.add(session);
}
