import type { Event, JsonObject } from '@holdfast/core';
import type {
  AcquireTurnRequest,
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  EraseUserRequest,
  ForkSessionRequest,
  GetEventRequest,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ImportPart,
  ImportSessionRequest,
  ListEventsRequest,
  ListSessionRequest,
  ListUsersRequest,
  ReleaseTurnRequest,
  RetractEventsRequest,
  RewindSessionRequest,
  SweepRequest,
  UpdateSessionRequest,
  UpdateStateRequest,
  WatchSessionRequest,
} from './requests.ts';
import type { Session } from './session.ts';
import type { SessionPage, SessionSummary } from './session-page.ts';

/**
 * What a service can do beyond the contract's ground. Fixed when the service is constructed. A
 * call that a capability denies is `unsupported`.
 */
export interface SessionCapabilities {
  /** What was acknowledged is still stored after the process has ended. */
  readonly persistent: boolean;
  /** Several processes may use one storage at the same time. */
  readonly shared: boolean;
  /** Sessions may vanish without being deleted, as storage is bounded. */
  readonly evicts: boolean;
  /** `app:` keys become visible together with their event, not just after it. */
  readonly atomicAppState: boolean;
  /** `list` takes `allUsers: true`. */
  readonly listAllUsers: boolean;
  /** Sessions have labels and may expire: `updateSession`, and `labels` and `expires` elsewhere. */
  readonly updateSession: boolean;
  /** `getEvent`. */
  readonly getEvent: boolean;
  /** `fork`. */
  readonly fork: boolean;
  /** `retract` takes `erase: true`. */
  readonly erase: boolean;
  /** `actions.stateIncrements`, and `updateState` with `increment`. */
  readonly increments: boolean;
  /** `acquireTurn` and `releaseTurn`, and appends with a `turn`. */
  readonly turns: boolean;
  /** `sweep`. */
  readonly sweep: boolean;
  /** `eraseUser`. */
  readonly eraseUser: boolean;
  /** `listUsers`. */
  readonly listUsers: boolean;
  /** `importSession`. */
  readonly importSession: boolean;
  /** `watch`. */
  readonly watch: boolean;
}

/** What a sweep has done. */
export interface SweepResult {
  /** How many sessions it deleted. */
  readonly deleted: number;
  /** False if more are left, because of the limit: call it again. */
  readonly done: boolean;
}

/** What a call of `eraseUser` has deleted. */
export interface ErasedUser {
  /** How many sessions, expired ones too. */
  readonly sessions: number;
  /** How many keys of the `user:` state. */
  readonly stateKeys: number;
}

/** A page of users, frozen. */
export interface UserPage {
  /** By the bytes of their ids, ascending. */
  readonly userIds: readonly string[];
  readonly hasMore: boolean;
}

/** A page of a session's events, frozen. */
export interface EventPage {
  readonly events: readonly Event[];
  /** Whether there are more events beyond this page, within the bounds of the request. */
  readonly hasMore: boolean;
}

/**
 * What a program sees of any store. Every error is a `HoldfastError`: `invalid_argument` for bad
 * input, before anything is written; `closed` after `close`; `unavailable` if the store cannot be
 * reached, or does not answer in time; `misconfigured` if a person has to correct something. What is
 * returned is deeply frozen, apart from `State`.
 *
 * To TypeScript it is a class, so that it knows what runs: `{ ...service }` has none of the
 * methods. Use `wrapSessionService` to change some of them, and `implements` for one of your own.
 */
export declare abstract class SessionService implements AsyncDisposable {
  abstract readonly capabilities: SessionCapabilities;

  /**
   * Creates a session. `already_exists` if its id is taken, and nothing has changed.
   *
   * @example
   * const session = await service.create({
   *   appName: 'shop',
   *   userId: 'ada',
   *   state: { cart: [], 'user:name': 'Ada', 'app:currency': 'EUR' },
   * });
   */
  abstract create(request: CreateSessionRequest): Promise<Session>;

  /**
   * A snapshot of a session; undefined if there is none. It costs what it returns, however long
   * the history is.
   *
   * @example
   * const session = await service.get({ ...key, numRecentEvents: 20 });
   * console.log(session?.state.get('cart'), session?.revision);
   */
  abstract get(request: GetSessionRequest): Promise<Session | undefined>;

