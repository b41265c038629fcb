import type { EventInput, SessionKey } from '@holdfast/core';

/** State keys, with the prefixes of their scopes, and JSON values. */
export type StateInput = Readonly<Record<string, unknown>>;

export interface CreateSessionRequest {
  readonly appName: string;
  readonly userId: string;
  /** A UUIDv7 where it is missing. */
  readonly sessionId?: string | undefined;
  /** `user:` and `app:` keys go to their scopes; `temp:` keys are not stored. */
  readonly state?: StateInput | undefined;
}

export interface GetSessionRequest extends SessionKey {
  /** Load the last so many events only. 0 loads none. */
  readonly numRecentEvents?: number | undefined;
  /** Load events of this time (epoch ms) and later only, whatever their `seq`. */
  readonly afterTimestamp?: number | undefined;
}

export interface GetOrCreateSessionRequest extends SessionKey {
  /** Used only where the session is created. */
  readonly state?: StateInput | undefined;
}

export interface ListSessionsOptions {
  readonly appName: string;
  /** 1 to 1,000; 100 where it is missing. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before, of a request for the same sessions in the same order. */
  readonly cursor?: string | undefined;
  /** By last update: the latest first (`desc`, the default), or last. */
  readonly order?: Order | undefined;
  readonly includeState?: boolean | undefined;
  readonly includeTotal?: boolean | undefined;
}

/** The sessions of one user; or of every user, where that is said. */
export type ListSessionRequest = ListSessionsOptions &
  (
    | { readonly allUsers: true; readonly userId?: undefined }
    | { readonly userId: string; readonly allUsers?: undefined }
  );

export type DeleteSessionRequest = SessionKey;

export interface AppendEventRequest extends SessionKey {
  readonly event: EventInput;
  /** Append only if this is still the session's `revision`. */
  readonly expectedRevision?: number | undefined;
}

export interface AppendEventsRequest extends SessionKey {
  readonly events: readonly EventInput[];
  /** Append only if this is still the session's `revision`. */
  readonly expectedRevision?: number | undefined;
}

export interface ListEventsRequest extends SessionKey {
  /** Events behind this `seq` only. */
  readonly afterSeq?: number | undefined;
  /** Events before this `seq` only. */
  readonly beforeSeq?: number | undefined;
  /** 1 to 1,000; 100 where it is missing. */
  readonly limit?: number | undefined;
  /** By `seq`; `asc` where it is missing. */
  readonly order?: Order | undefined;
}

export type Order = 'asc' | 'desc';

/** Whose state is meant: that of the app, or of one of its users. */
export type GetStateRequest =
  | {
      readonly scope: 'app';
      readonly appName: string;
      readonly userId?: undefined;
    }
  | {
      readonly scope: 'user';
      readonly appName: string;
      readonly userId: string;
    };

/** Keys are without the prefix of their scope. */
export type UpdateStateRequest = GetStateRequest & {
  readonly set?: StateInput | undefined;
  readonly remove?: readonly string[] | undefined;
};
