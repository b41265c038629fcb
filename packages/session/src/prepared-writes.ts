import type { Event, SessionKey } from '@holdfast/core';
import type { ScopedIncrements, StateIncrements, StoredScope } from '@holdfast/state/internal';
import type { PreparedAppend } from './prepare-append.ts';
import type { PreparedCreate } from './prepare-create.ts';
import type { PreparedUpdateState } from './prepare-state.ts';

/** A checked append that erases, as a store gets it. */
export interface PreparedErase extends PreparedAppend {
  /**
   * What stays of events that are stored, by `seq`, each with the `id` and the `timestamp` that are
   * there. The append has an `expectedRevision`, so they are what was read.
   */
  readonly stubs: readonly Event[];
}

/** A checked append with increments, as a store gets it. */
export interface PreparedIncrement extends PreparedAppend {
  /** What is added to values that are there: of no key that `changes` has as well. */
  readonly increments: ScopedIncrements;
}

/** A checked `updateState` with increments; `changes` may be empty. */
export interface PreparedIncrementState extends PreparedUpdateState {
  /** Of no key that `changes` has as well. */
  readonly increments: StateIncrements;
}

/**
 * Nothing was written: a value to add to, or the sum, is not a safe integer. An append may be in
 * the way of itself, having been stored before: the service finds that out.
 */
export interface IncrementRefused {
  readonly type: 'unfit';
  readonly scope: StoredScope;
  /** The key, without the prefix of its scope. */
  readonly name: string;
}

/** A fork, as a store gets it. */
export interface PreparedFork {
  readonly source: SessionKey;
  /** That of the source, as it was read. */
  readonly sourceIncarnation: string;
  /** The last event that is copied, one that the source has; 0: none. */
  readonly throughSeq: number;
  /**
   * The new session. Its `state` is that at `throughSeq`, with nothing in other scopes than its own,
   * and is not its initial state: that is the same as the source's. Its last update is the creation
   * or the latest event that is copied.
   */
  readonly create: PreparedCreate;
  /** That of the new session: see `SessionSnapshot`. */
  readonly activeFrom: number;
}

export type ForkOutcome =
  | 'forked'
  /** There is a session of the new key. */
  | 'exists'
  /** The source does not exist any more, or is of another incarnation. */
  | 'changed';