  /**
   * A session, created if there is none. Safe when many callers race.
   *
   * @example
   * const session = await service.getOrCreate({ ...key, state: { cart: [] }, numRecentEvents: 20 });
   */
  abstract getOrCreate(request: GetOrCreateSessionRequest): Promise<Session>;

  /**
   * A page of summaries, by `lastUpdateTime`, `userId` and `id`. A concurrent write makes the
   * pages neither skip nor repeat a session that it does not touch.
   *
   * @example
   * let cursor: string | undefined;
   * do {
   *   const page = await service.list({ appName: 'shop', userId: 'ada', limit: 20, cursor });
   *   for (const { id, labels } of page.sessions) console.log(id, labels.title);
   *   cursor = page.nextCursor;
   * } while (cursor !== undefined);
   */
  abstract list(request: ListSessionRequest): Promise<SessionPage>;

  /**
   * Deletes a session and its events; `user:` and `app:` state stay. False if there was none.
   *
   * @example
   * const existed = await service.delete(session);
   */
  abstract delete(request: DeleteSessionRequest): Promise<boolean>;

  /**
   * Appends an event on top of whatever is there, together with its state changes, and
   * gives the stored event. A partial event comes back as it is and is not stored.
   *
   * `not_found` if there is no session; `conflict` if it has moved on from `expectedRevision`;
   * `too_large` for more than 8 MiB as JSON. The id of a stored event again: the stored event if
   * the content is the same, otherwise `already_exists`.
   *
   * @example
   * const event = await service.appendEvent({
   *   ...key,
   *   event: {
   *     author: 'user',
   *     content: { role: 'user', parts: [{ text: 'One book, please.' }] },
   *     actions: { stateDelta: { cart: ['book'] } },
   *   },
   * });
   */
  abstract appendEvent(request: AppendEventRequest): Promise<Event>;

  /**
   * Appends many events, all or none. If all of them are stored already with the same content,
   * they come back; if only some are: `already_exists`, unless `onStored` is `skip`.
   *
   * @example
   * const [question, answer] = await service.appendEvents({
   *   ...session,
   *   events: [{ author: 'user' }, { author: 'agent' }],
   *   expectedRevision: session.revision,
   * });
   */
  abstract appendEvents(request: AppendEventsRequest): Promise<readonly Event[]>;

  /**
   * A page of a session's events, both bounds exclusive. `not_found` if there is no session.
   * `iterateEvents` walks all pages.
   *
   * @example
   * const { events, hasMore } = await service.listEvents({ ...key, beforeSeq: 100, order: 'desc' });
   */
  abstract listEvents(request: ListEventsRequest): Promise<EventPage>;

  /**
   * One event of a session, by its id; undefined if the session does not have it. `not_found` if
   * there is no session.
   *
   * @example
   * const event = await service.getEvent({ ...key, eventId: 'evt-1' });
   */
  abstract getEvent(request: GetEventRequest): Promise<Event | undefined>;

  /**
   * Changes single labels, and when the session expires; gives its summary after that. Neither
   * `revision` nor `lastUpdateTime` moves. `not_found` if there is no session;
   * `invalid_argument` if it would have more than 32 labels.
   *
   * @example
   * await service.updateSession({ ...key, labels: { set: { title: 'Books' }, remove: ['draft'] } });
   */
  abstract updateSession(request: UpdateSessionRequest): Promise<SessionSummary>;

  /**
   * Creates a session of the same user with the first events of another one, and with that one's
   * own state as it was then. `not_found` if there is no session, or no such invocation;
   * `already_exists` if the new id is taken; `unsupported` if the state at that point is not known.
   *
   * @example
   * const attempt = await service.fork({ ...key, throughSeq: 12, labels: { title: 'Another try' } });
   */
  abstract fork(request: ForkSessionRequest): Promise<Session>;

  /**
   * Brings a session's own state back to what it was at a point, and takes later events out of the
   * active ones. It appends a marker, which it returns, and deletes nothing: a rewind can be rewound.
   * Errors are those of `fork`, and `conflict` as for an append.
   *
   * @example
   * const marker = await service.rewind({ ...key, toSeq: 12 });
   */
  abstract rewind(request: RewindSessionRequest): Promise<Event>;

