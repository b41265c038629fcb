import { compareIdentifiers, type Event, type SessionKey } from '@holdfast/core';
import type { ListPosition } from '@holdfast/session';
import { EventLog } from './event-log.ts';
import { ScopeState } from './scope-state.ts';
import type { SortedList } from './sorted-list.ts';

export interface AppRecord {
  readonly state: ScopeState;
  readonly users: Map<string, UserRecord>;
  readonly list: SessionList;
}

export interface UserRecord {
  readonly app: AppRecord;
  readonly state: ScopeState;
  readonly sessions: Map<string, SessionRecord>;
  readonly list: SessionList;
}

/** One session as it is kept. Its user and its app are kept for as long as it is. */
export class SessionRecord {
  readonly key: SessionKey;
  readonly createTime: number;
  readonly user: UserRecord;
  readonly state = new ScopeState();
  readonly log = new EventLog();
  lastUpdateTime: number;

  constructor({ key, createTime, user }: Pick<SessionRecord, 'key' | 'createTime' | 'user'>) {
    this.key = key;
    this.createTime = createTime;
    this.user = user;
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

/** Appends frozen events, and moves the session in its lists where its last update changes. */
export function appendTo(session: SessionRecord, events: readonly Event[]): void {
  let latest = session.lastUpdateTime;
  for (const event of events) {
    session.log.push(event);
    if (event.timestamp > latest) latest = event.timestamp;
  }
  if (latest === session.lastUpdateTime) return;
  const { user } = session;
  const inUser = overtakes(session, { time: latest, list: user.list });
  const inApp = overtakes(session, { time: latest, list: user.app.list });
  if (inUser) user.list.remove(session);
  if (inApp) user.app.list.remove(session);
  session.lastUpdateTime = latest;
  if (inUser) user.list.add(session);
  if (inApp) user.app.list.add(session);
}

/** Whether a session has another place in a list when it is updated at a later time. */
function overtakes(
  session: SessionRecord,
  { time, list }: { readonly time: number; readonly list: SessionList },
): boolean {
  const next = list.last === session ? undefined : list.next(session);
  if (next === undefined) return false;
  return comparePosition(next, { ...positionOf(session), lastUpdateTime: time }) < 0;
}
