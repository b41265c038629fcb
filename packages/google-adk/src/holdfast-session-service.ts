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
import type { Session, SessionService } from '@holdfast/session';
import { checkServiceOptions, prepareAppendEvent } from '@holdfast/session/store';
import { eventFromAdk, storableState } from './event-from-adk.ts';
import { listSessions } from './list-sessions.ts';
import { LiveSession } from './live-session.ts';
import { sessionToAdk } from './session-to-adk.ts';

// The largest event that a service may take. One that takes less says so itself.
const writeOptions = checkServiceOptions({});

/**
 * The session service of ADK's `Runner`, over any store of Holdfast. Sessions and events that
 * come back are ADK's own plain objects, and copies. Times are epoch ms, as in ADK. Every
 * error is a `HoldfastError`.
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

  constructor(service: SessionService) {
    super();
    this.service = service;
  }

  /**
   * Creates a session. Its id is a UUIDv7 if none is given, or an empty one. An id that is
   * taken is `already_exists`, and nothing has changed.
   */
  override async createSession(request: CreateSessionRequest): Promise<AdkSession> {
    return this.#hold(await this.service.create(creationOf(request)));
  }

  /**
   * A session; undefined if there is none. `numRecentEvents: 0` gives no events,
   * `afterTimestamp` is inclusive, and both together intersect.
   */
  override async getSession(request: GetSessionRequest): Promise<AdkSession | undefined> {
    const { appName, userId, sessionId, config } = request;
    const session = await this.service.get({ appName, userId, sessionId, ...eventsOf(config) });
    return session && this.#hold(session);
  }

  /**
   * The session with all its events, created if there is none. Safe when callers race.
   */
  override async getOrCreateSession(request: CreateSessionRequest): Promise<AdkSession> {
    const { sessionId } = request;
    if (!sessionId) return this.createSession(request);
    return this.#hold(await this.service.getOrCreate({ ...creationOf(request), sessionId }));
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
    await this.service.delete({ appName, userId, sessionId });
  }

  /**
   * Stores an event with its state changes, on top of whatever is there; then brings `session`
   * up to date: what others have stored meanwhile, and the event itself, the very object that
   * came. It loses its `temp:` keys, as ADK expects; they stay readable in `session.state`. A
   * key that is set to undefined is removed. If the append fails, nothing has changed, and
   * it may be tried again with the same event. `not_found` if there is no session.
   */
  override async appendEvent({ session, event }: AppendEventRequest): Promise<AdkEvent> {
    if (event.partial) return event;
    const key = { appName: session.appName, userId: session.userId, sessionId: session.id };
    // Read now: the agent may go on with the event while others are being stored.
    const prepared = prepareAppendEvent({ ...key, event: eventFromAdk(event) }, writeOptions);
    const input = prepared.events[0];
    if (input === undefined) return event;
    const live = this.#live.get(session) ?? this.#track(session);
    return live.inTurn(async () => {
      const stored = await this.service.appendEvent({ ...key, event: input });
      await live.catchUp(this.service, stored);
      const delta = Object.entries(event.actions?.stateDelta ?? {});
      const answer = await super.appendEvent({ session, event });
      live.keepTemp(delta);
      session.lastUpdateTime = Math.max(session.lastUpdateTime, stored.timestamp);
      return answer;
    });
  }

  #hold(session: Session): AdkSession {
    const copy = sessionToAdk(session);
    this.#track(copy, session.revision);
    return copy;
  }

  #track(session: AdkSession, revision?: number): LiveSession {
    const live = new LiveSession(session, revision);
    this.#live.set(session, live);
    return live;
  }
}

/** ADK has the empty id for none, and passes on whole states, of which a part can be stored. */
function creationOf({ appName, userId, sessionId, state }: CreateSessionRequest) {
  const isState = typeof state === 'object' && state !== null;
  const initial = isState ? storableState(state) : state;
  return { appName, userId, sessionId: sessionId || undefined, state: initial };
}

/** Of a time between two milliseconds, the events after it are those from the next one on. */
function eventsOf(config: GetSessionConfig | undefined) {
  const { numRecentEvents, afterTimestamp } = config ?? {};
  const from = afterTimestamp === undefined ? undefined : Math.max(0, Math.ceil(afterTimestamp));
  return { numRecentEvents, afterTimestamp: from };
}
