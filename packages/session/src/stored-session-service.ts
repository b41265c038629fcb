import { createUuidV7, type Event, type JsonObject } from '@holdfast/core';
import { checkSessionKey, readInput } from '@holdfast/core/internal';
import {
  joinStateKey,
  NO_CHANGES,
  type ScopeState,
  type StoredState,
  stateRecord,
} from '@holdfast/state/internal';
import { andThen, CallGate, type MaybePromise } from './call-gate.ts';
import { capabilitiesOf } from './capabilities.ts';
import { checkListedEvents, checkLoadedEvents } from './check-stored-events.ts';
import { coveredBy } from './life/active-from.ts';
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
import { matchStored } from './match-stored.ts';
import {
  answerAppend,
  type CheckedAppend,
  numberEvents,
  prepareAppendEvent,
  prepareAppendEvents,
  withoutStored,
} from './prepare-append.ts';
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
import { expireTimeOf, isExpired, NO_DETAILS } from './session-details.ts';
import {
  changedTooOften,
  incarnationConflict,
  incrementUnfit,
  revisionConflict,
  sessionExists,
  sessionNotFound,
  stateIncrementUnfit,
  turnConflict,
  unsupportedBy,
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
import type { AppendOutcome, SessionStore } from './session-store.ts';

// Others may come between a step and the next. So often in a row it is not an accident.
const MAX_ATTEMPTS = 20;

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
  readonly #access: WatchAccess;

  /** An option that is out of range is `invalid_argument`. */
  constructor(store: SessionStore, options: SessionServiceOptions = {}) {
    this.#writing = checkServiceOptions(options);
    this.#store = store;
    this.capabilities = capabilitiesOf(store);
    const run: WatchAccess['run'] = (read) => this.#gate.run(read);
    const access = { store, writing: this.#writing, append: this.#append.bind(this) };
    this.#hub = new WatchHub({ store, now: this.#writing.now, run });
    this.#access = { ...access, hub: this.#hub, run };
  }

  create(request: CreateSessionRequest): Promise<Session> {
    return this.#gate.run(() => {
      const create = readInput(request, (input) => prepareCreate(input, this.#writing));
      return andThen(this.#create(create), (session) => {
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
      return andThen(this.#append(append), ([event]) => event as Event);
    });
  }

  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return this.#gate.run(() =>
      this.#append(readInput(request, (input) => prepareAppendEvents(input, this.#writing))),
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
      const release = readInput(request, prepareReleaseTurn);
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

  /** Undefined if the session exists already. One that has expired makes way. */
  #create(checked: CheckedCreate, attempts = MAX_ATTEMPTS): MaybePromise<Session | undefined> {
    const { key, state, details } = checked;
    if (attempts === 0) throw changedTooOften(key);
    if (details !== NO_DETAILS && !this.capabilities.updateSession) {
      throw unsupportedBy('updateSession', details.expires === undefined ? 'labels' : 'expires');
    }
    const createTime = this.#writing.now();
    const incarnation = createUuidV7();
    const expireTime = expireTimeOf(details.expires, createTime);
    const create = { key, incarnation, createTime, state, details, expireTime };
    return andThen(this.#store.create(create), (shared) => {
      if (shared === undefined) {
        if (this.#store.deleteExpired === undefined) return undefined;
        const expired = { key, now: createTime, untouchedSince: undefined };
        return andThen(this.#store.deleteExpired(expired), (isGone) =>
          isGone ? this.#create(checked, attempts - 1) : undefined,
        );
      }
      return new Session({
        key,
        incarnation,
        createTime,
        lastUpdateTime: createTime,
        revision: 0,
        events: [],
        state: { session: state.session, user: shared.user, app: shared.app },
        details,
        expireTime,
      });
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
          this.#create(create),
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

  /** Every event of the request, stored. */
  #append(append: CheckedAppend): MaybePromise<readonly Event[]> {
    const covered = coveredByAppend(append);
    const written =
      covered === undefined ? this.#write(append) : this.#writeSummary(append, covered);
    return andThen(written, (stored) => answerAppend(append, stored));
  }

  /** An append with a summary: what the summary covers is left out when only the rest is asked for. */
  #writeSummary(append: CheckedAppend, covered: number): MaybePromise<readonly Event[]> {
    return andThen(this.#store.get({ ...SUMMARY_PLACE, key: append.key }), (place) => {
      // Of a session that is another one by now, or of events to come, nothing is left out.
      const isThere = place !== undefined && covered <= place.revision;
      if (!isThere || append.activeFrom !== undefined) return this.#write(append);
      const activeFrom = Math.max(place.activeFrom ?? 1, covered + 1);
      return this.#write({ ...append, activeFrom });
    });
  }

  /** What is stored of an append, in its order. */
  #write(append: CheckedAppend, attempts = MAX_ATTEMPTS): MaybePromise<readonly Event[]> {
    if (append.events.length === 0) return [];
    const { key } = append;
    if (attempts === 0) throw changedTooOften(key);
    return andThen(this.#storeAppend(append), (outcome) => {
      switch (outcome.type) {
        case 'written':
          this.#hub.appended(key, outcome.revision);
          return numberEvents(append, outcome);
        case 'refused':
          return this.#afterRefusal(append, { outcome, attempts: attempts - 1 });
        case 'unfit':
          throw incrementUnfit(joinStateKey(outcome), key);
        case 'missing':
          if (!createsMissing(append)) throw sessionNotFound(key);
          return andThen(this.#create({ key, ...NEW_SESSION }), () =>
            this.#write(append, attempts - 1),
          );
      }
    });
  }

  #storeAppend(append: CheckedAppend): MaybePromise<AppendOutcome | IncrementRefused> {
    const { increments, turn } = append;
    if (turn !== undefined && !this.capabilities.turns) throw unsupportedBy('turns', 'turn');
    if (increments === undefined) return this.#store.append(append);
    const needs = { capability: 'increments', path: 'actions.stateIncrements' } as const;
    return needed(this.#store, { method: 'increment', ...needs })({ ...append, increments });
  }

  /** A retry is answered with what is stored. If nothing is in the way any more, it tries again. */
  #afterRefusal(
    append: CheckedAppend,
    { outcome, attempts }: { readonly outcome: Refused; readonly attempts: number },
  ): MaybePromise<readonly Event[]> {
    const { key, expectedRevision: expected, expectedIncarnation } = append;
    const { revision: found, incarnation } = outcome;
    if (expectedIncarnation !== undefined && expectedIncarnation !== incarnation) {
      throw incarnationConflict(key, { path: 'expectedIncarnation', revision: found });
    }
    const matches = matchStored(append, (id) => outcome.findEvent(id));
    if (matches !== undefined) {
      const rest = this.#write(withoutStored(append, matches), attempts);
      return andThen(rest, (written) => {
        const next = written[Symbol.iterator]();
        return matches.map((event) => event ?? (next.next().value as Event));
      });
    }
    const { turn } = append;
    if (turn !== undefined && turn !== outcome.turn) {
      throw turnConflict(key, { turn, revision: found });
    }
    if (expected !== undefined && expected !== found) {
      throw revisionConflict(key, { expected, found });
    }
    return this.#write(append, attempts);
  }
}

type Refused = Extract<AppendOutcome, { readonly type: 'refused' }>;

const NEW_SESSION = { state: NO_CHANGES as StoredState, details: NO_DETAILS };

// What expects something of a session does not find it in a new one.
function createsMissing({ ifMissing, expectedIncarnation, turn }: CheckedAppend): boolean {
  return ifMissing === 'create' && expectedIncarnation === undefined && turn === undefined;
}

const SUMMARY_PLACE = {
  numRecentEvents: 0,
  afterTimestamp: undefined,
  active: false,
  includeInitialState: false,
} as const;

/** Up to where the summaries of an append cover all that is there; undefined if it has none. */
function coveredByAppend({ events }: CheckedAppend): number | undefined {
  let covered: number | undefined;
  for (const event of events) {
    const seq = coveredBy(event);
    if (seq !== undefined) covered = Math.max(covered ?? 0, seq);
  }
  return covered;
}

function isRefusedIncrement(outcome: ScopeState | IncrementRefused): outcome is IncrementRefused {
  return (outcome as IncrementRefused).type === 'unfit';
}
