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
import type { Event } from '@holdfast/core';
import {
  checkWriteLimits,
  iterateEvents,
  prepareAppendEvent,
  type Session,
  type SessionService,
} from '@holdfast/session';
import { isTempKey } from '@holdfast/state';
import { eventFromAdk } from './event-from-adk.ts';
import { listSessions } from './list-sessions.ts';
import { type LiveSession, LiveSessions } from './live-sessions.ts';
import { keepTemp, takeMissedEvent, tempEntriesOf } from './live-state.ts';
import { sessionToAdk } from './session-to-adk.ts';

// What a service takes of an event may be less: that it says itself.
const prepareOptions = { limits: checkWriteLimits({}), now: Date.now };

/**
 * The session service of ADK's `Runner`, over any store of Holdfast. Sessions and events that
 * come back are ADK's own plain objects, and copies. Times are epoch ms, as in ADK. Every
 * error is a `HoldfastError`.
 */
export class HoldfastSessionService extends BaseSessionService {
  /** Where the sessions are kept. Who opened it closes it. */
  readonly service: SessionService;
  readonly #live = new LiveSessions();

  constructor(service: SessionService) {
    super();
    this.service = service;
  }

  /**
   * Creates a session. Its id is a UUIDv7 where none is given, or an empty one. An id that is
   * taken is `already_exists`, and nothing has changed.
   */
  override async createSession(request: CreateSessionRequest): Promise<AdkSession> {
    const { appName, userId, sessionId } = request;
    return this.#hold(
      await this.service.create({
        appName,
        userId,
        sessionId: sessionId || undefined,
        state: storable(request.state),
      }),
    );
  }

  /**
   * A session; undefined where there is none. `numRecentEvents: 0` gives no events,
   * `afterTimestamp` is inclusive, and both together intersect.
   */
  override async getSession(request: GetSessionRequest): Promise<AdkSession | undefined> {
    const { appName, userId, sessionId, config } = request;
    const session = await this.service.get({ appName, userId, sessionId, ...eventsOf(config) });
    return session && this.#hold(session);
  }

  /** The session with all its events, created where there is none. Safe when callers race. */
  override async getOrCreateSession(request: CreateSessionRequest): Promise<AdkSession> {
    const { appName, userId, sessionId } = request;
    if (!sessionId) return this.createSession(request);
    return this.#hold(
      await this.service.getOrCreate({
        appName,
        userId,
        sessionId,
        state: storable(request.state),
      }),
    );
  }

  /**
   * Sessions with their state, without their events: of one user, or of all where `userId` is
   * left out. The last updated comes first, or last with `order: 'asc'`.
   */
  override listSessions(request: ListSessionsRequest): Promise<ListSessionsResponse> {
    return listSessions(this.service, request);
  }

  /** Deletes a session and its events, if it is there. */
  override async deleteSession(request: DeleteSessionRequest): Promise<void> {
    const { appName, userId, sessionId } = request;
    await this.service.delete({ appName, userId, sessionId });
  }

  /**
   * Stores an event with its state changes, on top of whatever is there; then brings `session`
   * up to date: what others have stored meanwhile, and the event itself, the very object that
   * came. It loses its `temp:` keys, as ADK expects; they stay readable in `session.state`. A
   * key that is set to undefined is removed. Where the append fails, nothing has changed, and
   * it may be tried again with the same event. `not_found` where there is no session.
   */
  override async appendEvent({ session, event }: AppendEventRequest): Promise<AdkEvent> {
    if (event.partial) return event;
    const key = { appName: session.appName, userId: session.userId, sessionId: session.id };
    // Read now: the agent may go on with the event while others are being stored.
    const prepared = prepareAppendEvent({ ...key, event: eventFromAdk(event) }, prepareOptions);
    const input = prepared.events[0]?.event;
    if (input === undefined) return event;
    return this.#live.inTurn(session, async (live) => {
      const stored = await this.service.appendEvent({ ...key, event: input });
      await this.#catchUp({ session, live, stored });
      const temp = tempEntriesOf(event.actions?.stateDelta);
      const answer = await super.appendEvent({ session, event });
      keepTemp({ session, live }, temp);
      session.lastUpdateTime = Math.max(session.lastUpdateTime, stored.timestamp);
      return answer;
    });
  }

  #hold(session: Session): AdkSession {
    const copy = sessionToAdk(session);
    this.#live.add(copy, session.revision);
    return copy;
  }

  /** Takes in what was stored between the session's last event and `stored`. */
  async #catchUp({ session, live, stored }: CatchUp): Promise<void> {
    const { seq = 0 } = stored;
    const { revision } = live;
    if (revision !== undefined && seq > revision + 1) {
      const key = { appName: session.appName, userId: session.userId, sessionId: session.id };
      const missed: Event[] = [];
      const between = { ...key, afterSeq: revision, beforeSeq: seq };
      for await (const event of iterateEvents(this.service, between)) missed.push(event);
      for (const event of missed) takeMissedEvent(session, event);
    }
    live.revision = Math.max(revision ?? 0, seq);
  }
}

interface CatchUp {
  readonly session: AdkSession;
  readonly live: LiveSession;
  readonly stored: Event;
}

/** ADK passes on whole states: a key may be undefined, and a `temp:` key hold anything. */
function storable(state: Record<string, unknown> | undefined) {
  if (typeof state !== 'object' || state === null) return state;
  return Object.fromEntries(
    Object.entries(state).filter(([key, value]) => value !== undefined && !isTempKey(key)),
  );
}

/** Of a time between two milliseconds, the events after it are those from the next one on. */
function eventsOf(config: GetSessionConfig | undefined) {
  const { numRecentEvents, afterTimestamp } = config ?? {};
  return {
    numRecentEvents,
    afterTimestamp:
      afterTimestamp === undefined ? undefined : Math.max(0, Math.ceil(afterTimestamp)),
  };
}