  /**
   * Takes events out of the active ones, and gives the marker that it appends. State stays as it is.
   * With `erase`, their bodies are deleted for good, together with the append: `{ id, seq, timestamp,
   * author, erased: true }` remains of each. `not_found` if the session does not have an event.
   *
   * @example
   * await service.retract({ ...key, throughSeq: 100, erase: true });
   */
  abstract retract(request: RetractEventsRequest): Promise<Event>;

  /**
   * Holds a session for a turn, or goes on holding it; gives the time, in epoch ms, until which it
   * is held. `conflict` if it is held for another turn; with `extend`, also if it is held for none.
   * `takeTurn` does all that a turn needs.
   *
   * @example
   * const until = await service.acquireTurn({ ...key, turn: 'run-1', ttl: 10_000 });
   */
  abstract acquireTurn(request: AcquireTurnRequest): Promise<number>;

  /**
   * Releases a session that is held for a turn; false if it is not.
   *
   * @example
   * await service.releaseTurn({ ...key, turn: 'run-1' });
   */
  abstract releaseTurn(request: ReleaseTurnRequest): Promise<boolean>;

  /**
   * Deletes sessions that have expired, each in a step of its own, as a whole. It never deletes one
   * that an append or an update has just touched.
   *
   * @example
   * let swept = await service.sweep({ appName: 'shop', allUsers: true });
   * while (!swept.done) swept = await service.sweep({ appName: 'shop', allUsers: true });
   */
  abstract sweep(request: SweepRequest): Promise<SweepResult>;

  /**
   * Deletes everything that an app has of a user: sessions, and the `user:` state. Sessions that are
   * created meanwhile are deleted as well. If it was interrupted, call it again.
   *
   * @example
   * const { sessions, stateKeys } = await service.eraseUser({ appName: 'shop', userId: 'ada' });
   */
  abstract eraseUser(request: EraseUserRequest): Promise<ErasedUser>;

  /**
   * A page of the users that have sessions or state in an app.
   *
   * @example
   * const { userIds, hasMore } = await service.listUsers({ appName: 'shop' });
   */
  abstract listUsers(request: ListUsersRequest): Promise<UserPage>;

  /**
   * Writes a session as it was elsewhere, in one part or several. Other calls see it once its last
   * event has been written. `already_exists` if there is a session with its key; `conflict` if the
   * part before no longer exists. `importRecords` does all of it.
   *
   * @example
   * await service.importSession({ ...key, session: record, events });
   */
  abstract importSession(request: ImportSessionRequest): Promise<ImportPart>;

  /**
   * Every stored event after `afterSeq`, once and in order, also those to come, and those of other
   * processes. It throws `not_found` if the session does not exist, is deleted or expires, and
   * `closed` after `close`. It ends only by its signal, an error, or leaving the loop.
   *
   * @example
   * for await (const event of service.watch({ ...key, afterSeq: session.revision, signal })) {
   *   console.log(event.seq, event.author);
   * }
   */
  abstract watch(request: WatchSessionRequest): AsyncIterable<Event>;

  /**
   * The state of an app or of a user, keys without their prefix; empty if there is none.
   *
   * @example
   * const { currency } = await service.getState({ scope: 'app', appName: 'shop' });
   */
  abstract getState(request: GetStateRequest): Promise<JsonObject>;

  /**
   * Sets and removes keys of an app's or a user's state, and adds to their values, together; gives
   * the state after that. `conflict` if a value to add to, or the sum, is not a safe integer.
   *
   * @example
   * const user = { scope: 'user', appName: 'shop', userId: 'ada' } as const;
   * const state = await service.updateState({ ...user, set: { name: 'Ada' }, remove: ['draft'] });
   */
  abstract updateState(request: UpdateStateRequest): Promise<JsonObject>;

  /**
   * Waits for the calls it has accepted, which takes a bounded time; every later call is `closed`.
   * Can be called twice. A client that you brought stays open, unless `closeClient` is true.
   *
   * @example
   * await using service = await SqliteSessionService.open({ url: 'sqlite:./chat.db' });
   */
  abstract close(): Promise<void>;

  abstract [Symbol.asyncDispose](): Promise<void>;
}
