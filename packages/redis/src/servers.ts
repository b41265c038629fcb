import type { JsonValue } from '@holdfast/core';
import type { PreparedAppend, PreparedGet } from '@holdfast/session';
import type { StateChanges } from '@holdfast/state';
import type { AppendOutcome } from './scripts/append-events.ts';
import type { NewSession } from './scripts/create-session.ts';
import type { StoredSession } from './scripts/read-session.ts';

export type ScopeState = ReadonlyMap<string, JsonValue>;

/** The state that a new session sees beside its own. */
export interface SharedState {
  readonly user: ScopeState;
  readonly app: ScopeState;
}

export interface CompleteSession extends StoredSession {
  readonly app: ScopeState;
}

/**
 * What depends on where the state of an app is: on one server it is beside the sessions, on a
 * Cluster in a slot of its own.
 */
export interface Servers {
  /** Undefined where there is no session. */
  get(get: PreparedGet): Promise<CompleteSession | undefined>;
  /** Undefined where the session is there already. */
  create(create: NewSession): Promise<SharedState | undefined>;
  append(append: PreparedAppend): Promise<Exclude<AppendOutcome, { readonly type: 'stale' }>>;
  getAppState(appName: string): Promise<ScopeState>;
  /** The state after the changes. */
  updateAppState(appName: string, changes: StateChanges): Promise<ScopeState>;
}
