import {
  checkInteger,
  checkTimestamp,
  describeType,
  type Event,
  invalidArgument,
  isPlainObject,
  type JsonObject,
  type JsonValue,
  type SessionKey,
} from '@holdfast/core';
import {
  type AppendEventRequest,
  type AppendEventsRequest,
  type CreateSessionRequest,
  checkWriteLimits,
  type DeleteSessionRequest,
  type EventPage,
  type GetOrCreateSessionRequest,
  type GetSessionRequest,
  type GetStateRequest,
  type ListEventsRequest,
  type ListSessionRequest,
  matchStored,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGetState,
  prepareAppendEvent,
  prepareAppendEvents,
  prepareCreate,
  prepareDelete,
  prepareEventWindow,
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
  serviceClosed,
  sessionExists,
  sessionNotFound,
  type UpdateStateRequest,
  type WriteLimits,
} from '@holdfast/session';
import { type ScopedChanges, type StoredState, stateRecord } from '@holdfast/state';
import { listPage } from './list-page.ts';
import { appendTo, type SessionRecord } from './session-record.ts';
import { Tenants } from './tenants.ts';

export interface InMemorySessionServiceOptions {
  /**
   * Keep at most so many sessions: the least recently used goes, with its events, when
   * another comes. `user:` and `app:` state stay. Unbounded where it is missing.
   */
  readonly maxSessions?: number | undefined;
  /** The most bytes of an event as JSON, and of the state in other calls. 8 MiB where it is missing. */
  readonly maxEventBytes?: number | undefined;
  /** The clock, in epoch ms. `Date.now` where it is missing. */
  readonly now?: (() => number) | undefined;
}

/**
 * Keeps sessions in the memory of this process. An append costs the same whatever the
 * length of the history, and what was read is shared, not copied: it is frozen.
 */
export class InMemorySessionService implements SessionService {
  readonly capabilities: SessionCapabilities;
  readonly #tenants = new Tenants();
  readonly #limits: WriteLimits;
  readonly #maxSessions: number;
  readonly #now: () => number;
  // In the order of use, the least recent first. Kept only where there is a bound.
  readonly #used = new Set<SessionRecord>();
  #closed = false;

  /** An option that is out of range is `invalid_argument`. */
  constructor(options: InMemorySessionServiceOptions = {}) {
    if (!isPlainObject(options)) {
      throw invalidArgument('options', `must be a plain object, got ${describeType(options)}`);
    }
    const { maxSessions, now = Date.now } = options;
    if (typeof now !== 'function') {
      throw invalidArgument('now', `must be a function, got ${describeType(now)}`);
    }
    this.#limits = checkWriteLimits(options);
    this.#maxSessions =
      maxSessions === undefined
        ? Number.POSITIVE_INFINITY
        : checkInteger(maxSessions, { path: 'maxSessions', min: 1 });
    this.#now = () => checkTimestamp(now(), 'now');
    this.capabilities = Object.freeze({
      persistent: false,
      shared: false,
      evicts: maxSessions !== undefined,
      atomicAppState: true,
      listAllUsers: true,
    });
  }

