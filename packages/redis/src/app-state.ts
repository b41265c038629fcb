import type { SessionKey } from '@holdfast/core';
import type { IncrementRefused } from '@holdfast/session/store';
import {
  foldState,
  type ScopedChanges,
  type ScopeState,
  type StateChanges,
  type StateIncrements,
} from '@holdfast/state/internal';
import type { RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import type { AppPlace } from './scripts/reserved.ts';
import {
  incrementScope,
  readIncremented,
  readScope,
  type ScopeIncrement,
  updateScope,
} from './scripts/scope-state.ts';
import { parseState } from './stored-text.ts';

/** What became of a write that may change the state of an app. */
export interface WriteOutcome {
  /** That of the changes of the app's state; '' or absent if no reserved ones were written now. */
  readonly stamp?: string;
  /** Whether it may have been written before, by a call that did not come to apply it. */
  readonly isRepeated?: boolean;
}

/** A write of a session, as far as the state of its app is concerned. */
export interface SessionWrite<T> {
  readonly key: SessionKey;
  readonly changes: ScopedChanges;
  /** Those of the app's state. @default none */
  readonly increments?: AppIncrements<T> | undefined;
  /** Answers 'stale' if the reservation was called off, and nothing was written. */
  run(app: AppPlace): Promise<T | 'stale'>;
}

export interface AppIncrements<T> {
  readonly byName: StateIncrements;
  /**
   * What comes of the write, given the name of a value that is unfit for its increment: nothing is
   * written, but it may have been before.
   */
  refuse(name: string): Promise<T>;
}

/** The state of apps: on one server beside their sessions, on a Cluster in slots of their own. */
export interface AppState {
  /** Whether a script of a session reads and writes it as well. */
  readonly isBeside: boolean;
  read(appName: string): Promise<ScopeState>;
  /** Gives the state after the changes. */
  update(appName: string, changes: StateChanges): Promise<ScopeState>;
  /** The same with increments; nothing is written if one of them is refused. */
  increment(appName: string, update: ScopeIncrement): Promise<ScopeState | IncrementRefused>;
  /** Sees to it that nothing is left of finished writes of a user but in the state of the app. */
  settle(owner: Omit<SessionKey, 'sessionId'>): Promise<void>;
  /** Runs a write of a session, and sees to its changes of the app's state. */
  change<T extends WriteOutcome | undefined>(write: SessionWrite<T>): Promise<T>;
}

export interface AppStateOptions {
  readonly runner: ScriptRunner;
  readonly keys: RedisKeys;
}

/** What the calls of a store have in common. */
export interface StoreParts extends AppStateOptions {
  readonly appState: AppState;
}

/** One server has it all: each call is one script. */
export class OneServerAppState implements AppState {
  readonly isBeside = true;
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;

  constructor({ runner, keys }: AppStateOptions) {
    this.#runner = runner;
    this.#keys = keys;
  }

  async read(appName: string): Promise<ScopeState> {
    const call = readScope(this.#keys.app(appName).state);
    return parseState(await this.#runner.read(call), { appName });
  }

  async update(appName: string, changes: StateChanges): Promise<ScopeState> {
    const call = updateScope(this.#keys.app(appName).state, changes);
    return foldState(parseState(await this.#runner.write(call), { appName }), changes);
  }

  async increment(appName: string, update: ScopeIncrement): Promise<ScopeState | IncrementRefused> {
    const reply = await this.#runner.write(incrementScope(this.#keys.app(appName).state, update));
    const after = readIncremented(update, { reply, owner: { appName } });
    return typeof after === 'string' ? { type: 'unfit', scope: 'app', name: after } : after;
  }

  // Nothing is kept elsewhere.
  async settle(): Promise<void> {}

  change<T extends WriteOutcome | undefined>({ run }: SessionWrite<T>): Promise<T> {
    // Nothing is reserved, so nothing is stale.
    return run('here') as Promise<T>;
  }
}
