import type { SessionKey } from '@holdfast/core';
import type { SessionCapabilities } from '@holdfast/session';
import type {
  AppendOutcome,
  ListedEvents,
  PreparedAppend,
  PreparedCreate,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  PreparedUpdateState,
  SessionSnapshot,
  SessionStore,
  SharedState,
  StoredPage,
} from '@holdfast/session/store';
import { foldState, type ScopeState } from '@holdfast/state/internal';
import { type AppState, OneServerAppState } from './app-state.ts';
import { ClusterAppState } from './cluster-app-state.ts';
import { ClusterLists } from './cluster-lists.ts';
import { RedisKeys } from './redis-keys.ts';
import type { CheckedOptions } from './redis-options.ts';
import { ScriptRunner } from './script-runner.ts';
import { appendEvents, readAppendReply } from './scripts/append-events.ts';
import { listEvents, readListedEvents } from './scripts/list-events.ts';
import { readSession, readSnapshot } from './scripts/read-session.ts';
import type { AppPlace } from './scripts/reserved.ts';
import { readScope, updateScope } from './scripts/scope-state.ts';
import {
  createSession,
  deleteSession,
  readCreateReply,
  readDeleteReply,
} from './scripts/session-lifecycle.ts';
import { OneServerLists, type SessionLists } from './session-lists.ts';
import { parseState } from './stored-text.ts';

/** Connects, and refuses a server that is unsuitable. */
export async function checkServerOf(options: CheckedOptions): Promise<void> {
  const keys = new RedisKeys(options.keyPrefix);
  await new ScriptRunner(options).check(keys.app('holdfast').state);
}

/** Keeps sessions in Redis. Where the state of an app is kept is up to its `AppState`. */
export class RedisStore implements SessionStore {
  readonly capabilities: SessionCapabilities;
  readonly #closeClient: boolean;
  readonly #keys: RedisKeys;
  readonly #runner: ScriptRunner;
  readonly #appState: AppState;
  readonly #lists: SessionLists;
  readonly #background = new Set<Promise<unknown>>();

  constructor(options: CheckedOptions) {
    const keys = new RedisKeys(options.keyPrefix);
    const runner = new ScriptRunner(options);
    const inBackground = (run: () => Promise<unknown>) => this.#inBackground(run);
    const appState = runner.isCluster
      ? new ClusterAppState({ runner, keys, inBackground })
      : new OneServerAppState({ runner, keys });
    this.#closeClient = options.closeClient;
    this.#keys = keys;
    this.#runner = runner;
    this.#appState = appState;
    this.#lists = runner.isCluster
      ? new ClusterLists({ runner, keys, appState })
      : new OneServerLists({ runner, keys });
    this.capabilities = {
      persistent: options.persistent,
      shared: true,
      evicts: false,
      atomicAppState: !runner.isCluster,
      listAllUsers: true,
    };
  }

  async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const { key, state } = create;
    const run = async (app: AppPlace) => {
      const call = createSession({ ...create, keys: this.#keys, app });
      return readCreateReply(await this.#runner.write(call));
    };
    const created = await this.#appState.change({ key, changes: state, run });
    if (created === undefined) return undefined;
    const { appName, userId } = key;
    return {
      user: foldState(parseState(created.user, { appName, userId }), state.user),
      app: this.#appState.isBeside
        ? foldState(parseState(created.app, { appName }), state.app)
        : await this.#appState.read(appName),
    };
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const { isBeside } = this.#appState;
    const reading = this.#runner.read(readSession({ get, keys: this.#keys, withApp: isBeside }));
    if (isBeside) return readSnapshot(get, await reading);
    const [reply, app] = await Promise.all([reading, this.#appState.read(get.key.appName)]);
    const snapshot = readSnapshot(get, reply);
    return snapshot && { ...snapshot, state: { ...snapshot.state, app } };
  }

  append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key, changes } = append;
    const touch = this.#runner.waits;
    const run = async (app: AppPlace) => {
      const call = appendEvents({ append, keys: this.#keys, touch, app });
      return readAppendReply(append, await this.#runner.write(call));
    };
    return this.#appState.change({ key, changes, run });
  }

  list(list: PreparedList): Promise<StoredPage> {
    return this.#lists.page(list);
  }

  async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    return readListedEvents(list, await this.#runner.read(listEvents(list, this.#keys)));
  }

  async delete(key: SessionKey): Promise<boolean> {
    return readDeleteReply(await this.#runner.write(deleteSession(key, this.#keys)));
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    if (owner.scope === 'app') return await this.#appState.read(owner.appName);
    return parseState(await this.#runner.read(readScope(this.#keys.user(owner).user.state)), owner);
  }

  async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    if (owner.scope === 'app') return await this.#appState.update(owner.appName, changes);
    const call = updateScope(this.#keys.user(owner).user.state, changes);
    return foldState(parseState(await this.#runner.write(call), owner), changes);
  }

  async close(): Promise<void> {
    await this.#runner.close(async () => {
      // What runs in the background may begin more of it.
      while (this.#background.size > 0) await Promise.all(this.#background);
    }, this.#closeClient);
  }

  #inBackground(run: () => Promise<unknown>): void {
    const work: Promise<unknown> = run()
      .catch(() => {})
      .finally(() => this.#background.delete(work));
    this.#background.add(work);
  }
}
