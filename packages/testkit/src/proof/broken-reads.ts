import type { Event, JsonObject, SessionService } from '@holdfast/session';
import {
  decodeListCursor,
  encodeListCursor,
  type PreparedGet,
  type PreparedList,
  type SessionSnapshot,
} from '@holdfast/session/store';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

class OrdersByTimestamp extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    return (
      found && { ...found, events: found.events.toSorted((a, b) => a.timestamp - b.timestamp) }
    );
  }
}

class TakesZeroForAll extends MinimalStore {
  override get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    return super.get({ ...get, numRecentEvents: get.numRecentEvents || undefined });
  }
}

class ExcludesTheBound extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    const { afterTimestamp } = get;
    return (
      found && { ...found, events: found.events.filter((e) => e.timestamp !== afterTimestamp) }
    );
  }
}

class FiltersByTimeFirst extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const later = await super.get({ ...get, numRecentEvents: undefined });
    const { numRecentEvents } = get;
    if (later === undefined || !numRecentEvents) return super.get(get);
    return { ...later, events: later.events.slice(-numRecentEvents) };
  }
}

/** The stored events are right, but `get` shows what came in. */
class LeaksTempIntoEvents extends MinimalStore {
  readonly deltas = new WeakMap<Event, JsonObject>();

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    const events = found?.events.map((event) => {
      const stateDelta = this.deltas.get(event);
      const leaks = Object.keys(stateDelta ?? {}).some((key) => key.startsWith('temp:'));
      return stateDelta && leaks ? { ...event, actions: { ...event.actions, stateDelta } } : event;
    });
    return found && events && { ...found, events };
  }
}

function leaksTempIntoEvents(): SessionService {
  const store = new LeaksTempIntoEvents();
  return faulty(
    {
      async appendEvent(next, request) {
        const event = await next(request);
        const stateDelta = structuredClone(request.event.actions?.stateDelta ?? {}) as JsonObject;
        store.deltas.set(event, Object.freeze(stateDelta));
        return event;
      },
    },
    store,
  );
}

class ForgetsTheAppOfAList extends MinimalStore {
  protected override sessionsOf(list: PreparedList): MinimalSession[] {
    if (list.userId === undefined) return super.sessionsOf(list);
    return [...this.sessions.values()].filter(({ key }) => key.userId === list.userId);
  }
}

class TakesUsersForPatterns extends MinimalStore {
  protected override sessionsOf(list: PreparedList): MinimalSession[] {
    const { appName, userId } = list;
    if (userId?.endsWith('%') !== true) return super.sessionsOf(list);
    const prefix = userId.slice(0, -1);
    return [...this.sessions.values()].filter(
      ({ key }) => key.appName === appName && key.userId.startsWith(prefix),
    );
  }
}

function takesCursorsOfTheOtherOrder(): SessionService {
  return faulty({
    async list(next, request) {
      try {
        const { cursor, appName, userId, order = 'desc' } = request;
        const otherOrder = order === 'asc' ? 'desc' : 'asc';
        const position = decodeListCursor(cursor, { appName, userId, order: otherOrder });
        const own = encodeListCursor({ appName, userId, order }, position);
        return next({ ...request, cursor: own });
      } catch {
        return next(request);
      }
    },
  });
}

function returnsUnfrozenPages(): SessionService {
  return faulty({ listEvents: async (next, request) => ({ ...(await next(request)) }) });
}

function forgetsTotals(): SessionService {
  return faulty({
    async list(next, request) {
      const page = await next(request);
      if (page.total === undefined || request.cursor === undefined) return page;
      return Object.freeze({ ...page, total: page.sessions.length });
    },
  });
}

export const brokenReads: readonly BrokenService[] = [
  {
    fault: 'orders events by timestamp',
    failsAt: 'gives events in the order of `seq`, not of their timestamps',
    create: () => over(new OrdersByTimestamp()),
  },
  {
    fault: 'takes `numRecentEvents: 0` for all',
    failsAt: 'gives no event for `numRecentEvents: 0`',
    create: () => over(new TakesZeroForAll()),
  },
  {
    fault: 'takes `afterTimestamp` for exclusive',
    failsAt: 'includes an event of exactly `afterTimestamp`',
    create: () => over(new ExcludesTheBound()),
  },
  {
    fault: 'counts recent events among the later ones only',
    failsAt: 'gives the events that meet both `numRecentEvents` and `afterTimestamp`',
    create: () => over(new FiltersByTimeFirst()),
  },
  {
    fault: 'shows `temp:` keys in events',
    failsAt: 'keeps `temp:` keys that are set out of the stored event',
    create: leaksTempIntoEvents,
  },
  {
    fault: "lists a user's sessions of other apps",
    failsAt: "leaves out the same user's sessions in other apps",
    create: () => over(new ForgetsTheAppOfAList()),
  },
  {
    fault: "lists other users' sessions if a user id looks like a pattern",
    failsAt: 'never treats a character of an id as a pattern',
    create: () => over(new TakesUsersForPatterns()),
  },
  {
    fault: 'takes a cursor of another request',
    failsAt: 'refuses a cursor of the other order',
    create: takesCursorsOfTheOtherOrder,
  },
  {
    fault: 'returns what is not frozen',
    failsAt: 'freezes everything that it returns',
    create: returnsUnfrozenPages,
  },
  {
    fault: 'counts the page instead of the list',
    failsAt: 'counts all sessions of the list for `includeTotal`, on every page',
    create: forgetsTotals,
  },
];
