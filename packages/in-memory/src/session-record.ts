import type { JsonValue, SessionKey } from '@holdfast/core';
import {
  comparePositions,
  expireTimeOf,
  type ListPosition,
  markOf,
  type PreparedAppend,
  type PreparedList,
  type SessionDetails,
  type StoredSummary,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, type ScopedChanges, type StoredState } from '@holdfast/state/internal';
import { EventLog } from './event-log.ts';
import { ScopeState } from './scope-state.ts';
import type { ExpiryIndex, LabelIndex } from './session-index.ts';
import type { SortedList } from './sorted-list.ts';

export interface AppRecord {
  readonly state: ScopeState;
  readonly users: Map<string, UserRecord>;
  readonly list: SessionList;
  readonly expiring: ExpiryIndex;
}

export interface UserRecord {
  readonly app: AppRecord;
  readonly state: ScopeState;
  readonly sessions: Map<string, SessionRecord>;
  readonly list: SessionList;
  readonly expiring: ExpiryIndex;
  readonly labeled: LabelIndex;
}

/** What is known of a session before it is kept. */
export type NewSession = Pick<
  SessionRecord,
  'key' | 'incarnation' | 'createTime' | 'details' | 'expireTime'
> & {
  /** When it is touched first. @default createTime */
  readonly touchTime?: number;
};

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
  details: SessionDetails;
  /** From when on it is gone, in epoch ms; undefined: never. */
  expireTime: number | undefined;
  touchTime: number;
  activeFrom = 1;
  /** What it began with; undefined if that is not known. */
  initialState: ReadonlyMap<string, JsonValue> | undefined = EMPTY_SCOPE;
  /** The turn that it is held for; undefined if it is not. */
  turn: { readonly token: string; readonly until: number } | undefined;

  constructor(session: NewSession & Pick<SessionRecord, 'user'>) {
    const { key, incarnation, createTime, user, touchTime = createTime } = session;
    this.details = session.details;
    this.expireTime = session.expireTime;
    this.touchTime = touchTime;
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

  /** Notes that it was used, which may put off its end. */
  touch(now: number): void {
    this.touchTime = Math.max(this.touchTime, now);
    const { expires } = this.details;
    if (expires?.afterIdle === undefined) return;
    const expireTime = expireTimeOf(expires, now);
    this.#change(() => {
      this.expireTime = expireTime;
    });
  }

  /** Gives it other details, and what follows from them. */
  update({ details, now }: { readonly details: SessionDetails; readonly now: number }): void {
    this.#change(() => {
      this.touchTime = Math.max(this.touchTime, now);
      this.expireTime = expireTimeOf(details.expires, now);
      this.details = details;
    });
  }

  /** Gives it another end, without touching it. */
  moveExpiry(expireTime: number | undefined): void {
    this.#change(() => {
      this.expireTime = expireTime;
    });
  }

  /** Puts a session in the indexes of what it has, or takes it out. */
  index(change: 'add' | 'remove'): void {
    const { labeled, expiring, app } = this.user;
    labeled[change](this);
    expiring[change](this);
    app.expiring[change](this);
  }

  #change(change: () => void): void {
    this.index('remove');
    change();
    this.index('add');
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

/** The states that a session sees, as they are now. */
export function storedState({ state, user }: SessionRecord): StoredState {
  return {
    session: state.snapshot(),
    user: user.state.snapshot(),
    app: user.app.state.snapshot(),
  };
}

/** A session as it is listed, without its state. */
export function summaryOf(session: SessionRecord): Omit<StoredSummary, 'state'> {
  const { key, incarnation, createTime, lastUpdateTime, revision, details } = session;
  return { key, incarnation, createTime, lastUpdateTime, revision, details };
}