  async create(request: CreateSessionRequest): Promise<Session> {
    this.#checkOpen();
    const create = prepareCreate(request, this.#limits);
    if (this.#tenants.session(create.key) !== undefined) throw sessionExists(create.key);
    return this.#snapshot(this.#add(create), []);
  }

  async get(request: GetSessionRequest): Promise<Session | undefined> {
    this.#checkOpen();
    const session = this.#kept(request);
    if (session === undefined) {
      prepareGet(request);
      return undefined;
    }
    const { numRecentEvents, afterTimestamp } = prepareEventWindow(request);
    this.#touch(session);
    const fromSeq = numRecentEvents === undefined ? 1 : session.revision - numRecentEvents + 1;
    const events =
      afterTimestamp === undefined
        ? session.log.range(fromSeq)
        : session.log.since(afterTimestamp, fromSeq);
    return this.#snapshot(session, events);
  }

  async getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    this.#checkOpen();
    const create = prepareGetOrCreate(request, this.#limits);
    const session = this.#tenants.session(create.key) ?? this.#add(create);
    this.#touch(session);
    return this.#snapshot(session, session.log.range(1));
  }

  async list(request: ListSessionRequest): Promise<SessionPage> {
    this.#checkOpen();
    const list = prepareList(request, this.capabilities);
    const { appName, userId, includeState } = list;
    const holder =
      userId === undefined ? this.#tenants.app(appName) : this.#tenants.user(appName, userId);
    return listPage(list, {
      sessions: holder?.list,
      stateOf: includeState ? (session) => this.#storedState(session) : undefined,
    });
  }

  async delete(request: DeleteSessionRequest): Promise<boolean> {
    this.#checkOpen();
    const session = this.#tenants.session(prepareDelete(request));
    if (session === undefined) return false;
    this.#remove(session);
    return true;
  }

  async appendEvent(request: AppendEventRequest): Promise<Event> {
    this.#checkOpen();
    const [event] = this.#append(prepareAppendEvent(request, this.#writing()));
    return event as Event;
  }

  async appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    this.#checkOpen();
    return this.#append(prepareAppendEvents(request, this.#writing()));
  }

  async listEvents(request: ListEventsRequest): Promise<EventPage> {
    this.#checkOpen();
    const { key, afterSeq, beforeSeq, limit, order } = prepareListEvents(request);
    const session = this.#existing(key);
    this.#touch(session);
    const first = afterSeq + 1;
    const end = Math.min(beforeSeq ?? Number.POSITIVE_INFINITY, session.revision + 1);
    const events =
      order === 'asc'
        ? session.log.range(first, Math.min(end, first + limit))
        : session.log.range(Math.max(first, end - limit), end).reverse();
    return Object.freeze({ events: Object.freeze(events), hasMore: end - first > limit });
  }

  async getState(request: GetStateRequest): Promise<JsonObject> {
    this.#checkOpen();
    return this.#stateOf(prepareGetState(request));
  }

  async updateState(request: UpdateStateRequest): Promise<JsonObject> {
    this.#checkOpen();
    const { owner, changes } = prepareUpdateState(request, this.#limits);
    const { appName } = owner;
    const userId = owner.scope === 'user' ? owner.userId : undefined;
    const holder =
      userId === undefined
        ? this.#tenants.ensureApp(appName)
        : this.#tenants.ensureUser(appName, userId);
    holder.state.apply(changes);
    const state = this.#stateOf(owner);
    this.#tenants.prune(appName, userId);
    return state;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw serviceClosed();
  }

  #writing() {
    return { limits: this.#limits, now: this.#now };
  }

  /** What is kept under the ids of a request, if anything: then they have been checked before. */
  #kept(request: SessionKey | null | undefined): SessionRecord | undefined {
    return request === null || request === undefined ? undefined : this.#tenants.session(request);
  }

  #existing(key: SessionKey): SessionRecord {
    const session = this.#tenants.session(key);
    if (session === undefined) throw sessionNotFound(key);
    return session;
  }

  #add({ key, changes }: PreparedCreate): SessionRecord {
    const session = this.#tenants.addSession(key, this.#now());
    this.#apply(session, changes);
    this.#touch(session);
    if (this.#used.size > this.#maxSessions) {
      const [leastRecent] = this.#used;
      this.#remove(leastRecent as SessionRecord);
    }
    return session;
  }

  #remove(session: SessionRecord): void {
    this.#used.delete(session);
    this.#tenants.removeSession(session);
  }

  #append(append: PreparedAppend): readonly Event[] {
    const { key, events, changes, expectedRevision } = append;
    if (events.length === 0) return append.answer([]);
    const session = this.#existing(key);
    this.#touch(session);
    const matched = matchStored(append, (id) => session.log.byId(id));
    if (matched !== undefined) return append.answer(matched);
    const { revision } = session;
    if (expectedRevision !== undefined && expectedRevision !== revision) {
      throw revisionConflict(key, { expected: expectedRevision, found: revision });
    }
    const stored = events.map(({ event }, i) => Object.freeze({ ...event, seq: revision + 1 + i }));
    appendTo(session, stored);
    this.#apply(session, changes);
    return append.answer(stored);
  }

  #apply({ state, user }: SessionRecord, changes: ScopedChanges): void {
    state.apply(changes.session);
    user.state.apply(changes.user);
    user.app.state.apply(changes.app);
  }

  #touch(session: SessionRecord): void {
    if (this.#maxSessions === Number.POSITIVE_INFINITY) return;
    this.#used.delete(session);
    this.#used.add(session);
  }

  #snapshot(session: SessionRecord, events: readonly Event[]): Session {
    return new Session({
      key: session.key,
      createTime: session.createTime,
      lastUpdateTime: session.lastUpdateTime,
      revision: session.revision,
      events,
      state: this.#storedState(session),
    });
  }

  #storedState({ state, user }: SessionRecord): StoredState {
    return {
      session: state.snapshot(),
      user: user.state.snapshot(),
      app: user.app.state.snapshot(),
    };
  }

  #stateOf(owner: PreparedGetState): JsonObject {
    const holder =
      owner.scope === 'app'
        ? this.#tenants.app(owner.appName)
        : this.#tenants.user(owner.appName, owner.userId);
    return stateRecord(holder?.state.snapshot() ?? new Map<string, JsonValue>());
  }
}
