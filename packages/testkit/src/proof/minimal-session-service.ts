import type { Event, JsonObject, JsonValue, SessionKey } from '@holdfast/core';
import {
  type AppendEventRequest,
  type AppendEventsRequest,
  type CreateSessionRequest,
  checkWriteLimits,
  type DeleteSessionRequest,
  type EventPage,
  encodeListCursor,
  type GetOrCreateSessionRequest,
  type GetSessionRequest,
  type GetStateRequest,
  type ListEventsRequest,
  type ListSessionRequest,
  matchStored,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  prepareAppendEvent,
  prepareAppendEvents,
  prepareCreate,
  prepareDelete,
  prepareGet,
  prepareGetOrCreate,
  prepareGetState,
  prepareList,
  prepareListEvents,
  prepareUpdateState,
  revisionConflict,
  Session,
  type SessionCapabilities,
  type SessionPage,
  type SessionService,
  type SessionSummary,
  serviceClosed,
  sessionExists,
  sessionNotFound,
  summarizeSession,
  type UpdateStateRequest,
} from '@holdfast/session';
import { applyChanges, type ScopedChanges, type StoredState, stateRecord } from '@holdfast/state';
import {
  comparePositions,
  type MinimalSession,
  MinimalStorage,
  positionOf,
} from './minimal-storage.ts';

const limits = checkWriteLimits({});

/**
 * The smallest service that keeps the contract: read it to write your own. Every call
 * has the same three steps: refuse if closed, check the request with a `prepare…`
 * function, and do the work. As nothing here waits, no other call comes between.
 */
export class MinimalSessionService implements SessionService {
  readonly capabilities: SessionCapabilities = Object.freeze({
    persistent: false,
    shared: false,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  });
  protected readonly storage: MinimalStorage;
  #closed = false;

  constructor(storage: MinimalStorage = new MinimalStorage()) {
    this.storage = storage;
  }

  async create(request: CreateSessionRequest): Promise<Session> {
    this.checkOpen();
    const create = prepareCreate(request, limits);
    if (this.storage.find(create.key) !== undefined) throw sessionExists(create.key);
    return this.snapshot(this.add(create));
  }

  async get(request: GetSessionRequest): Promise<Session | undefined> {
    this.checkOpen();
    const get = prepareGet(request);
    const session = this.storage.find(get.key);
    return session && this.snapshot(session, this.select(session.events, get));
  }

