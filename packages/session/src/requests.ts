import type { AbortSignalLike, Event, EventInput, JsonObject, SessionKey } from '@holdfast/core';
import type { Expires, ForkPoint, Labels } from './session-details.ts';

/** State keys, with the prefixes of their scopes, and JSON values. */
export type StateInput = Readonly<Record<string, unknown>>;

/** What a new session begins with. */
export interface NewSessionOptions {
  /**
   * At most 32. Names follow the rules of ids; values have at most 255 bytes of UTF-8. By
   * convention, `title` is what a person sees. @default no labels
   */
  readonly labels?: Labels | undefined;
  /** When the session expires. @default null: never */
  readonly expires?: Expires | null | undefined;
}

export interface CreateSessionRequest extends NewSessionOptions {
  readonly appName: string;
  readonly userId: string;
  /** @default a new UUIDv7 */
  readonly sessionId?: string | undefined;
  /** `user:` and `app:` keys go to their scopes; `temp:` keys are not stored. @default no state */
  readonly state?: StateInput | undefined;
}

/** Which events of a session are loaded. Both bounds together intersect. */
export interface EventWindowOptions {
  /** Load this many of the last events only; 0 loads none. @default all */
  readonly numRecentEvents?: number | undefined;
  /**
   * Load events of this time (epoch ms) and later only, whatever their `seq`.
   * @default of any time
   */
  readonly afterTimestamp?: number | undefined;
  /**
   * Load no event before `activeFrom`: none that the last summary covers, or that was retracted by
   * `throughSeq`. @default false
   */
  readonly active?: boolean | undefined;
}

export interface GetSessionRequest extends SessionKey, EventWindowOptions {
  /** Whether to load the session's `initialState`. @default false */
  readonly includeInitialState?: boolean | undefined;
}

/** State, labels and expiry are used only if the session is created. */
export interface GetOrCreateSessionRequest
  extends SessionKey,
    EventWindowOptions,
    NewSessionOptions {
  /** As for `create`. @default no state */
  readonly state?: StateInput | undefined;
}

export interface ListSessionsOptions {
  readonly appName: string;
  /** The length of a page: 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
  /**
   * `nextCursor` of the page before, of a request for the same sessions in the same order.
   * @default the first page
   */
  readonly cursor?: string | undefined;
  /** By last update: the latest first (`desc`) or last (`asc`). @default 'desc' */
  readonly order?: Order | undefined;
  /** Whether each summary has its `state`. @default false */
  readonly includeState?: boolean | undefined;
  /** Whether the page has the `total` of all pages. @default false */
  readonly includeTotal?: boolean | undefined;
}

/** The sessions of one user; or of every user of the app, if that is said. */
export type ListSessionRequest = ListSessionsOptions &
  (
    | {
        readonly allUsers: true;
        readonly userId?: undefined;
        readonly labels?: undefined;
      }
    | {
        readonly userId: string;
        readonly allUsers?: undefined;
        /** Only sessions that have all of these, exactly. @default all sessions */
        readonly labels?: Labels | undefined;
      }
  );

export type DeleteSessionRequest = SessionKey;

interface AppendOptions extends SessionKey {
  /** Append only if this is the session's `revision`. @default at any revision */
  readonly expectedRevision?: number | undefined;
  /**
   * Append only if this is the session's `incarnation`: not if it was deleted, and another one was
   * created with its id. @default to any session of these ids
   */
  readonly expectedIncarnation?: string | undefined;
  /**
   * What to do if there is no session: `refuse`, as `not_found`, or `create` it. An append that
   * expects something of the session (`expectedIncarnation`, `turn`, an `expectedRevision` other
   * than 0) creates none. @default 'refuse'
   */
  readonly ifMissing?: 'refuse' | 'create' | undefined;
  /** Append only if this is the turn that the session is held for: see `takeTurn`. @default any */
  readonly turn?: string | undefined;
}

export interface AppendEventRequest extends AppendOptions {
  readonly event: EventInput;
}

export interface AppendEventsRequest extends AppendOptions {
  readonly events: readonly EventInput[];
  /**
   * What to do if some of the events, but not all, are stored already with the same content:
   * `refuse` the batch as `already_exists`, or `skip` those and append the rest.
   * @default 'refuse'
   */
  readonly onStored?: 'refuse' | 'skip' | undefined;
}

export interface ListEventsRequest extends SessionKey {
  /** Events after this `seq` only. @default from the first event on */
  readonly afterSeq?: number | undefined;
  /** Events before this `seq` only. @default up to the last event */
  readonly beforeSeq?: number | undefined;
  /** The length of the page: 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
  /** By `seq`. @default 'asc' */
  readonly order?: Order | undefined;
}

export type Order = 'asc' | 'desc';

/** Whose state is meant: that of the app, or of one of its users. */
export type GetStateRequest =
  | { readonly scope: 'app'; readonly appName: string; readonly userId?: undefined }
  | { readonly scope: 'user'; readonly appName: string; readonly userId: string };

/** Keys are without the prefix of their scope. */
export type UpdateStateRequest = GetStateRequest & {
  /** @default sets nothing */
  readonly set?: StateInput | undefined;
  /** @default removes nothing */
  readonly remove?: readonly string[] | undefined;
  /**
   * Keys and what is added to their values: safe integers. A missing key counts as 0.
   * @default adds nothing
   */
  readonly increment?: Readonly<Record<string, number>> | undefined;
};

