import type { SessionKey } from '@holdfast/core';
import {
  type AppendOutcome,
  changedTooOften,
  type EraseOutcome,
  type EventKey,
  type ForkOutcome,
  type FoundEvent,
  type IncrementRefused,
  type ListedEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedDelete,
  type PreparedDeleteExpired,
  type PreparedErase,
  type PreparedEraseUser,
  type PreparedFork,
  type PreparedGet,
  type PreparedGetState,
  type PreparedImport,
  type PreparedIncrement,
  type PreparedIncrementState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedListUsers,
  type PreparedReleaseTurn,
  type PreparedSweep,
  type PreparedTurn,
  type PreparedUpdateSession,
  type PreparedUpdateState,
  type SessionPlace,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoreCapabilities,
  type StoredPage,
  type StoredSummary,
  type TurnOutcome,
} from '@holdfast/session/store';
import { foldState, type ScopeState } from '@holdfast/state/internal';
import { type AppState, OneServerAppState, type StoreParts } from './app-state.ts';
import { ChangeHints, canTrack } from './change-hints.ts';
import { ClusterAppState } from './cluster-app-state.ts';
import { ClusterLists } from './cluster-lists.ts';
import { eraseUser } from './erase-user.ts';
import { ExpiredSessions } from './expired-sessions.ts';
import { findRevisions } from './find-revisions.ts';
import { listUsers } from './list-users.ts';
import { OpenedClient } from './open-client.ts';
import { RedisKeys } from './redis-keys.ts';
import type { CheckedOptions } from './redis-options.ts';
import { ScriptRunner } from './script-runner.ts';
import { appendErasing } from './scripts/append-erasing.ts';
import { appendEvents, readAppendReply } from './scripts/append-events.ts';
import { createSession, readCreateReply } from './scripts/create-session.ts';
import { deleteExpired, deleteSession, readDeleteReply } from './scripts/delete-session.ts';
import { findEvent, readFoundEvent } from './scripts/find-event.ts';
import { forkSession, readForkReply } from './scripts/fork-session.ts';
import {
  acquireTurn,
  readReleaseReply,
  readTurnReply,
  releaseTurn,
} from './scripts/hold-session.ts';
import { importSession, readImportReply } from './scripts/import-session.ts';
import { listEvents, readListedEvents } from './scripts/list-events.ts';
import { readSession, readSnapshot } from './scripts/read-session.ts';
import type { AppPlace } from './scripts/reserved.ts';
import { readScope, updateScope } from './scripts/scope-state.ts';
import {
  readDetails,
  readDetailsReply,
  readUpdateReply,
  updateDetails,
} from './scripts/update-session.ts';
import { OneServerLists, type SessionLists } from './session-lists.ts';
import { parseState, parseStoredDetails } from './stored-text.ts';
import { appendWithIncrements, updateWithIncrements } from './write-increments.ts';

// Each attempt that fails is one that another writer has made: so many at once are a mistake.
const MAX_UPDATES = 1_000;

/** Connects, and refuses a server that is unsuitable. */
export async function checkServerOf(options: CheckedOptions): Promise<void> {
  const keys = new RedisKeys(options.keyPrefix);
  await new ScriptRunner(options).check(keys.app('holdfast').state);
}

/** Keeps sessions in Redis. Where the state of an app is kept is up to its `AppState`. */
export class RedisStore implements SessionStore {
  readonly capabilities: StoreCapabilities;
  readonly #closeClient: boolean;
  readonly #keys: RedisKeys;
  readonly #runner: ScriptRunner;
  readonly #appState: AppState;
  readonly #lists: SessionLists;
  readonly #expired: ExpiredSessions;
  readonly #background = new Set<Promise<unknown>>();
  readonly #hints: ChangeHints | undefined;

  /** Absent if the client cannot make others like it. */
  readonly subscribe?: (key: SessionKey, changed: () => void) => () => void;

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
    this.#expired = new ExpiredSessions({ runner, keys });
    const client = options.client instanceof OpenedClient ? options.client.driver : options.client;
    if (canTrack(client)) {
      const hints = new ChangeHints({
        client,
        keys,
        timeout: options.callTimeout,
        findRevisions: (sessions) => this.findRevisions(sessions),
      });
      this.#hints = hints;
      this.subscribe = (key, changed) => hints.subscribe(key, changed);
    }
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

  async delete(remove: PreparedDelete): Promise<boolean> {
    return readDeleteReply(await this.#runner.write(deleteSession(remove, this.#keys)));
  }

  /** The change is made here, and written if the details are still those that it was made of. */
  async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const { key, change } = update;
    const reading = await this.#runner.read(readDetails(update, this.#keys));
    let before = readDetailsReply(reading, key);
    for (let attempt = 0; attempt < MAX_UPDATES && before !== undefined; attempt++) {
      const details = change(parseStoredDetails(before === '' ? null : before, key));
      const run = { ...update, before, details, keys: this.#keys };
      const updated = readUpdateReply(run, await this.#runner.write(updateDetails(run)));
      if (typeof updated !== 'string') return updated;
      before = updated;
    }
    if (before === undefined) return undefined;
    throw changedTooOften(key);
  }

  findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    return this.#expired.find(find);
  }

  async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    return readDeleteReply(await this.#runner.write(deleteExpired(remove, this.#keys)));
  }

  async findEvent(find: EventKey): Promise<FoundEvent | undefined> {
    return readFoundEvent(find, await this.#runner.read(findEvent(find, this.#keys)));
  }

  async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    return readTurnReply(acquire, await this.#runner.write(acquireTurn(acquire, this.#keys)));
  }

  async releaseTurn(release: PreparedReleaseTurn): Promise<boolean> {
    return readReleaseReply(release, await this.#runner.write(releaseTurn(release, this.#keys)));
  }

  async fork(fork: PreparedFork): Promise<ForkOutcome> {
    return readForkReply(fork, await this.#runner.write(forkSession(fork, this.#keys)));
  }

  erase(append: PreparedErase): Promise<AppendOutcome> {
    const { key, changes } = append;
    const touch = this.#runner.waits;
    const run = async (app: AppPlace) => {
      const call = appendErasing({ append, keys: this.#keys, touch, app });
      return readAppendReply(append, await this.#runner.write(call));
    };
    return this.#appState.change({ key, changes, run });
  }

  increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    return appendWithIncrements(this.#parts, append);
  }

  incrementState(update: PreparedIncrementState): Promise<ScopeState | IncrementRefused> {
    return updateWithIncrements(this.#parts, update);
  }

  async importSession(part: PreparedImport): Promise<boolean> {
    return readImportReply(part, await this.#runner.write(importSession(part, this.#keys)));
  }

  eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    return eraseUser(this.#parts, erase);
  }

  listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    return listUsers(this.#parts, list);
  }

  findRevisions(keys: readonly SessionKey[]): Promise<readonly (SessionPlace | undefined)[]> {
    return findRevisions(this.#parts, keys);
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
    this.#hints?.close();
    await this.#runner.close(async () => {
      // What runs in the background may begin more of it.
      while (this.#background.size > 0) await Promise.all(this.#background);
    }, this.#closeClient);
  }

  get #parts(): StoreParts {
    return { runner: this.#runner, keys: this.#keys, appState: this.#appState };
  }

  #inBackground(run: () => Promise<unknown>): void {
    const work: Promise<unknown> = run()
      .catch(() => {})
      .finally(() => this.#background.delete(work));
    this.#background.add(work);
  }
}