  async getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    this.checkOpen();
    const create = prepareGetOrCreate(request, limits);
    return this.snapshot(this.storage.find(create.key) ?? this.add(create));
  }

  async list(request: ListSessionRequest): Promise<SessionPage> {
    this.checkOpen();
    const list = prepareList(request, this.capabilities);
    const { after, limit, includeState, includeTotal } = list;
    const direction = list.order === 'asc' ? 1 : -1;
    const all = this.storage
      .sessionsOf(list)
      .sort((a, b) => direction * comparePositions(positionOf(a), positionOf(b)));
    const rest = all.filter(
      (session) => !after || direction * comparePositions(positionOf(session), after) > 0,
    );
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return Object.freeze({
      sessions: Object.freeze(page.map((session) => this.summary(session, { includeState }))),
      ...(last && rest.length > limit && { nextCursor: encodeListCursor(list, positionOf(last)) }),
      ...(includeTotal && { total: all.length }),
    });
  }

  async delete(request: DeleteSessionRequest): Promise<boolean> {
    this.checkOpen();
    return this.storage.remove(prepareDelete(request));
  }

  async appendEvent(request: AppendEventRequest): Promise<Event> {
    this.checkOpen();
    const [event] = this.append(prepareAppendEvent(request, { limits, now: Date.now }));
    return event as Event;
  }

  async appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    this.checkOpen();
    return this.append(prepareAppendEvents(request, { limits, now: Date.now }));
  }

  async listEvents(request: ListEventsRequest): Promise<EventPage> {
    this.checkOpen();
    const {
      key,
      afterSeq,
      beforeSeq = Number.POSITIVE_INFINITY,
      limit,
      order,
    } = prepareListEvents(request);
    const { events } = this.existing(key);
    const within = events.filter(({ seq = 0 }) => seq > afterSeq && seq < beforeSeq);
    if (order === 'desc') within.reverse();
    return Object.freeze({
      events: Object.freeze(within.slice(0, limit)),
      hasMore: within.length > limit,
    });
  }

  async getState(request: GetStateRequest): Promise<JsonObject> {
    this.checkOpen();
    return stateRecord(this.storage.state(prepareGetState(request)));
  }

  async updateState(request: UpdateStateRequest): Promise<JsonObject> {
    this.checkOpen();
    const { owner, changes } = prepareUpdateState(request, limits);
    applyChanges(this.storage.state(owner), changes);
    return stateRecord(this.storage.state(owner));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected checkOpen(): void {
    if (this.#closed) throw serviceClosed();
  }

  protected existing(key: SessionKey): MinimalSession {
    const session = this.storage.find(key);
    if (session === undefined) throw sessionNotFound(key);
    return session;
  }

  protected add({ key, changes }: PreparedCreate): MinimalSession {
    const now = Date.now();
    const session = { key, createTime: now, lastUpdateTime: now, events: [], state: new Map() };
    this.storage.add(session);
    this.apply(session, changes);
    return session;
  }

  /** Everything is checked before the first write, so an append is done whole or not at all. */
  protected append(append: PreparedAppend): readonly Event[] {
    const { key, expectedRevision, changes } = append;
    if (append.events.length === 0) return append.answer([]); // all partial
    const session = this.existing(key);
    const matched = matchStored(append, (id) => session.events.find((event) => event.id === id));
    if (matched !== undefined) return append.answer(matched); // a retry
    const found = session.events.length;
    if (expectedRevision !== undefined && expectedRevision !== found) {
      throw revisionConflict(key, { expected: expectedRevision, found });
    }
    const stored = append.events.map(({ event }, i) =>
      Object.freeze({ ...event, seq: found + 1 + i }),
    );
    this.store(session, stored);
    this.apply(session, changes);
    return append.answer(stored);
  }

  protected store(session: MinimalSession, events: readonly Event[]): void {
    for (const event of events) {
      session.events.push(event);
      session.lastUpdateTime = Math.max(session.lastUpdateTime, event.timestamp);
    }
  }

  protected apply({ key, state }: MinimalSession, changes: ScopedChanges): void {
    applyChanges(state, changes.session);
    applyChanges(this.storage.state({ scope: 'user', ...key }), changes.user);
    applyChanges(this.storage.state({ scope: 'app', ...key }), changes.app);
  }

  protected select(
    all: readonly Event[],
    { numRecentEvents, afterTimestamp }: PreparedGet,
  ): readonly Event[] {
    const recent =
      numRecentEvents === undefined ? all : all.slice(Math.max(0, all.length - numRecentEvents));
    return afterTimestamp === undefined
      ? recent
      : recent.filter((event) => event.timestamp >= afterTimestamp);
  }

  protected snapshot(session: MinimalSession, events: readonly Event[] = session.events): Session {
    return new Session({
      key: session.key,
      createTime: session.createTime,
      lastUpdateTime: session.lastUpdateTime,
      revision: session.events.length,
      events: [...events],
      state: this.storedState(session),
    });
  }

  protected summary(
    session: MinimalSession,
    { includeState }: { readonly includeState: boolean },
  ): SessionSummary {
    const { key, createTime, lastUpdateTime, events } = session;
    return summarizeSession({
      key,
      createTime,
      lastUpdateTime,
      revision: events.length,
      state: includeState ? this.storedState(session) : undefined,
    });
  }

  /** Copies: what a snapshot holds must never change. */
  protected storedState({ key, state }: MinimalSession): StoredState {
    return {
      session: new Map<string, JsonValue>(state),
      user: new Map(this.storage.state({ scope: 'user', ...key })),
      app: new Map(this.storage.state({ scope: 'app', ...key })),
    };
  }
}
