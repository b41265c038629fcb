import type { Event, SessionKey } from '@holdfast/core';
import type { ScopeState } from '@holdfast/state/internal';
import type { SessionDetails } from './session-details.ts';

/** A checked `updateSession`, as a store gets it. */
export interface PreparedUpdateSession {
  readonly key: SessionKey;
  /** Epoch ms: when the session is touched. */
  readonly now: number;
  /**
   * The details after the update, given those before; an error if they would not be valid, with
   * which the update ends. It may be called more than once.
   */
  change(details: SessionDetails): SessionDetails;
}

/** Which sessions a sweep looks for. */
export interface PreparedSweep {
  readonly appName: string;
  /** Undefined: every user of the app. */
  readonly userId: string | undefined;
  /** Epoch ms: sessions are meant that have expired by then. */
  readonly now: number;
  /** Epoch ms: sessions last touched then or earlier are meant as well; undefined: no others. */
  readonly untouchedSince: number | undefined;
  readonly limit: number;
}

/** The deletion of a session that has expired, or was not touched for long. */
export interface PreparedDeleteExpired {
  readonly key: SessionKey;
  readonly now: number;
  readonly untouchedSince: number | undefined;
}

/** A checked `acquireTurn`, as a store gets it. */
export interface PreparedTurn {
  readonly key: SessionKey;
  readonly turn: string;
  /** Epoch ms: what is held until then or shorter is free. */
  readonly now: number;
  /** Epoch ms: until when the session is held for the turn. */
  readonly until: number;
  /** Whether it must be held for the turn already, and for no matter how long. */
  readonly extend: boolean;
}

export type TurnOutcome =
  /** It is held for the turn: it was free, or was held for it before. */
  | 'held'
  /** It is held for another turn; or is not held for this one, if it is to be extended. */
  | 'refused'
  /** There is no such session. */
  | 'missing';

export interface PreparedReleaseTurn {
  readonly key: SessionKey;
  readonly turn: string;
  /** Epoch ms: a session that has expired by then does not exist. */
  readonly now: number;
}

export interface PreparedEraseUser {
  readonly appName: string;
  readonly userId: string;
  /** How many sessions go in a step. */
  readonly limit: number;
}

/** What a step of an erasure came to. */
export interface EraseOutcome {
  /** How many sessions went. */
  readonly sessions: number;
  /** How many keys of the user's state went: those that had a value. */
  readonly stateKeys: number;
  /** Whether nothing of the user was left at the end of the step. */
  readonly done: boolean;
}

export interface PreparedListUsers {
  readonly appName: string;
  /** Users behind this one; '' if there is no bound. */
  readonly afterUserId: string;
  readonly count: number;
}

/** A part of a session that is imported. */
export interface PreparedImport {
  readonly key: SessionKey;
  /** The same for all parts. */
  readonly incarnation: string;
  /** The `seq` of the last event that earlier parts brought; 0: this one creates the session. */
  readonly fromRevision: number;
  /** The events of this part, each with its `seq`: they go on from `fromRevision`. */
  readonly events: readonly Event[];
  /** The session as it is once all parts are there. */
  readonly session: ImportedRow;
  /** Whether this is the last part. Until then, its expiry is at 0, and it has no state of its own. */
  readonly isLast: boolean;
  /** Epoch ms: when the session is touched. */
  readonly now: number;
}

/** All but the events of a session that is imported. */
export interface ImportedRow {
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly activeFrom: number;
  readonly details: SessionDetails;
  /** From when on it is gone, in epoch ms; undefined: never. */
  readonly expireTime: number | undefined;
  /** Undefined if it is not known. */
  readonly initialState: ScopeState | undefined;
  readonly state: ScopeState;
}
