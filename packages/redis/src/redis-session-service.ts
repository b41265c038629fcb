import { randomBytes } from 'node:crypto';
import { describeSessionKey, type Event, HoldfastError, type JsonObject } from '@holdfast/core';
import {
  type AppendEventRequest,
  type AppendEventsRequest,
  CallGate,
  type CreateSessionRequest,
  checkWriteLimits,
  type DeleteSessionRequest,
  type EventPage,
  type GetOrCreateSessionRequest,
  type GetSessionRequest,
  type GetStateRequest,
  type ListEventsRequest,
  type ListSessionRequest,
  matchStored,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  prepareAppendEvent,
  prepareAppendEvents,
  prepareCreate,
  prepareDelete,
  prepareGet,
  prepareGetOrCreate,
  prepareGetState,
  prepareList,
  prepareListEvents,
  prepareUpdateState,
  revisionConflict,
  Session,
  type SessionCapabilities,
  type SessionPage,
  type SessionService,
  sessionExists,
  sessionNotFound,
  type UpdateStateRequest,
  type WriteLimits,
} from '@holdfast/session';
import { type StateChanges, stateRecord } from '@holdfast/state';
import {
  checkCallTimeout,
  checkClock,
  checkFlag,
  checkOptions,
  checkWait,
} from './check-options.ts';
import { ClusterServers } from './cluster-servers.ts';
import { OneServer } from './one-server.ts';
import { openClient } from './open-client.ts';
import { parseState } from './parse-stored.ts';
import { checkClient, type RedisClient } from './redis-client.ts';
import { translateError } from './redis-error.ts';
import { checkKeyPrefix, RedisKeys } from './redis-keys.ts';
import type { OpenRedisOptions, RedisSessionServiceOptions } from './redis-options.ts';
import { ScriptRunner } from './script-runner.ts';
import { deleteSession } from './scripts/delete-session.ts';
import { foldState } from './scripts/encode-changes.ts';
import { listEvents, readEventPage } from './scripts/list-events.ts';
import { readScope, updateScope } from './scripts/scope-state.ts';
import type { ScopeState, Servers } from './servers.ts';
import { SessionLists } from './session-lists.ts';

// Someone else may create and delete the session in turn. So often in a row it is no accident.
const MAX_ATTEMPTS = 20;

/** Keeps sessions in Redis or Valkey, on one server or a Cluster. An append is one script. */
export class RedisSessionService implements SessionService {
  readonly capabilities: SessionCapabilities;
  readonly #client: RedisClient;
  readonly #closeClient: boolean;
  readonly #keys: RedisKeys;
  readonly #runner: ScriptRunner;
  readonly #servers: Servers;
  readonly #lists: SessionLists;
  readonly #limits: WriteLimits;
  readonly #now: () => number;
  readonly #gate = new CallGate();

  /** An option that is out of range is `invalid_argument`. */
  constructor(options: RedisSessionServiceOptions) {
    checkOptions(options);
    const client = checkClient(options.client);
    this.#client = client;
    this.#closeClient = checkFlag(options.closeClient, 'closeClient');
    this.#limits = checkWriteLimits(options);
    this.#now = checkClock(options.now);
    const keys = new RedisKeys(checkKeyPrefix(options.keyPrefix));
    const runner = new ScriptRunner({
      client,
      callTimeout: checkCallTimeout(options.callTimeout),
      wait: checkWait(options.wait),
    });
    const inBackground = (run: () => Promise<unknown>) => {
      this.#gate.run(run).catch(() => {});
    };
    const servers = runner.isCluster
      ? new ClusterServers({ runner, keys, inBackground })
      : new OneServer({ runner, keys });
    this.#keys = keys;
    this.#runner = runner;
    this.#servers = servers;
    this.#lists = new SessionLists({ runner, keys, servers });
    this.capabilities = Object.freeze({
      persistent: checkFlag(options.persistent, 'persistent'),
      shared: true,
      evicts: false,
      atomicAppState: !runner.isCluster,
      listAllUsers: true,
    });
  }

  /**
   * Connects, and looks whether the server will do: `unsupported` for one older than Redis 6.2,
   * one that may evict keys, and a node of a Cluster where the URL names one server.
   * `unavailable` where it cannot be reached within `callTimeout`. `close()` ends the connection.
   * What is lost on the way is connected again, for as long as the service is open.
   */
  static async open(options: OpenRedisOptions): Promise<RedisSessionService> {
    checkOptions(options);
    const { url, ...rest } = options;
    const wait = checkWait(options.wait);
    const callTimeout = checkCallTimeout(options.callTimeout) + (wait?.timeout ?? 0);
    const client = await openClient({ url, callTimeout });
    try {
      const service = new RedisSessionService({ ...rest, client, closeClient: true });
      await client.check();
      return service;
    } catch (error) {
      client.disconnect();
      throw translateError(error, { isCluster: client.isCluster });
    }
  }

