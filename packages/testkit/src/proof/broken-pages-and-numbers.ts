import {
  type Event,
  HoldfastError,
  isHoldfastError,
  type JsonObject,
  type SessionKey,
} from '@holdfast/core';
import {
  type AppendEventRequest,
  decodeListCursor,
  type EventPage,
  encodeListCursor,
  type GetOrCreateSessionRequest,
  type GetSessionRequest,
  type ListEventsRequest,
  type ListPosition,
  type ListSessionRequest,
  type PreparedAppend,
  type PreparedGet,
  type Session,
  type SessionPage,
  type SessionSummary,
  type UpdateStateRequest,
} from '@holdfast/session';
import { State } from '@holdfast/state';
import type { BrokenService } from './broken-service.ts';
import { MinimalSessionService } from './minimal-session-service.ts';
import type { MinimalSession } from './minimal-storage.ts';

const CHUNK = 1000;

/** The place that the cursor of a request stands for; undefined where it has no good one. */
function positionIn(request: ListSessionRequest): ListPosition | undefined {
  try {
    const { appName, userId, order = 'desc', cursor } = request;
    return decodeListCursor(cursor, { appName, userId, order });
  } catch {
    return undefined;
  }
}

/** The request, as if its cursor stood for another place. */
function movedTo(request: ListSessionRequest, position: ListPosition): ListSessionRequest {
  const { appName, userId, order = 'desc' } = request;
  return { ...request, cursor: encodeListCursor({ appName, userId, order }, position) };
}

class JoinsTheFirstUser extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    const page = await super.list(request);
    const [first] = page.sessions;
    if (first?.state === undefined || request.allUsers !== true) return page;
    const sessions = page.sessions.map((summary) => {
      const { session } = this.storedState(this.existing(summary.key));
      const shared = this.storedState(this.existing(first.key));
      return Object.freeze({ ...summary, state: State.fromStored({ ...shared, session }) });
    });
    return Object.freeze({ ...page, sessions: Object.freeze(sessions) });
  }
}

class ForgetsTheUserOfACursor extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    const page = await super.list(request);
    const position = request.allUsers === true ? positionIn(request) : undefined;
    if (position === undefined) return page;
    const isSeen = ({ id, lastUpdateTime }: SessionSummary) =>
      id === position.sessionId && lastUpdateTime === position.lastUpdateTime;
    const sessions = page.sessions.filter((summary) => !isSeen(summary));
    return Object.freeze({ ...page, sessions: Object.freeze(sessions) });
  }
}

class CountsUsers extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    const page = await super.list(request);
    if (page.total === undefined || request.allUsers !== true) return page;
    const all = this.storage.sessionsOf({ appName: request.appName, userId: undefined });
    const total = new Set(all.map(({ key }) => key.userId)).size;
    return Object.freeze({ ...page, total });
  }
}

class ClipsTheTimeOfACursor extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    const position = positionIn(request);
    if (position === undefined) return super.list(request);
    const lastUpdateTime = Math.min(position.lastUpdateTime, 2 ** 48);
    return super.list(movedTo(request, { ...position, lastUpdateTime }));
  }
}

class CountsABatchAsOne extends MinimalSessionService {
  readonly #appends = new WeakMap<MinimalSession, number>();

  protected override store(session: MinimalSession, events: readonly Event[]): void {
    super.store(session, events);
    this.#appends.set(session, (this.#appends.get(session) ?? 0) + 1);
  }

  protected override summary(
    session: MinimalSession,
    options: { readonly includeState: boolean },
  ): SessionSummary {
    const revision = this.#appends.get(session) ?? 0;
    return Object.freeze({ ...super.summary(session, options), revision });
  }
}

class WritesABatchInChunks extends MinimalSessionService {
  protected override append(append: PreparedAppend): readonly Event[] {
    if (append.events.length <= CHUNK) return super.append(append);
    const answer = (stored: readonly Event[]) => stored;
    const first = super.append({ ...append, events: append.events.slice(0, CHUNK), answer });
    const events = append.events.slice(CHUNK);
    const expectedRevision = undefined;
    return append.answer([
      ...first,
      ...super.append({ ...append, events, expectedRevision, answer }),
    ]);
  }
}

class AppendsAThousandKeys extends MinimalSessionService {
  protected override append(append: PreparedAppend): readonly Event[] {
    const session = new Map([...append.changes.session].slice(0, CHUNK));
    return super.append({ ...append, changes: { ...append.changes, session } });
  }
}

class UpdatesAThousandKeys extends MinimalSessionService {
  override async updateState(request: UpdateStateRequest): Promise<JsonObject> {
    const state = await super.updateState(request);
    const names = Object.keys(state).slice(CHUNK);
    return names.length === 0 ? state : super.updateState({ ...request, set: {}, remove: names });
  }
}

class GetsAThousandEvents extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return super.select(all, get).slice(-CHUNK);
  }
}