export interface GetEventRequest extends SessionKey {
  readonly eventId: string;
}

export interface UpdateSessionRequest extends SessionKey {
  /** Changed one by one: others stay as they are. @default no change */
  readonly labels?:
    | {
        readonly set?: Labels | undefined;
        readonly remove?: readonly string[] | undefined;
      }
    | undefined;
  /** Null: the session no longer expires. @default no change */
  readonly expires?: Expires | null | undefined;
}

/** A point of a session's history: an event, or where an invocation begins. */
interface ForkPointOptions {
  /** The `seq` of the last event to copy: 0 for none. @default all events */
  readonly throughSeq?: number | undefined;
  /** Copy the events before the first one of this invocation. */
  readonly beforeInvocationId?: string | undefined;
}

/** At most one of `throughSeq` and `beforeInvocationId`. */
export interface ForkSessionRequest
  extends SessionKey,
    ForkPointOptions,
    EventWindowOptions,
    Pick<NewSessionOptions, 'expires'> {
  /** @default a new UUIDv7 */
  readonly newSessionId?: string | undefined;
  /** Those of the new session. @default no labels */
  readonly labels?: Labels | undefined;
}

/** What a rewind and a retraction can ask for. */
export interface MarkerOptions extends SessionKey {
  /** Only if this is the session's `revision`. @default at any revision */
  readonly expectedRevision?: number | undefined;
  /** Only if this is the session's `incarnation`. @default any session of these ids */
  readonly expectedIncarnation?: string | undefined;
  /** Only if this is the turn that the session is held for. @default any */
  readonly turn?: string | undefined;
}

export type RewindSessionRequest = MarkerOptions &
  (
    | {
        /** The `seq` of the last event that stays active: 0 for none. */
        readonly toSeq: number;
        readonly beforeInvocationId?: undefined;
      }
    | {
        /** Go back to before the first event of this invocation. */
        readonly beforeInvocationId: string;
        readonly toSeq?: undefined;
      }
  );

export type RetractEventsRequest = MarkerOptions & {
  /** Whether to delete their bodies from the store as well, for good. @default false */
  readonly erase?: boolean | undefined;
} & (
    | {
        /** The events, at least one. */
        readonly eventIds: readonly string[];
        readonly throughSeq?: undefined;
      }
    | {
        /** All events up to and including this `seq`. */
        readonly throughSeq: number;
        readonly eventIds?: undefined;
      }
  );

export interface AcquireTurnRequest extends SessionKey {
  /** The token of the turn. It follows the rules of ids; whoever has it may append in the turn. */
  readonly turn: string;
  /** The session is free again so many ms after it was last extended: 1 to 86,400,000. @default 30,000 */
  readonly ttl?: number | undefined;
  /** Only if the session is held for this turn already. @default false */
  readonly extend?: boolean | undefined;
}

export interface ReleaseTurnRequest extends SessionKey {
  readonly turn: string;
}

export interface SweepOptions {
  readonly appName: string;
  /**
   * Also delete sessions that were neither appended to nor updated for so many ms, whatever their
   * expiry says. @default expired ones only
   */
  readonly idleFor?: number | undefined;
  /** How many sessions to delete at most: 1 to 100,000. @default 1,000 */
  readonly limit?: number | undefined;
  /** Ends the sweep between two sessions: the call throws the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

export type SweepRequest = SweepOptions &
  (
    | { readonly allUsers: true; readonly userId?: undefined }
    | { readonly userId: string; readonly allUsers?: undefined }
  );

export interface EraseUserRequest {
  readonly appName: string;
  readonly userId: string;
  /** Ends the call between two steps: it throws the signal's reason, and can be called again. */
  readonly signal?: AbortSignalLike | undefined;
}

export interface ListUsersRequest {
  readonly appName: string;
  /** Users after this one only, by the bytes of their ids. @default from the first one on */
  readonly afterUserId?: string | undefined;
  /** The length of the page: 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
}

export interface WatchSessionRequest extends SessionKey {
  /** Events after this `seq` only. @default from the first event on */
  readonly afterSeq?: number | undefined;
  /** Ends the watch: the iterator throws the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

/** A session as it was elsewhere, for `importSession`. */
export interface ImportedSession {
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  readonly labels?: Labels | undefined;
  readonly expires?: Expires | null | undefined;
  readonly forkedFrom?: ForkPoint | undefined;
  /** The session's `activeFrom`. @default 1 */
  readonly activeFrom?: number | undefined;
  /** Null if it is not known. */
  readonly initialState: JsonObject | null;
  /** The session's own keys, as they are at `revision`. */
  readonly state: JsonObject;
}

export interface ImportSessionRequest extends SessionKey {
  readonly session: ImportedSession;
  /** The next of its events, in the order of `seq`, without a gap. */
  readonly events: readonly Event[];
  /** What the call for the part before returned. @default this is the first part */
  readonly part?: ImportPart | undefined;
}

/** How far the import of a session has come. */
export interface ImportPart {
  /** The `seq` of the last event that has been written. */
  readonly revision: number;
  readonly incarnation: string;
}
