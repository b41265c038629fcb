import type { Event, SessionKey } from '@holdfast/core';
import type { ScopeState, StoredState } from '@holdfast/state/internal';
import type { MaybePromise } from './call-gate.ts';
import type { PreparedAppend } from './prepare-append.ts';
import type { PreparedCreate } from './prepare-create.ts';
import type { PreparedGet } from './prepare-get.ts';
import type { PreparedList } from './prepare-list.ts';
import type { PreparedListEvents } from './prepare-list-events.ts';
import type { PreparedGetState, PreparedUpdateState } from './prepare-state.ts';
import type {
  EraseOutcome,
  PreparedDeleteExpired,
  PreparedEraseUser,
  PreparedImport,
  PreparedListUsers,
  PreparedReleaseTurn,
  PreparedSweep,
  PreparedTurn,
  PreparedUpdateSession,
  TurnOutcome,
} from './prepared-life.ts';
import type {
  ForkOutcome,
  IncrementRefused,
  PreparedErase,
  PreparedFork,
  PreparedIncrement,
  PreparedIncrementState,
} from './prepared-writes.ts';
import type { SessionSnapshot } from './session.ts';
import type { StoredPage, StoredSummary } from './session-page.ts';
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
  readonly capabilities: StoreCapabilities;

  /**
   * Creates a session, and gives the state that it shares; undefined if it exists already, even if
   * it has expired.
   */
  create(create: PreparedCreate): MaybePromise<SharedState | undefined>;

  /**
   * A session with the events of the window, all as of one moment; undefined if there is none. The
   * service sees to it that one that has expired is not given out.
   */
  get(get: PreparedGet): MaybePromise<SessionSnapshot | undefined>;

  /** Appends all events together with their changes, or writes nothing. */
  append(append: PreparedAppend): MaybePromise<AppendOutcome>;

  /** The sessions behind a place in a list, as many as its limit says. */
  list(list: PreparedList): MaybePromise<StoredPage>;

  /** The events between two bounds, all as of one moment; undefined if there is no session. */
  listEvents(list: PreparedListEvents): MaybePromise<ListedEvents | undefined>;

  /** Deletes a session, its events and its own state; false if there is none. */
  delete(remove: PreparedDelete): MaybePromise<boolean>;

  /** The state of an app or a user; empty if there is none. */
  getState(owner: PreparedGetState): MaybePromise<ScopeState>;

  /** Makes changes, of which there is at least one, and gives the state after them. */
  updateState(update: PreparedUpdateState): MaybePromise<ScopeState>;

  /** Lets go of what the store owns. Called once, when no other call is running. */
  close(): MaybePromise<void>;

  // What follows is optional. What a store does not have is denied by a capability.

  /**
   * Changes the details of a session under its lock, and what is kept beside them; gives the session
   * after that, undefined if there is none. With it, a store keeps `details` and `expireTime`
   * wherever they are given, and every call but `get` and `listEvents` takes a session for missing
   * once it has expired. Capability `updateSession`, together with `findExpired` and
   * `deleteExpired`, which are `sweep` as well.
   */
  updateSession?(update: PreparedUpdateSession): MaybePromise<StoredSummary | undefined>;

  /** Sessions that have expired, in any order, as many as the limit says at most. */
  findExpired?(find: PreparedSweep): MaybePromise<readonly SessionKey[]>;

  /** Deletes a session if it has expired; false if it has not, or if there is none. */
  deleteExpired?(remove: PreparedDeleteExpired): MaybePromise<boolean>;

  /** The event of an id. Capability `getEvent`. */
  findEvent?(find: EventKey): MaybePromise<FoundEvent | undefined>;

  /**
   * Creates a session with copies of the first events of another one, and with the same initial
   * state. The events do not pass through the client. Capability `fork`.
   */
  fork?(fork: PreparedFork): MaybePromise<ForkOutcome>;

  /** `append`, and the bodies of events that are stored are replaced with it. Capability `erase`. */
  erase?(erase: PreparedErase): MaybePromise<AppendOutcome>;

  /** `append`, with increments made with it. Capability `increments`, with `incrementState`. */
  increment?(append: PreparedIncrement): MaybePromise<AppendOutcome | IncrementRefused>;

  /** `updateState`, with increments made with it: there is at least one. */
  incrementState?(update: PreparedIncrementState): MaybePromise<ScopeState | IncrementRefused>;

  /** Holds a session for a turn. Capability `turns`, with `releaseTurn`. */
  acquireTurn?(acquire: PreparedTurn): MaybePromise<TurnOutcome>;

  /** Lets go of a session if it is held for this turn; false if it is not, or if there is none. */
  releaseTurn?(release: PreparedReleaseTurn): MaybePromise<boolean>;

  /**
   * Deletes sessions of a user, each as a whole and in its own transaction, as many as the limit
   * says. If no more are left, it deletes these and all else that there is of the user, at one
   * moment. Capability `eraseUser`.
   */
  eraseUser?(erase: PreparedEraseUser): MaybePromise<EraseOutcome>;

  /** Users that have sessions or state, in the order of their ids. Capability `listUsers`. */
  listUsers?(list: PreparedListUsers): MaybePromise<readonly string[]>;

  /**
   * Writes a part of a session as it was elsewhere. Before the last part it is expired. The latest of
   * the parts' last updates is its own. False if a session of the key exists, if it is not as the
   * part before left it, or if it has an event of the part already. Capability `importSession`.
   */
  importSession?(part: PreparedImport): MaybePromise<boolean>;

  /**
   * Where sessions are, in the order of the keys: all of them at the cost of one read, or close to
   * it. Capability `watch`.
   */
  findRevisions?(keys: readonly SessionKey[]): MaybePromise<readonly (SessionPlace | undefined)[]>;

  /**
   * Calls back soon after a session has changed, by whomever, until it is told to stop. It may call
   * back more often; if it misses a change, that is found later, by `findRevisions`.
   * @default changes of other processes are found by `findRevisions` alone
   */
  subscribe?(key: SessionKey, changed: () => void): () => void;
}

