import type { Event, SessionKey } from '@holdfast/core';
import type { ScopeState, StoredState } from '@holdfast/state/internal';
import type { MaybePromise } from './call-gate.ts';
import type { PreparedAppend } from './prepare-append.ts';
import type { PreparedCreate } from './prepare-create.ts';
import type { PreparedGet } from './prepare-get.ts';
import type { PreparedList } from './prepare-list.ts';
import type { PreparedListEvents } from './prepare-list-events.ts';
import type { PreparedGetState, PreparedUpdateState } from './prepare-state.ts';
import type { SessionSnapshot } from './session.ts';
import type { StoredPage } from './session-page.ts';
import type { SessionCapabilities } from './session-service.ts';

/**
 * What keeps sessions, behind a `StoredSessionService`. Its requests have been checked, copied and
 * folded; it answers with plain data, at once or by a promise, and knows nothing of raw requests,
 * retries, cursors or closing twice. Each call is atomic, with others at the same time too.
 *
 * What fails is a `HoldfastError`: `unavailable` for what passes by itself, `misconfigured` for
 * what a person has to mend, `corrupt` for what cannot be read, `internal` for anything else. A
 * call to a server ends within a bounded time.
 */
export interface SessionStore {
  readonly capabilities: SessionCapabilities;

  /** Creates a session, and gives the state that it shares; undefined if it exists already. */
  create(create: PreparedCreate): MaybePromise<SharedState | undefined>;

  /** A session with the events of the window, all as of one moment; undefined if there is none. */
  get(get: PreparedGet): MaybePromise<SessionSnapshot | undefined>;

  /** Appends all events together with their changes, or writes nothing. */
  append(append: PreparedAppend): MaybePromise<AppendOutcome>;

  /** The sessions behind a place in a list, as many as its limit says. */
  list(list: PreparedList): MaybePromise<StoredPage>;

  /** The events between two bounds, all as of one moment; undefined if there is no session. */
  listEvents(list: PreparedListEvents): MaybePromise<ListedEvents | undefined>;

  /** Deletes a session, its events and its own state; false if there is none. */
  delete(key: SessionKey): MaybePromise<boolean>;

  /** The state of an app or a user; empty if there is none. */
  getState(owner: PreparedGetState): MaybePromise<ScopeState>;

  /** Makes changes, of which there is at least one, and gives the state after them. */
  updateState(update: PreparedUpdateState): MaybePromise<ScopeState>;

  /** Lets go of what the store owns. Called once, when no other call is running. */
  close(): MaybePromise<void>;
}

/** The state that a new session shares with others. */
export type SharedState = Pick<StoredState, 'user' | 'app'>;

/** A part of a session's events. */
export interface ListedEvents {
  /** In the order asked for, in an array of their own, each with the mark of the session. */
  readonly events: Event[];
  /** That of the session: the service notices if events are missing. */
  readonly revision: number;
}

/** What an append came to. */
export type AppendOutcome =
  /** `revision` is that of the session with the events, `mark` that of its incarnation (`markOf`). */
  | { readonly type: 'written'; readonly revision: number; readonly mark: string }
  /**
   * An id of its events is in the session already, or the session is not at `expectedRevision`,
   * or not of `expectedIncarnation`. `revision` and `incarnation` are those that it has;
   * `findEvent` gives the session's event of an id of the append, with the session's mark.
   */
  | {
      readonly type: 'refused';
      readonly revision: number;
      readonly incarnation: string;
      findEvent(id: string): Event | undefined;
    }
  /** There is no such session. */
  | { readonly type: 'missing' };
