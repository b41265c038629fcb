import type { Event, JsonObject } from '@holdfast/core';
import type {
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ListEventsRequest,
  ListSessionRequest,
  UpdateStateRequest,
} from './requests.ts';
import type { Session } from './session.ts';
import type { SessionPage } from './session-page.ts';

/**
 * What a service can do beyond the contract's ground. Fixed when the service is constructed. A
 * call that a capability denies is `unsupported`.
 */
export interface SessionCapabilities {
  /** What was acknowledged is there after the process has ended. */
  readonly persistent: boolean;
  /** Several processes may use one storage at the same time. */
  readonly shared: boolean;
  /** Sessions may go without being deleted, as storage is bounded. */
  readonly evicts: boolean;
  /** `app:` keys become visible together with their event, not just after it. */
  readonly atomicAppState: boolean;
  /** `list` takes `allUsers: true`. */
  readonly listAllUsers: boolean;
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
 * reached, or does not answer in time; `misconfigured` if a person has to mend something. What is
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
   * let page = await service.list({ appName: 'shop', userId: 'ada', limit: 20 });
   * while (page.nextCursor !== undefined) {
   *   const cursor = page.nextCursor;
   *   page = await service.list({ appName: 'shop', userId: 'ada', limit: 20, cursor });
   * }
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
   * The state of an app or of a user, keys without their prefix; empty if there is none.
   *
   * @example
   * const { currency } = await service.getState({ scope: 'app', appName: 'shop' });
   */
  abstract getState(request: GetStateRequest): Promise<JsonObject>;

  /**
   * Sets and removes keys of an app's or a user's state, together; gives the state after that.
   *
   * @example
   * const user = { scope: 'user', appName: 'shop', userId: 'ada' } as const;
   * const state = await service.updateState({ ...user, set: { name: 'Ada' }, remove: ['draft'] });
   */
  abstract updateState(request: UpdateStateRequest): Promise<JsonObject>;

  /**
   * Waits for the calls it has accepted, which takes a bounded time; every later call is `closed`.
   * Can be called twice. A client that you brought stays open, unless `closeClient` says otherwise.
   *
   * @example
   * await using service = await SqliteSessionService.open({ url: 'sqlite:./chat.db' });
   */
  abstract close(): Promise<void>;

  abstract [Symbol.asyncDispose](): Promise<void>;
}
