import type { Event, JsonObject } from '@holdfast/core';
import { checkSessionKey, readInput } from '@holdfast/core/internal';
import { type ScopeState, stateRecord } from '@holdfast/state/internal';
import { Appends } from './appends.ts';
import { andThen, CallGate, type MaybePromise } from './call-gate.ts';
import { capabilitiesOf } from './capabilities.ts';
import { checkListedEvents, checkLoadedEvents } from './check-stored-events.ts';
import { Creations } from './creations.ts';
import { forkSession, prepareFork } from './life/fork-session.ts';
import { importSession, prepareImport } from './life/import-session.ts';
import { listUsers, prepareListUsers } from './life/list-users.ts';
import { prepareRetract, prepareRewind } from './life/prepare-marker.ts';
import { retractEvents } from './life/retract-events.ts';
import { rewindSession } from './life/rewind-session.ts';
import { acquireTurn, prepareReleaseTurn, prepareTurn } from './life/session-turns.ts';
import { needed } from './life/store-access.ts';
import { eraseUser, prepareEraseUser, prepareSweep, sweepSessions } from './life/sweep-sessions.ts';
import { WatchHub } from './life/watch-hub.ts';
import { type WatchAccess, watchSession } from './life/watch-session.ts';
import { prepareAppendEvent, prepareAppendEvents } from './prepare-append.ts';
import { type CheckedCreate, prepareCreate, prepareGetOrCreate } from './prepare-create.ts';
import { prepareUpdateSession } from './prepare-details.ts';
import { type PreparedGet, prepareGet, prepareGetEvent } from './prepare-get.ts';
import { prepareList } from './prepare-list.ts';
import { prepareListEvents } from './prepare-list-events.ts';
import { prepareGetState, prepareUpdateState } from './prepare-state.ts';
import type { IncrementRefused, PreparedIncrementState } from './prepared-writes.ts';
import type {
  AcquireTurnRequest,
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  EraseUserRequest,
  ForkSessionRequest,
  GetEventRequest,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ImportPart,
  ImportSessionRequest,
  ListEventsRequest,
  ListSessionRequest,
  ListUsersRequest,
  ReleaseTurnRequest,
  RetractEventsRequest,
  RewindSessionRequest,
  SweepRequest,
  UpdateSessionRequest,
  UpdateStateRequest,
  WatchSessionRequest,
} from './requests.ts';
import {
  checkServiceOptions,
  type SessionServiceOptions,
  type WriteOptions,
} from './service-options.ts';
import { Session } from './session.ts';
import { isExpired } from './session-details.ts';
import {
  changedTooOften,
  MAX_ATTEMPTS,
  sessionExists,
  sessionNotFound,
  stateIncrementUnfit,
} from './session-errors.ts';
import { type SessionPage, type SessionSummary, sessionPage, summarize } from './session-page.ts';
import type {
  ErasedUser,
  EventPage,
  SessionCapabilities,
  SessionService,
  SweepResult,
  UserPage,
} from './session-service.ts';
import type { SessionStore } from './session-store.ts';

/**
 * The session service over any store: it checks, decides about retries and revisions, bounds
 * loops, and makes the answers. A store that answers at once is never waited for.
 *
 * @example
 * class MySessionService extends StoredSessionService {
 *   constructor(options: SessionServiceOptions = {}) {
 *     super(new MyStore(), options);
 *   }
 * }
 */
export class StoredSessionService implements SessionService {
  readonly capabilities: SessionCapabilities;
  readonly #store: SessionStore;
  readonly #writing: WriteOptions;
  readonly #gate = new CallGate();
  readonly #hub: WatchHub;
  readonly #creations: Creations;
  readonly #appends: Appends;
  readonly #access: WatchAccess;

