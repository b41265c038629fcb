import type { Event, JsonObject } from '@holdfast/core';
import type { EventPage, SessionPage } from './answers.ts';
import type { SessionCapabilities } from './capabilities.ts';
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

/**
 * What every store does. All errors are a `HoldfastError`: `invalid_argument` for bad
 * input, before anything is written; `closed` after `close`; `unavailable` where the
 * store cannot be reached. What is returned is deeply frozen, apart from `State`.
 */
export interface SessionService extends AsyncDisposable {
  readonly capabilities: SessionCapabilities;

  /** Creates a session. `already_exists` where its id is taken, and nothing has changed. */
  create(request: CreateSessionRequest): Promise<Session>;

  /** A snapshot of a session; undefined where there is none. */
  get(request: GetSessionRequest): Promise<Session | undefined>;

  /** The session with all its events, created where there is none. Safe when callers race. */
  getOrCreate(request: GetOrCreateSessionRequest): Promise<Session>;

  /**
   * A page of summaries, by `lastUpdateTime`, `userId` and `id`. A concurrent write
   * makes the pages neither skip nor repeat a session that it does not touch.
   */
  list(request: ListSessionRequest): Promise<SessionPage>;

  /**
   * Deletes a session and its events; `user:` and `app:` state stay. False where there
   * was none.
   */
  delete(request: DeleteSessionRequest): Promise<boolean>;

  /**
   * Appends an event on top of whatever is there, together with its state changes, and
   * gives the stored event. A partial event comes back as it is and is not stored.
   *
   * `not_found` where there is no session; `conflict` where it has moved on from
   * `expectedRevision`; `too_large` for more than 8 MiB as JSON. The id of a stored event
   * again: the stored event where the content is the same, otherwise `already_exists`.
   */
  appendEvent(request: AppendEventRequest): Promise<Event>;

  /**
   * Appends many events, all or none. Where all of them are stored already with the
   * same content, they come back; where only some are: `already_exists`.
   */
  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]>;

  /** A page of a session's events, both bounds exclusive. `not_found` where there is no session. */
  listEvents(request: ListEventsRequest): Promise<EventPage>;

  /** The state of an app or of a user, keys without their prefix; empty where there is none. */
  getState(request: GetStateRequest): Promise<JsonObject>;

  /** Sets and removes keys of an app's or a user's state, together; gives the state after that. */
  updateState(request: UpdateStateRequest): Promise<JsonObject>;

  /** Waits for the calls it has accepted; every later call is `closed`. Can be called twice. */
  close(): Promise<void>;
}
