import {
  type Event as AdkEvent,
  type Session as AdkSession,
  type AppendEventRequest,
  BaseSessionService,
  type CreateSessionRequest,
  type DeleteSessionRequest,
  type GetSessionConfig,
  type GetSessionRequest,
  type ListSessionsRequest,
  type ListSessionsResponse,
} from '@google/adk';
import { checkChoice, copyOptions, describeType, invalidArgument } from '@holdfast/core/internal';
import { activeEvents } from '@holdfast/history';
import type { SessionService } from '@holdfast/session';
import {
  checkServiceOptions,
  incarnationConflict,
  markOf,
  prepareAppendEvent,
} from '@holdfast/session/store';
import { activeToAdk } from './active-to-adk.ts';
import { canExist } from './can-exist.ts';
import { eventFromAdk } from './event-from-adk.ts';
import { listSessions } from './list-sessions.ts';
import { type KnownEvents, LiveSession } from './live-session.ts';
import { type ActiveSession, readActive } from './read-active.ts';
import { incarnationOf, noteIncarnation, sessionToAdk } from './session-to-adk.ts';
import { type StateValues, stateFromAdk } from './state-from-adk.ts';

// The largest event that a service may take. One that takes less says so itself.
const writeOptions = checkServiceOptions({});

export interface HoldfastSessionServiceOptions {
  /**
   * How the values of the state are taken. `json`: as `JSON.stringify` writes them, so that a
   * `Date` is stored as its text; the session object keeps the value itself until its run ends.
   * `strict`: what is not JSON already is `invalid_argument`, with its path.
   *
   * @default 'json'
   */
  readonly stateValues?: StateValues;
}

/**
 * The session service of ADK's `Runner`, over any store of Holdfast. Sessions and events that
 * come back are ADK's own plain objects, and copies. Times are epoch ms, as in ADK. Every
 * error is a `HoldfastError`. A session whose ids cannot exist, such as an empty one, is not
 * found; only to create one, or to append to it, is `invalid_argument`.
 *
 * @example
 * const store = await SqliteSessionService.open({ url: 'sqlite:./chat.db' });
 * const sessionService = new HoldfastSessionService(store);
 * const runner = new Runner({ appName: 'shop', agent, sessionService });
 */
export class HoldfastSessionService extends BaseSessionService {
  /** Where the sessions are kept. Who opened it closes it. */
  readonly service: SessionService;
  /** The session objects that runners hold, for as long as they hold them. */
  readonly #live = new WeakMap<AdkSession, LiveSession>();
  readonly #stateValues: StateValues;

  constructor(service: SessionService, options: HoldfastSessionServiceOptions = {}) {
    super();
    if (typeof service?.appendEvent !== 'function') {
      throw invalidArgument('service', `must be a SessionService, got ${describeType(service)}`);
    }
    this.service = service;
    const { stateValues } = copyOptions(options);
    const choices = ['json', 'strict'] as const;
    this.#stateValues = checkChoice(stateValues, { path: 'stateValues', choices });
  }