  /** An option that is out of range is `invalid_argument`. */
  constructor(store: SessionStore, options: SessionServiceOptions = {}) {
    this.#writing = checkServiceOptions(options);
    this.#store = store;
    this.capabilities = capabilitiesOf(store);
    const run: WatchAccess['run'] = (read) => this.#gate.run(read);
    const writing = this.#writing;
    this.#hub = new WatchHub({ store, now: writing.now, run });
    this.#creations = new Creations({ store, writing });
    const [creations, hub] = [this.#creations, this.#hub];
    this.#appends = new Appends({ store, creations, hub });
    const append: WatchAccess['append'] = (checked) => this.#appends.append(checked);
    this.#access = { store, writing, append, hub, run };
  }

  create(request: CreateSessionRequest): Promise<Session> {
    return this.#gate.run(() => {
      const create = readInput(request, (input) => prepareCreate(input, this.#writing));
      return andThen(this.#creations.create(create), (session) => {
        if (session === undefined) throw sessionExists(create.key);
        return session;
      });
    });
  }

  get(request: GetSessionRequest): Promise<Session | undefined> {
    return this.#gate.run(() => this.#get(readInput(request, prepareGet)));
  }

  getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    return this.#gate.run(() => {
      const { create, get } = readInput(request, (input) =>
        prepareGetOrCreate(input, this.#writing),
      );
      return this.#getOrCreate(create, { get, attempts: MAX_ATTEMPTS });
    });
  }

  list(request: ListSessionRequest): Promise<SessionPage> {
    return this.#gate.run(() => {
      const list = readInput(request, (input) =>
        prepareList(input, { capabilities: this.capabilities, now: this.#writing.now }),
      );
      return andThen(this.#store.list(list), (page) => sessionPage(list, page));
    });
  }

  delete(request: DeleteSessionRequest): Promise<boolean> {
    return this.#gate.run(() => {
      const key = readInput(request, checkSessionKey);
      return andThen(this.#store.delete({ ...key, now: this.#writing.now() }), (existed) => {
        this.#hub.changed(key);
        return existed;
      });
    });
  }

  appendEvent(request: AppendEventRequest): Promise<Event> {
    return this.#gate.run(() => {
      const append = readInput(request, (input) => prepareAppendEvent(input, this.#writing));
      return andThen(this.#appends.append(append), ([event]) => event as Event);
    });
  }

  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return this.#gate.run(() =>
      this.#appends.append(
        readInput(request, (input) => prepareAppendEvents(input, this.#writing)),
      ),
    );
  }

  listEvents(request: ListEventsRequest): Promise<EventPage> {
    return this.#gate.run(() => {
      const list = readInput(request, prepareListEvents);
      return andThen(this.#store.listEvents(list), (listed) => {
        if (listed === undefined || this.#isExpired(listed)) throw sessionNotFound(list.key);
        checkListedEvents(list, listed);
        const { events } = listed;
        const hasMore = events.length === list.count;
        if (hasMore) events.pop();
        return Object.freeze({ events: Object.freeze(events), hasMore });
      });
    });
  }

  getState(request: GetStateRequest): Promise<JsonObject> {
    return this.#gate.run(() =>
      andThen(this.#store.getState(readInput(request, prepareGetState)), stateRecord),
    );
  }

  updateState(request: UpdateStateRequest): Promise<JsonObject> {
    return this.#gate.run(() => {
      const update = readInput(request, (input) => prepareUpdateState(input, this.#writing));
      return andThen(this.#updateState(update), stateRecord);
    });
  }

  getEvent(request: GetEventRequest): Promise<Event | undefined> {
    return this.#gate.run(() => {
      const find = readInput(request, prepareGetEvent);
      const findEvent = needed(this.#store, { method: 'findEvent', capability: 'getEvent' });
      return andThen(findEvent(find), (found) => {
        if (found === undefined || this.#isExpired(found)) throw sessionNotFound(find.key);
        return found.event;
      });
    });
  }

  updateSession(request: UpdateSessionRequest): Promise<SessionSummary> {
    return this.#gate.run(() => {
      const update = readInput(request, (input) => prepareUpdateSession(input, this.#writing));
      const change = needed(this.#store, { method: 'updateSession', capability: 'updateSession' });
      return andThen(change(update), (summary) => {
        if (summary === undefined) throw sessionNotFound(update.key);
        this.#hub.changed(update.key);
        return summarize(summary);
      });
    });
  }

  fork(request: ForkSessionRequest): Promise<Session> {
    return this.#gate.run(() => forkSession(this.#access, readInput(request, prepareFork)));
  }

  rewind(request: RewindSessionRequest): Promise<Event> {
    return this.#gate.run(() => rewindSession(this.#access, readInput(request, prepareRewind)));
  }

  retract(request: RetractEventsRequest): Promise<Event> {
    return this.#gate.run(() => retractEvents(this.#access, readInput(request, prepareRetract)));
  }

  acquireTurn(request: AcquireTurnRequest): Promise<number> {
    return this.#gate.run(() =>
      acquireTurn(
        this.#access,
        readInput(request, (input) => prepareTurn(input, this.#writing)),
      ),
    );
  }

  releaseTurn(request: ReleaseTurnRequest): Promise<boolean> {
    return this.#gate.run(() => {
      const release = readInput(request, (input) => prepareReleaseTurn(input, this.#writing));
      return needed(this.#store, { method: 'releaseTurn', capability: 'turns' })(release);
    });
  }

  sweep(request: SweepRequest): Promise<SweepResult> {
    return this.#gate.run(() =>
      sweepSessions(
        this.#access,
        readInput(request, (input) => prepareSweep(input, this.#writing)),
      ),
    );
  }

  eraseUser(request: EraseUserRequest): Promise<ErasedUser> {
    return this.#gate.run(() => eraseUser(this.#access, readInput(request, prepareEraseUser)));
  }

  listUsers(request: ListUsersRequest): Promise<UserPage> {
    return this.#gate.run(() => listUsers(this.#access, readInput(request, prepareListUsers)));
  }

  importSession(request: ImportSessionRequest): Promise<ImportPart> {
    return this.#gate.run(() =>
      importSession(
        this.#access,
        readInput(request, (input) => prepareImport(input, this.#writing)),
      ),
    );
  }

  watch(request: WatchSessionRequest): AsyncIterable<Event> {
    return watchSession(this.#access, request);
  }

  close(): Promise<void> {
    this.#hub.close();
    return this.#gate.close(() => this.#store.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs a call of a service's own as its other calls are run: `close` waits for it. */
  protected run<T>(call: () => MaybePromise<T>): Promise<T> {
    return this.#gate.run(call);
  }

  #isExpired({ expireTime }: { readonly expireTime?: number | undefined }): boolean {
    return expireTime !== undefined && isExpired(expireTime, this.#writing.now());
  }

  #get(get: PreparedGet): MaybePromise<Session | undefined> {
    return andThen(this.#store.get(get), (snapshot) => {
      if (snapshot === undefined || this.#isExpired(snapshot)) return undefined;
      checkLoadedEvents(get, snapshot);
      return new Session(snapshot);
    });
  }

  #getOrCreate(
    create: CheckedCreate,
    { get, attempts }: { readonly get: PreparedGet; readonly attempts: number },
  ): MaybePromise<Session> {
    if (attempts === 0) throw changedTooOften(get.key);
    return andThen(
      this.#get(get),
      (found) =>
        found ??
        andThen(
          this.#creations.create(create),
          (created) => created ?? this.#getOrCreate(create, { get, attempts: attempts - 1 }),
        ),
    );
  }

  #updateState(update: PreparedIncrementState): MaybePromise<ScopeState> {
    const { owner, changes, increments } = update;
    if (increments.size === 0) {
      return changes.size === 0 ? this.#store.getState(owner) : this.#store.updateState(update);
    }
    const needs = { capability: 'increments', path: 'increment' } as const;
    const increment = needed(this.#store, { method: 'incrementState', ...needs });
    return andThen(increment(update), (outcome) => {
      if (isRefusedIncrement(outcome)) throw stateIncrementUnfit(outcome);
      return outcome;
    });
  }
}

function isRefusedIncrement(outcome: ScopeState | IncrementRefused): outcome is IncrementRefused {
  return (outcome as IncrementRefused).type === 'unfit';
}