  create(request: CreateSessionRequest): Promise<Session> {
    return this.#gate.run(async () => {
      const create = prepareCreate(request, this.#limits);
      const session = await this.#create(create);
      if (session === undefined) throw sessionExists(create.key);
      return session;
    });
  }

  get(request: GetSessionRequest): Promise<Session | undefined> {
    return this.#gate.run(() => this.#get(prepareGet(request)));
  }

  getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    return this.#gate.run(async () => {
      const create = prepareGetOrCreate(request, this.#limits);
      const { key } = create;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const session =
          (await this.#get({ key, numRecentEvents: undefined, afterTimestamp: undefined })) ??
          (await this.#create(create));
        if (session !== undefined) return session;
      }
      throw new HoldfastError('unavailable', {
        message: `${describeSessionKey(key)} came and went too often`,
        key,
      });
    });
  }

  list(request: ListSessionRequest): Promise<SessionPage> {
    return this.#gate.run(() => this.#lists.page(prepareList(request, this.capabilities)));
  }

  delete(request: DeleteSessionRequest): Promise<boolean> {
    return this.#gate.run(async () => {
      const key = prepareDelete(request);
      return (await this.#runner.write(deleteSession(key, this.#keys))) === 1;
    });
  }

  appendEvent(request: AppendEventRequest): Promise<Event> {
    return this.#gate.run(async () => {
      const [event] = await this.#append(prepareAppendEvent(request, this.#writing()));
      return event as Event;
    });
  }

  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return this.#gate.run(() => this.#append(prepareAppendEvents(request, this.#writing())));
  }

  listEvents(request: ListEventsRequest): Promise<EventPage> {
    return this.#gate.run(async () => {
      const list = prepareListEvents(request);
      return readEventPage(list, await this.#runner.read(listEvents(list, this.#keys)));
    });
  }

  getState(request: GetStateRequest): Promise<JsonObject> {
    return this.#gate.run(async () => stateRecord(await this.#getState(prepareGetState(request))));
  }

  updateState(request: UpdateStateRequest): Promise<JsonObject> {
    return this.#gate.run(async () => {
      const { owner, changes } = prepareUpdateState(request, this.#limits);
      return stateRecord(await this.#updateState(owner, changes));
    });
  }

  close(): Promise<void> {
    return this.#gate.close(async () => {
      if (!this.#closeClient) return;
      await this.#client.quit().catch(() => this.#client.disconnect());
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #writing() {
    return { limits: this.#limits, now: this.#now };
  }

  async #get(get: PreparedGet): Promise<Session | undefined> {
    const found = await this.#servers.get(get);
    if (found === undefined) return undefined;
    const { events, session, user, app, ...times } = found;
    return new Session({ key: get.key, ...times, events, state: { session, user, app } });
  }

  /** Undefined where the session is there already. */
  async #create({ key, changes }: PreparedCreate): Promise<Session | undefined> {
    const time = this.#now();
    const nonce = randomBytes(6).toString('base64url');
    const shared = await this.#servers.create({ key, changes, time, nonce });
    if (shared === undefined) return undefined;
    const session = changes.session as ScopeState; // a creation only sets
    return new Session({
      key,
      createTime: time,
      lastUpdateTime: time,
      revision: 0,
      events: [],
      state: { session, ...shared },
    });
  }

  async #append(append: PreparedAppend): Promise<readonly Event[]> {
    const { key, events, expectedRevision = 0 } = append;
    if (events.length === 0) return append.answer([]);
    const outcome = await this.#servers.append(append);
    switch (outcome.type) {
      case 'written': {
        const first = outcome.revision - events.length + 1;
        return append.answer(
          events.map(({ event }, i) => Object.freeze({ ...event, seq: first + i })),
        );
      }
      case 'stored':
        // Some id is there: it gives the events of a retry, or throws.
        return append.answer(matchStored(append, (id) => outcome.events.get(id)) ?? []);
      case 'conflict':
        throw revisionConflict(key, { expected: expectedRevision, found: outcome.found });
      case 'missing':
        throw sessionNotFound(key);
    }
  }

  async #getState(owner: PreparedGetState): Promise<ScopeState> {
    if (owner.scope === 'app') return await this.#servers.getAppState(owner.appName);
    return parseState(await this.#runner.read(readScope(this.#keys.user(owner).user.state)), owner);
  }

  async #updateState(owner: PreparedGetState, changes: StateChanges): Promise<ScopeState> {
    if (changes.size === 0) return await this.#getState(owner);
    if (owner.scope === 'app') return await this.#servers.updateAppState(owner.appName, changes);
    const call = updateScope(this.#keys.user(owner).user.state, changes);
    return foldState(parseState(await this.#runner.write(call), owner), changes);
  }
}
