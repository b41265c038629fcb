import type { Event, JsonObject } from '@holdfast/core';
import {
  type AppendEventRequest,
  decodeListCursor,
  type EventPage,
  encodeListCursor,
  type ListEventsRequest,
  type ListSessionRequest,
  type PreparedGet,
  type SessionPage,
} from '@holdfast/session';
import type { BrokenService } from './broken-service.ts';
import { MinimalSessionService } from './minimal-session-service.ts';
import { type MinimalSession, MinimalStorage } from './minimal-storage.ts';

class OrdersByTimestamp extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return [...super.select(all, get)].sort((a, b) => a.timestamp - b.timestamp);
  }
}

class TakesZeroForAll extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return super.select(all, { ...get, numRecentEvents: get.numRecentEvents || undefined });
  }
}

class ExcludesTheBound extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return super.select(all, get).filter((event) => event.timestamp !== get.afterTimestamp);
  }
}

class FiltersByTimeFirst extends MinimalSessionService {
  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    const { numRecentEvents, afterTimestamp } = get;
    const later = super.select(all, { ...get, numRecentEvents: undefined });
    return super.select(later, { key: get.key, numRecentEvents, afterTimestamp });
  }
}

/** The stored events are right, but `get` shows what came in. */
class LeaksTempIntoEvents extends MinimalSessionService {
  readonly #deltas = new WeakMap<Event, JsonObject>();

  override async appendEvent(request: AppendEventRequest): Promise<Event> {
    const event = await super.appendEvent(request);
    const stateDelta = structuredClone(request.event.actions?.stateDelta ?? {}) as JsonObject;
    this.#deltas.set(event, Object.freeze(stateDelta));
    return event;
  }

  protected override select(all: readonly Event[], get: PreparedGet): readonly Event[] {
    return super.select(all, get).map((event) => {
      const stateDelta = this.#deltas.get(event);
      const leaks = Object.keys(stateDelta ?? {}).some((key) => key.startsWith('temp:'));
      return stateDelta && leaks ? { ...event, actions: { ...event.actions, stateDelta } } : event;
    });
  }
}

class ForgetsTheAppOfAList extends MinimalStorage {
  override sessionsOf(owner: { appName: string; userId: string | undefined }): MinimalSession[] {
    if (owner.userId === undefined) return super.sessionsOf(owner);
    return this.everySession().filter(({ key }) => key.userId === owner.userId);
  }
}

class TakesUsersForPatterns extends MinimalStorage {
  override sessionsOf(owner: { appName: string; userId: string | undefined }): MinimalSession[] {
    const { appName, userId } = owner;
    if (userId?.endsWith('%') !== true) return super.sessionsOf(owner);
    const prefix = userId.slice(0, -1);
    return this.everySession().filter(
      ({ key }) => key.appName === appName && key.userId.startsWith(prefix),
    );
  }
}

class TakesCursorsOfTheOtherOrder extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    try {
      const { cursor, appName, userId, order = 'desc' } = request;
      const otherOrder = order === 'asc' ? 'desc' : 'asc';
      const position = decodeListCursor(cursor, { appName, userId, order: otherOrder });
      const own = encodeListCursor({ appName, userId, order }, position);
      return super.list({ ...request, cursor: own });
    } catch {
      return super.list(request);
    }
  }
}

class ReturnsUnfrozenPages extends MinimalSessionService {
  override async listEvents(request: ListEventsRequest): Promise<EventPage> {
    return { ...(await super.listEvents(request)) };
  }
}

class ForgetsTotals extends MinimalSessionService {
  override async list(request: ListSessionRequest): Promise<SessionPage> {
    const page = await super.list(request);
    if (page.total === undefined || request.cursor === undefined) return page;
    return Object.freeze({ ...page, total: page.sessions.length });
  }
}

export const brokenReads: readonly BrokenService[] = [
  {
    fault: 'orders events by timestamp',
    failsAt: 'gives events in the order of `seq`, not of their timestamps',
    create: () => new OrdersByTimestamp(),
  },
  {
    fault: 'takes `numRecentEvents: 0` for all',
    failsAt: 'gives no event for `numRecentEvents: 0`',
    create: () => new TakesZeroForAll(),
  },
  {
    fault: 'takes `afterTimestamp` for exclusive',
    failsAt: 'counts an event of exactly `afterTimestamp` in',
    create: () => new ExcludesTheBound(),
  },
  {
    fault: 'counts recent events among the later ones only',
    failsAt: 'gives the events that meet both `numRecentEvents` and `afterTimestamp`',
    create: () => new FiltersByTimeFirst(),
  },
  {
    fault: 'shows `temp:` keys in events',
    failsAt: 'keeps `temp:` keys that are set out of the stored event',
    create: () => new LeaksTempIntoEvents(),
  },
  {
    fault: "lists a user's sessions of other apps",
    failsAt: "leaves out the same user's sessions in other apps",
    create: () => new MinimalSessionService(new ForgetsTheAppOfAList()),
  },
  {
    fault: "lists other users' sessions where a user id looks like a pattern",
    failsAt: 'takes no character of an id as a pattern',
    create: () => new MinimalSessionService(new TakesUsersForPatterns()),
  },
  {
    fault: 'takes a cursor of another request',
    failsAt: 'refuses a cursor of the other order',
    create: () => new TakesCursorsOfTheOtherOrder(),
  },
  {
    fault: 'returns what is not frozen',
    failsAt: 'freezes everything that it returns',
    create: () => new ReturnsUnfrozenPages(),
  },
  {
    fault: 'counts the page instead of the list',
    failsAt: 'counts all sessions of the list for `includeTotal`, on every page',
    create: () => new ForgetsTotals(),
  },
];
