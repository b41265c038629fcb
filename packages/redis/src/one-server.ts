import type { PreparedAppend, PreparedGet } from '@holdfast/session';
import type { StateChanges } from '@holdfast/state';
import { parseState } from './parse-stored.ts';
import type { RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { appendEvents, readAppendOutcome } from './scripts/append-events.ts';
import { createSession, type NewSession, readCreateOutcome } from './scripts/create-session.ts';
import { foldState } from './scripts/encode-changes.ts';
import { readSession, readStoredSession } from './scripts/read-session.ts';
import { readScope, updateScope } from './scripts/scope-state.ts';
import type { CompleteSession, ScopeState, Servers, SharedState } from './servers.ts';

export interface ServersOptions {
  readonly runner: ScriptRunner;
  readonly keys: RedisKeys;
}

/** One server has it all: each call is one script. */
export class OneServer implements Servers {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;

  constructor({ runner, keys }: ServersOptions) {
    this.#runner = runner;
    this.#keys = keys;
  }

  async get(get: PreparedGet): Promise<CompleteSession | undefined> {
    const reply = await this.#runner.read(readSession({ get, keys: this.#keys, app: 'here' }));
    return readStoredSession(get, reply) as CompleteSession | undefined;
  }

  async create(create: NewSession): Promise<SharedState | undefined> {
    const call = createSession({ create, keys: this.#keys, app: 'here' });
    const outcome = readCreateOutcome(await this.#runner.write(call));
    if (outcome.type !== 'created') return undefined;
    const { appName, userId } = create.key;
    return {
      user: foldState(parseState(outcome.user, { appName, userId }), create.changes.user),
      app: foldState(parseState(outcome.app, { appName }), create.changes.app),
    };
  }

  async append(append: PreparedAppend) {
    const touch = this.#runner.waits;
    const call = appendEvents({ append, keys: this.#keys, touch, app: 'here' });
    const outcome = readAppendOutcome(append, await this.#runner.write(call));
    if (outcome.type === 'stale') throw new TypeError('nothing was reserved');
    return outcome;
  }

  async getAppState(appName: string): Promise<ScopeState> {
    const reply = await this.#runner.read(readScope(this.#keys.app(appName).state));
    return parseState(reply, { appName });
  }

  async updateAppState(appName: string, changes: StateChanges): Promise<ScopeState> {
    const call = updateScope(this.#keys.app(appName).state, changes);
    return foldState(parseState(await this.#runner.write(call), { appName }), changes);
  }
}
