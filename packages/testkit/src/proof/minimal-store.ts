import type { Event, SessionKey } from '@holdfast/session';
import {
  type AppendOutcome,
  comparePositions,
  cutPage,
  type ListedEvents,
  markOf,
  numberEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedUpdateState,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoreCapabilities,
  type StoredPage,
} from '@holdfast/session/store';
import {
  EMPTY_SCOPE,
  foldState,
  type ScopedChanges,
  type ScopeState,
  type StateChanges,
  type StoredState,
} from '@holdfast/state/internal';

export interface MinimalSession {
  readonly key: SessionKey;
  readonly incarnation: string;
  readonly createTime: number;
  lastUpdateTime: number;
  /** The event with the seq `n` is at `n - 1`. */
  readonly events: Event[];
  /** Replaced with each change, never changed: what was handed out stays as it was. */
  state: ScopeState;
  /** What `state` was at first: rewinds need it. Undefined if that is not known. */
  readonly initialState: ScopeState | undefined;
  /** The first event that is loaded with the active ones. */
  activeFrom: number;
}

/**
 * The smallest store that keeps the contract: read it to write your own. Nothing in its methods
 * waits, so no other call ever comes between: each of them is atomic.
 */
export class MinimalStore implements SessionStore {
  readonly capabilities: StoreCapabilities = {
    persistent: false,
    shared: false,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  };
  protected readonly sessions = new Map<string, MinimalSession>();
  protected readonly states = new Map<string, ScopeState>();

  async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const { key, incarnation, createTime, state } = create;
    if (this.find(key) !== undefined) return undefined;
    const times = { createTime, lastUpdateTime: createTime };
    const first = { events: [], state: EMPTY_SCOPE, activeFrom: 1 };
    const initialState = foldState(EMPTY_SCOPE, state.session);
    const session = { key, incarnation, ...times, ...first, initialState };
    this.sessions.set(this.address(key), session);
    this.change(session, state);
    return this.stateOf(session);
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const session = this.find(get.key);
    if (session === undefined) return undefined;
    const { key, incarnation, createTime, lastUpdateTime, events, activeFrom } = session;
    const revision = events.length;
    const { numRecentEvents = revision, afterTimestamp = 0 } = get;
    const first = Math.max(get.active ? activeFrom : 1, revision - numRecentEvents + 1);
    const recent = events.slice(first - 1);
    return {
      ...{ key, incarnation, createTime, lastUpdateTime, revision, activeFrom },
      events: recent.filter(({ timestamp }) => timestamp >= afterTimestamp),
      state: this.stateOf(session),
      initialState: get.includeInitialState ? session.initialState : undefined,
    };
  }

  async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    if (session === undefined) return { type: 'missing' };
    const { events, incarnation } = session;
    const revision = events.length;
    const { expectedRevision = revision, expectedIncarnation = incarnation } = append;
    const findEvent = (id: string) => events.find((event) => event.id === id);
    const isTaken = append.events.some(({ id }) => findEvent(id) !== undefined);
    const isMeant = expectedRevision === revision && expectedIncarnation === incarnation;
    if (isTaken || !isMeant) return { type: 'refused', revision, incarnation, findEvent };
    const next = { revision: revision + append.events.length, mark: markOf(incarnation) };
    events.push(...numberEvents(append, next));
    session.lastUpdateTime = Math.max(session.lastUpdateTime, append.latestTimestamp);
    session.activeFrom = append.activeFrom ?? session.activeFrom;
    this.change(session, append.changes);
    return { type: 'written', ...next };
  }

  async list(list: PreparedList): Promise<StoredPage> {
    const { after, order, limit, includeState } = list;
    const direction = order === 'asc' ? 1 : -1;
    const all = this.sessionsOf(list).sort((a, b) => direction * comparePositions(a, b));
    const behind = all.filter((each) => !after || direction * comparePositions(each, after) > 0);
    const found = behind.slice(0, limit + 1).map((session) => {
      const { key, incarnation, createTime, lastUpdateTime, events } = session;
      const state = includeState ? this.stateOf(session) : undefined;
      return { key, incarnation, createTime, lastUpdateTime, revision: events.length, state };
    });
    return { ...cutPage(list, found), total: all.length };
  }

  async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const session = this.find(list.key);
    if (session === undefined) return undefined;
    const { afterSeq, beforeSeq, order, count } = list;
    const events = session.events.slice(afterSeq, Math.max(0, beforeSeq - 1));
    if (order === 'desc') events.reverse();
    return { events: events.slice(0, count), revision: session.events.length };
  }

  async delete(key: SessionKey): Promise<boolean> {
    return this.sessions.delete(this.address(key));
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    return this.shared(owner);
  }

  async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    this.changeShared(owner, changes);
    return this.shared(owner);
  }

  async close(): Promise<void> {}

  protected find(key: SessionKey): MinimalSession | undefined {
    return this.sessions.get(this.address(key));
  }

  protected sessionsOf(list: Pick<PreparedList, 'appName' | 'userId'>): MinimalSession[] {
    return [...this.sessions.values()].filter(
      ({ key }) => key.appName === list.appName && key.userId === (list.userId ?? key.userId),
    );
  }

  protected stateOf({ key, state }: MinimalSession): StoredState {
    const user = this.shared({ scope: 'user', ...key });
    return { session: state, user, app: this.shared({ scope: 'app', ...key }) };
  }

  protected shared(owner: PreparedGetState): ScopeState {
    return this.states.get(this.addressOfState(owner)) ?? EMPTY_SCOPE;
  }

  protected change(session: MinimalSession, changes: ScopedChanges): void {
    session.state = foldState(session.state, changes.session);
    this.changeShared({ scope: 'user', ...session.key }, changes.user);
    this.changeShared({ scope: 'app', ...session.key }, changes.app);
  }

  protected changeShared(owner: PreparedGetState, changes: StateChanges): void {
    this.states.set(this.addressOfState(owner), foldState(this.shared(owner), changes));
  }

  /** JSON keeps the three ids apart, whatever characters are in them. */
  protected address({ appName, userId, sessionId }: SessionKey): string {
    return JSON.stringify([appName, userId, sessionId]);
  }

  protected addressOfState(owner: PreparedGetState): string {
    return JSON.stringify([owner.appName, ...(owner.scope === 'user' ? [owner.userId] : [])]);
  }
}