class GetsAPageOrCreates extends MinimalSessionService {
  override async getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    const session = await super.getOrCreate(request);
    if (session.events.length <= 100) return session;
    return (await this.get({ ...session.key, numRecentEvents: 100 })) ?? session;
  }
}

class EndsAtAFullPage extends MinimalSessionService {
  override async listEvents(request: ListEventsRequest): Promise<EventPage> {
    const page = await super.listEvents(request);
    return Object.freeze({ ...page, hasMore: page.hasMore && page.events.length < CHUNK });
  }
}

class TakesTheTimeZeroForNone extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return super
      .select(all, get)
      .map((event) =>
        event.timestamp ? event : Object.freeze({ ...event, timestamp: Date.now() }),
      );
  }
}

class TakesAfterZeroForNow extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    const { afterTimestamp } = get;
    return super.select(all, {
      ...get,
      afterTimestamp: afterTimestamp === 0 ? Date.now() : afterTimestamp,
    });
  }
}

class ReadsAHiddenPartial extends MinimalSessionService {
  override async appendEvent(request: AppendEventRequest): Promise<Event> {
    if (request?.event?.partial !== true) return super.appendEvent(request);
    return super.appendEvent({ ...request, event: { ...request.event, partial: true } });
  }
}

class SaysNotWhichSession extends MinimalSessionService {
  protected override existing(key: SessionKey): MinimalSession {
    const session = this.storage.find(key);
    if (session === undefined) {
      throw new HoldfastError('not_found', { message: 'there is no such session', key });
    }
    return session;
  }
}

class SaysNotWhichField extends MinimalSessionService {
  override async get(request: GetSessionRequest): Promise<Session | undefined> {
    try {
      return await super.get(request);
    } catch (error) {
      if (!isHoldfastError(error) || error.code !== 'invalid_argument') throw error;
      throw new HoldfastError(error.code, { message: 'the request is wrong', path: error.path });
    }
  }
}

export const brokenPagesAndNumbers: readonly BrokenService[] = [
  {
    fault: "joins one user's state to the sessions of all users",
    failsAt: "gives each session of all users its own user's state for `includeState`",
    create: () => new JoinsTheFirstUser(),
  },
  {
    fault: 'forgets the user in a cursor',
    failsAt: 'walks sessions of the same time once, across users, in both orders',
    create: () => new ForgetsTheUserOfACursor(),
  },
  {
    fault: 'counts users instead of sessions',
    failsAt: 'counts the sessions of all users for `includeTotal`, not the users',
    create: () => new CountsUsers(),
  },
  {
    fault: 'keeps the time of a cursor in 48 bits',
    failsAt: 'walks sessions of the latest time once, in both orders',
    create: () => new ClipsTheTimeOfACursor(),
  },
  {
    fault: 'counts a batch as one in the revision of a summary',
    failsAt: 'summarizes a session as `get` gives it, after single events and after a batch',
    create: () => new CountsABatchAsOne(),
  },
  {
    fault: 'writes a large batch in chunks',
    failsAt:
      'is `already_exists` for a batch of 1,100 with a taken id near its end, and writes nothing',
    create: () => new WritesABatchInChunks(),
  },
  {
    fault: 'writes the first 1,000 keys of an append',
    failsAt: 'takes 3,000 keys in one append',
    create: () => new AppendsAThousandKeys(),
  },
  {
    fault: 'writes the first 1,000 keys of an update',
    failsAt: 'takes 3,000 keys in one update',
    create: () => new UpdatesAThousandKeys(),
  },
  {
    fault: 'gets at most 1,000 events',
    failsAt: 'gives 1,500 events in their order where no bound is given',
    create: () => new GetsAThousandEvents(),
  },
  {
    fault: 'gets a page of events by `getOrCreate`',
    failsAt: 'gives more than a hundred events by `getOrCreate`, too',
    create: () => new GetsAPageOrCreates(),
  },
  {
    fault: 'takes a page of 1,000 events for the last',
    failsAt: 'has pages of 1,000 events, and says behind each whether more lie beyond',
    create: () => new EndsAtAFullPage(),
  },
  {
    fault: 'takes the time 0 for none',
    failsAt: 'gives back the earliest and the latest time as they were',
    create: () => new TakesTheTimeZeroForNone(),
  },
  {
    fault: 'takes `afterTimestamp: 0` for now',
    failsAt: 'gives all events for `afterTimestamp: 0`',
    create: () => new TakesAfterZeroForNow(),
  },
  {
    fault: 'reads a `partial` that is not enumerable',
    failsAt: 'stores an event whose `partial` is false or not enumerable, without its `temp:` keys',
    create: () => new ReadsAHiddenPartial(),
  },
  {
    fault: 'does not say which session is not there',
    failsAt: 'names the session that is not there, is there already, or has moved on',
    create: () => new SaysNotWhichSession(),
  },
  {
    fault: 'does not say which field is wrong',
    failsAt: 'names the field that is wrong',
    create: () => new SaysNotWhichField(),
  },
];
