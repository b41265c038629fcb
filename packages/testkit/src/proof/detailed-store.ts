import type { SessionKey } from '@holdfast/session';
import {
  type AppendOutcome,
  comparePositions,
  cutPage,
  expireTimeOf,
  isExpired,
  type ListedEvents,
  markOf,
  numberEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedDelete,
  type PreparedDeleteExpired,
  type PreparedGet,
  type PreparedList,
  type PreparedListEvents,
  type PreparedSweep,
  type PreparedUpdateSession,
  type SessionDetails,
  type SessionSnapshot,
  type SharedState,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, type ScopeState } from '@holdfast/state/internal';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

export interface DetailedSession extends MinimalSession {
  details: SessionDetails;
  /** From when on it is gone, in epoch ms; undefined: never. */
  expireTime: number | undefined;
  /** Of the last append or update, by the clock of the service. */
  touchTime: number;
  initialState: ScopeState | undefined;
  /** The turn that it is held for; undefined if it is not. */
  turn: { readonly token: string; readonly until: number } | undefined;
}

/** What of a session is known before it is kept. */
export type NewSession = Pick<
  PreparedCreate,
  'key' | 'incarnation' | 'createTime' | 'details' | 'expireTime'
>;

/** The minimal store with labels and an expiry of sessions: read it after that one. */
export class DetailedStore extends MinimalStore {
  declare protected readonly sessions: Map<string, DetailedSession>;

  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    if (this.find(create.key) !== undefined) return undefined;
    const session = this.add(create);
    this.change(session, create.state);
    session.initialState = session.state;
    return this.stateOf(session);
  }

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const session = this.find(get.key);
    if (session === undefined) return undefined;
    const { key, incarnation, createTime, lastUpdateTime, events } = session;
    const { details, expireTime, activeFrom, initialState } = session;
    const revision = events.length;
    const { numRecentEvents = revision, afterTimestamp = 0, active, includeInitialState } = get;
    const first = Math.max(active ? activeFrom : 1, revision - numRecentEvents + 1);
    return {
      ...{
        key,
        incarnation,
        createTime,
        lastUpdateTime,
        revision,
        details,
        expireTime,
        activeFrom,
      },
      events: events.slice(first - 1).filter(({ timestamp }) => timestamp >= afterTimestamp),
      state: this.stateOf(session),
      initialState: includeInitialState ? initialState : undefined,
    };
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.alive(append.key, append.now);
    if (session === undefined) return { type: 'missing' };
    return this.refusal(session, append) ?? this.write(session, append);
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const { after, order, limit, includeState } = list;
    const direction = order === 'asc' ? 1 : -1;
    const all = this.listed(list).sort((a, b) => direction * comparePositions(a, b));
    const behind = all.filter((each) => !after || direction * comparePositions(each, after) > 0);
    const found = behind.slice(0, limit + 1).map((session) => this.summary(session, includeState));
    return { ...cutPage(list, found), total: all.length };
  }

  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const session = this.find(list.key);
    if (session === undefined) return undefined;
    const { events, expireTime } = session;
    const found = events.slice(list.afterSeq, Math.max(0, list.beforeSeq - 1));
    if (list.order === 'desc') found.reverse();
    return { events: found.slice(0, list.count), revision: events.length, expireTime };
  }

  override async delete(remove: PreparedDelete): Promise<boolean> {
    const session = this.alive(remove, remove.now);
    if (session === undefined) return false;
    this.remove(session);
    return true;
  }

  async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const { key, now, change } = update;
    const session = this.alive(key, now);
    if (session === undefined) return undefined;
    session.details = change(session.details);
    session.expireTime = expireTimeOf(session.details.expires, now);
    session.touchTime = Math.max(session.touchTime, now);
    return this.summary(session, false);
  }

  async findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    const found = this.sessionsOf(find).filter((session) => this.isToGo(session, find));
    return found.slice(0, find.limit).map(({ key }) => key);
  }

  async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const session = this.find(remove.key);
    if (session === undefined || !this.isToGo(session, remove)) return false;
    this.remove(session);
    return true;
  }

  protected override find(key: SessionKey): DetailedSession | undefined {
    return this.sessions.get(this.address(key));
  }

  protected override sessionsOf(list: Pick<PreparedList, 'appName' | 'userId'>): DetailedSession[] {
    return super.sessionsOf(list) as DetailedSession[];
  }

  /** A session that has not expired. */
  protected alive(key: SessionKey, now: number): DetailedSession | undefined {
    const session = this.find(key);
    return session === undefined || isExpired(session.expireTime, now) ? undefined : session;
  }

  /** The sessions that a list is about. */
  protected listed(list: PreparedList): DetailedSession[] {
    const labels = Object.entries(list.labels ?? {});
    return this.sessionsOf(list)
      .filter(({ expireTime }) => !isExpired(expireTime, list.now))
      .filter(({ details }) => labels.every(([name, value]) => hasLabel(details, name, value)));
  }

  /** Whether a sweep is for a session. */
  protected isToGo(
    { touchTime, expireTime }: DetailedSession,
    { now, untouchedSince = -1 }: Pick<PreparedSweep, 'now' | 'untouchedSince'>,
  ): boolean {
    return isExpired(expireTime, now) || touchTime <= untouchedSince;
  }

  /** What keeps an append from being written; undefined if nothing does. */
  protected refusal(session: DetailedSession, append: PreparedAppend): AppendOutcome | undefined {
    const { events, incarnation } = session;
    const revision = events.length;
    const turn = session.turn?.token;
    const { expectedRevision = revision, expectedIncarnation = incarnation } = append;
    const findEvent = (id: string) => events.find((event) => event.id === id);
    const isTaken = append.events.some(({ id }) => findEvent(id) !== undefined);
    const isMeant = expectedRevision === revision && expectedIncarnation === incarnation;
    const isItsTurn = append.turn === undefined || append.turn === turn;
    if (!isTaken && isMeant && isItsTurn) return undefined;
    return { type: 'refused', revision, incarnation, turn, findEvent };
  }

  protected write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const { events, incarnation, details } = session;
    const { now, latestTimestamp, activeFrom = session.activeFrom } = append;
    const next = { revision: events.length + append.events.length, mark: markOf(incarnation) };
    events.push(...numberEvents(append, next));
    session.lastUpdateTime = Math.max(session.lastUpdateTime, latestTimestamp);
    session.activeFrom = activeFrom;
    session.touchTime = Math.max(session.touchTime, now);
    session.expireTime = expireTimeOf(details.expires, now);
    this.change(session, append.changes);
    return { type: 'written', ...next };
  }

  protected add({ key, incarnation, createTime, details, expireTime }: NewSession) {
    const session: DetailedSession = {
      ...{ key, incarnation, createTime, lastUpdateTime: createTime, touchTime: createTime },
      ...{ details, expireTime, activeFrom: 1, turn: undefined, events: [] },
      ...{ state: EMPTY_SCOPE, initialState: EMPTY_SCOPE },
    };
    this.sessions.set(this.address(key), session);
    return session;
  }

  protected remove({ key }: DetailedSession): void {
    this.sessions.delete(this.address(key));
  }

  protected summary(session: DetailedSession, includeState: boolean): StoredSummary {
    const { key, incarnation, createTime, lastUpdateTime, events, details } = session;
    const state = includeState ? this.stateOf(session) : undefined;
    const revision = events.length;
    return { key, incarnation, createTime, lastUpdateTime, revision, state, details };
  }
}

function hasLabel({ labels }: SessionDetails, name: string, value: string): boolean {
  return Object.hasOwn(labels, name) && labels[name] === value;
}