  /**
   * Creates a session. Its id is a UUIDv7 if none is given, or an empty one. An id that is
   * taken is `already_exists`, and nothing has changed.
   */
  override async createSession(request: CreateSessionRequest): Promise<AdkSession> {
    const session = await this.service.create(this.#creationOf(request));
    return this.#hold({ session, events: [], from: 0 });
  }

  /**
   * A session with its active events; undefined if there is none: without what was rewound or
   * retracted, and with summaries in place of what they cover. `numRecentEvents` counts these; 0
   * gives none. `afterTimestamp` is inclusive, and both together intersect.
   */
  override async getSession(request: GetSessionRequest): Promise<AdkSession | undefined> {
    const { appName, userId, sessionId, config } = request;
    if (!canExist({ appName, userId, sessionId })) return undefined;
    const key = { appName, userId, sessionId };
    const found = await readActive(this.service, { key, ...boundsOf(config) });
    return found && this.#hold(found);
  }

  /**
   * The session with its active events, created if there is none. Safe when callers race.
   */
  override async getOrCreateSession(request: CreateSessionRequest): Promise<AdkSession> {
    const { sessionId } = request;
    if (!sessionId) return this.createSession(request);
    const creation = { ...this.#creationOf(request), sessionId, active: true };
    const session = await this.service.getOrCreate(creation);
    return this.#hold({ session, events: activeEvents(session.events), from: 0 });
  }

  /**
   * Sessions with their state, without their events: of one user, or of all if `userId` is
   * left out. The last updated comes first, or last with `order: 'asc'`.
   */
  override listSessions(request: ListSessionsRequest): Promise<ListSessionsResponse> {
    return listSessions(this.service, request);
  }

  /**
   * Deletes a session and its events, if it exists.
   */
  override async deleteSession(request: DeleteSessionRequest): Promise<void> {
    const { appName, userId, sessionId } = request;
    const key = { appName, userId, sessionId };
    if (canExist(key)) await this.service.delete(key);
  }

  /**
   * Stores an event with its state changes, on top of whatever is there; then brings `session`
   * up to date with the event, the very object that came. It loses its `temp:` keys, as ADK
   * expects; they stay readable in `session.state`. A key that is set to undefined is removed.
   * A key that was written before what another event of `session` has brought meanwhile is left
   * out, as ADK leaves it out of the state. What others store, `session` does not get in the
   * middle of a run, but before the first event of its next one; `getSession` has it at once. If
   * the append fails, nothing has changed, and it may be tried again with the same event.
   * `not_found` if there is no session; `conflict` if the one that `session` was read from was
   * deleted, and another one was created with its id.
   */
  override async appendEvent({ session, event }: AppendEventRequest): Promise<AdkEvent> {
    if (event.partial) return event;
    const key = { appName: session.appName, userId: session.userId, sessionId: session.id };
    // Read now: the agent may go on with the event while others are being stored.
    const given = eventFromAdk(event, this.#stateValues);
    const input = prepareAppendEvent({ ...key, event: given }, writeOptions).events[0];
    if (input === undefined) return event;
    const live = this.#live.get(session) ?? this.#track(session, undefined);
    const writing = live.writes.copyOf(event.actions?.stateDelta);
    return live.inTurn(async () => {
      const writes = await writing;
      const hasEvent = () => live.has(input.id);
      const wanted = await live.writes.withoutOlder(input, { writes, hasEvent });
      const expectedIncarnation = incarnationOf(session) ?? (await this.#findOut(session, live));
      const append = { ...key, event: wanted, expectedIncarnation };
      const stored = await this.service.appendEvent(append);
      const isRetry = live.noteStored(stored);
      if (isRetry) return event;
      await live.catchUp(this.service, stored);
      const delta = Object.entries(event.actions?.stateDelta ?? {});
      const noted = live.writes.add(writes);
      const answer = await super.appendEvent({ session, event });
      await noted;
      live.keepTemp(delta);
      session.lastUpdateTime = Math.max(session.lastUpdateTime, stored.timestamp);
      return answer;
    });
  }

  #hold({ session, events, from }: ActiveSession): AdkSession {
    const copy = sessionToAdk(session, activeToAdk(events));
    this.#track(copy, { revision: session.revision, from });
    return copy;
  }

  /**
   * Which session an object from elsewhere is of: the one that its first event went to, whose mark
   * is known. Undefined before that.
   */
  async #findOut(session: AdkSession, { mark }: LiveSession): Promise<string | undefined> {
    if (mark === undefined) return undefined;
    const { appName, userId, id: sessionId } = session;
    const key = { appName, userId, sessionId };
    const found = await this.service.get({ ...key, numRecentEvents: 0 });
    if (found === undefined) return undefined;
    if (markOf(found.incarnation) !== mark) {
      const { revision } = found;
      throw incarnationConflict(key, { path: 'expectedIncarnation', revision });
    }
    noteIncarnation(session, found.incarnation);
    return found.incarnation;
  }

  #track(session: AdkSession, known: KnownEvents | undefined): LiveSession {
    const live = new LiveSession(session, {
      known,
      update: (request) => super.appendEvent(request),
    });
    this.#live.set(session, live);
    return live;
  }

  /** ADK has the empty id for none, and passes on whole states, of which a part can be stored. */
  #creationOf({ appName, userId, sessionId, state }: CreateSessionRequest) {
    const isState = typeof state === 'object' && state !== null;
    const initial = isState
      ? stateFromAdk(state, { values: this.#stateValues, path: ['state'] }).set
      : (state ?? undefined); // null, if it comes from JSON
    return { appName, userId, sessionId: sessionId || undefined, state: initial };
  }
}

/** Of a time between two milliseconds, the events after it are those from the next one on. */
function boundsOf(config: GetSessionConfig | undefined) {
  const { numRecentEvents, afterTimestamp } = config ?? {};
  return {
    numRecentEvents: numRecentEvents ?? undefined, // null, if the config comes from JSON
    afterTimestamp: afterTimestamp == null ? undefined : Math.max(0, Math.ceil(afterTimestamp)),
  };
}
