import { createUuidV7, type Event, type JsonObject } from '@holdfast/core';
import { checkSessionKey, readInput } from '@holdfast/core/internal';
import { stateRecord } from '@holdfast/state/internal';
import { andThen, CallGate, type MaybePromise } from './call-gate.ts';
import { checkListedEvents, checkLoadedEvents } from './check-stored-events.ts';
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
import { type PreparedGet, prepareGet } from './prepare-get.ts';
import { prepareList } from './prepare-list.ts';
import { prepareListEvents } from './prepare-list-events.ts';
import { prepareGetState, prepareUpdateState } from './prepare-state.ts';
import type {
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ListEventsRequest,
  ListSessionRequest,
  UpdateStateRequest,
} from './requests.ts';
import {
  checkServiceOptions,
  type SessionServiceOptions,
  type WriteOptions,
} from './service-options.ts';
import { Session } from './session.ts';
import {
  changedTooOften,
  incarnationConflict,
  revisionConflict,
  sessionExists,
  sessionNotFound,
} from './session-errors.ts';
import { type SessionPage, sessionPage } from './session-page.ts';
import type { EventPage, SessionCapabilities, SessionService } from './session-service.ts';
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

  /** An option that is out of range is `invalid_argument`. */
  constructor(store: SessionStore, options: SessionServiceOptions = {}) {
    this.#writing = checkServiceOptions(options);
    this.#store = store;
    this.capabilities = Object.freeze({ ...store.capabilities });
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
      const list = readInput(request, (input) => prepareList(input, this.capabilities));
      return andThen(this.#store.list(list), (page) => sessionPage(list, page));
    });
  }

  delete(request: DeleteSessionRequest): Promise<boolean> {
    return this.#gate.run(() => this.#store.delete(readInput(request, checkSessionKey)));
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
        if (listed === undefined) throw sessionNotFound(list.key);
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
      const isNothing = update.changes.size === 0;
      const state = isNothing
        ? this.#store.getState(update.owner)
        : this.#store.updateState(update);
      return andThen(state, stateRecord);
    });
  }

  close(): Promise<void> {
    return this.#gate.close(() => this.#store.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs a call of a service's own as its other calls are run: `close` waits for it. */
  protected run<T>(call: () => MaybePromise<T>): Promise<T> {
    return this.#gate.run(call);
  }

  #get(get: PreparedGet): MaybePromise<Session | undefined> {
    return andThen(this.#store.get(get), (snapshot) => {
      if (snapshot === undefined) return undefined;
      checkLoadedEvents(get, snapshot);
      return new Session(snapshot);
    });
  }

  /** Undefined if the session exists already. */
  #create({ key, state }: CheckedCreate): MaybePromise<Session | undefined> {
    const createTime = this.#writing.now();
    const incarnation = createUuidV7();
    return andThen(this.#store.create({ key, incarnation, createTime, state }), (shared) => {
      if (shared === undefined) return undefined;
      return new Session({
        key,
        incarnation,
        createTime,
        lastUpdateTime: createTime,
        revision: 0,
        events: [],
        state: { session: state.session, user: shared.user, app: shared.app },
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

  /** Every event of the request, stored. */
  #append(append: CheckedAppend): MaybePromise<readonly Event[]> {
    return andThen(this.#write(append), (stored) => answerAppend(append, stored));
  }

  /** What is stored of an append, in its order. */
  #write(append: CheckedAppend, attempts = MAX_ATTEMPTS): MaybePromise<readonly Event[]> {
    if (append.events.length === 0) return [];
    if (attempts === 0) throw changedTooOften(append.key);
    return andThen(this.#store.append(append), (outcome) => {
      switch (outcome.type) {
        case 'written':
          return numberEvents(append, outcome);
        case 'refused':
          return this.#afterRefusal(append, { outcome, attempts: attempts - 1 });
        case 'missing':
          throw sessionNotFound(append.key);
      }
    });
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
    if (expected !== undefined && expected !== found) {
      throw revisionConflict(key, { expected, found });
    }
    return this.#write(append, attempts);
  }
}

type Refused = Extract<AppendOutcome, { readonly type: 'refused' }>;