/** What a store says of itself; the rest follows from its methods. */
export type StoreCapabilities = Pick<
  SessionCapabilities,
  'persistent' | 'shared' | 'evicts' | 'atomicAppState' | 'listAllUsers'
>;

/** The state that a new session shares with others. */
export type SharedState = Pick<StoredState, 'user' | 'app'>;

/** A part of a session's events. */
export interface ListedEvents {
  /** In the order asked for, in an array of their own, each with the mark of the session. */
  readonly events: Event[];
  /** That of the session: the service notices if events are missing. */
  readonly revision: number;
  /** From when on the session is gone, in epoch ms. @default never */
  readonly expireTime?: number | undefined;
}

/** A deletion, checked. */
export interface PreparedDelete extends SessionKey {
  /** Epoch ms: a session that has expired by then does not exist. */
  readonly now: number;
}

/** The id of an event, and its session. */
export interface EventKey {
  readonly key: SessionKey;
  readonly eventId: string;
}

/** What is there of an event, as of one moment. */
export interface FoundEvent {
  /** With the mark of the session; undefined if the session does not have it. */
  readonly event: Event | undefined;
  readonly expireTime?: number | undefined;
}

/** Where a session is. */
export interface SessionPlace {
  readonly revision: number;
  readonly incarnation: string;
  readonly expireTime?: number | undefined;
}

/** What an append came to. */
export type AppendOutcome =
  /** `revision` is that of the session with the events, `mark` that of its incarnation (`markOf`). */
  | { readonly type: 'written'; readonly revision: number; readonly mark: string }
  /**
   * An id of its events is in the session already, or the session is not at `expectedRevision`,
   * or not of `expectedIncarnation`, or not held for `turn`. `revision` and `incarnation` are those that it has;
   * `findEvent` gives the session's event of an id of the append, with the session's mark.
   */
  | {
      readonly type: 'refused';
      readonly revision: number;
      readonly incarnation: string;
      /** The turn that the session is held for. @default none */
      readonly turn?: string | undefined;
      findEvent(id: string): Event | undefined;
    }
  /** There is no such session. */
  | { readonly type: 'missing' };
