import type { SessionKey } from '@holdfast/core';
import {
  comparePositions,
  type ListPosition,
  markOf,
  type PreparedAppend,
  type PreparedList,
} from '@holdfast/session/store';
import type { ScopedChanges } from '@holdfast/state/internal';
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

/** What is known of a session before it is kept. */
export type NewSession = Pick<SessionRecord, 'key' | 'incarnation' | 'createTime'>;

/** One session as it is kept. Its user and its app are kept for as long as it is. */
export class SessionRecord {
  readonly key: SessionKey;
  readonly incarnation: string;
  /** That of its events. */
  readonly mark: string;
  readonly createTime: number;
  readonly user: UserRecord;
  readonly state = new ScopeState();
  readonly log = new EventLog();
  lastUpdateTime: number;

  constructor({ key, incarnation, createTime, user }: NewSession & Pick<SessionRecord, 'user'>) {
    this.key = key;
    this.incarnation = incarnation;
    this.mark = markOf(incarnation);
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

/** The sessions of a page and those behind them, in the order of the list. */
export function sessionsBehind(
  sessions: SessionList,
  { after, order }: Pick<PreparedList, 'after' | 'order'>,
): Iterable<SessionRecord> {
  if (order === 'asc') {
    return sessions.ascending(after && ((session) => comparePositions(session, after) > 0));
  }
  return sessions.descending(after && ((session) => comparePositions(session, after) >= 0));
}

/** Makes changes in all scopes that a session sees. */
export function applyTo({ state, user }: SessionRecord, changes: ScopedChanges): void {
  state.apply(changes.session);
  user.state.apply(changes.user);
  user.app.state.apply(changes.app);
}

/** Appends frozen events, and moves the session in its lists if its last update changes. */
export function appendTo(
  session: SessionRecord,
  { events, latestTimestamp }: Pick<PreparedAppend, 'events' | 'latestTimestamp'>,
): void {
  for (const event of events) session.log.push(event);
  if (latestTimestamp <= session.lastUpdateTime) return;
  const { user } = session;
  const position = { key: session.key, lastUpdateTime: latestTimestamp };
  const inUser = overtakes(session, { position, list: user.list });
  const inApp = overtakes(session, { position, list: user.app.list });
  if (inUser) user.list.remove(session);
  if (inApp) user.app.list.remove(session);
  session.lastUpdateTime = latestTimestamp;
  if (inUser) user.list.add(session);
  if (inApp) user.app.list.add(session);
}

/** Whether a session has another place in a list when it moves up to a position. */
function overtakes(
  session: SessionRecord,
  { position, list }: { readonly position: ListPosition; readonly list: SessionList },
): boolean {
  const next = list.last === session ? undefined : list.next(session);
  return next !== undefined && comparePositions(next, position) < 0;
}
