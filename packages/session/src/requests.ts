import type { EventInput, SessionKey } from '@holdfast/core';

/** State keys, with the prefixes of their scopes, and JSON values. */
export type StateInput = Readonly<Record<string, unknown>>;

export interface CreateSessionRequest {
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
}

export interface GetSessionRequest extends SessionKey, EventWindowOptions {}

export interface GetOrCreateSessionRequest extends SessionKey, EventWindowOptions {
  /** Used only if the session is created. @default no state */
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
  /** @default false */
  readonly includeState?: boolean | undefined;
  /** @default false */
  readonly includeTotal?: boolean | undefined;
}

/** The sessions of one user; or of every user of the app, if that is said. */
export type ListSessionRequest = ListSessionsOptions &
  (
    | { readonly allUsers: true; readonly userId?: undefined }
    | { readonly userId: string; readonly allUsers?: undefined }
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
  /** Events behind this `seq` only. @default from the first event on */
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
};
