import type { SessionService } from '@holdfast/session';
import type {
  ListedEvents,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  SessionSnapshot,
  StoredPage,
} from '@holdfast/session/store';
import type { ScopeState, StoredState } from '@holdfast/state/internal';
import { type BrokenService, faulty, otherCalls, over, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

/** Reads the state of some scopes a little later than the rest. */
class ReadsStateLater extends MinimalStore {
  readonly #later: readonly (keyof StoredState)[];

  constructor(...later: readonly (keyof StoredState)[]) {
    super();
    this.#later = later;
  }

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    if (found === undefined) return undefined;
    await otherCalls();
    return { ...found, state: this.mixed(found.state, await super.get(get)) };
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    if (!list.includeState) return page;
    await otherCalls();
    const sessions = page.sessions.map((each) => {
      const later = this.find(each.key);
      if (each.state === undefined || later === undefined) return each;
      return { ...each, state: this.mixed(each.state, { state: this.stateOf(later) }) };
    });
    return { ...page, sessions };
  }

  protected mixed(
    state: StoredState,
    later: { readonly state: StoredState } | undefined,
  ): StoredState {
    const scopes = this.#later.map((scope) => [scope, (later?.state ?? state)[scope]]);
    return { ...state, ...Object.fromEntries(scopes) };
  }
}

/** Only with a window are the events of another moment than the rest. */
class ReadsWindowsLater extends MinimalStore {
  readonly #field: 'numRecentEvents' | 'afterTimestamp';

  constructor(field: 'numRecentEvents' | 'afterTimestamp') {
    super();
    this.#field = field;
  }

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    if (found === undefined || get[this.#field] === undefined) return found;
    await otherCalls();
    const later = await super.get(get);
    return later && { ...later, state: found.state, lastUpdateTime: found.lastUpdateTime };
  }
}

class ReadsTheTimeFirst extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const lastUpdateTime = this.find(get.key)?.lastUpdateTime;
    await otherCalls();
    const found = await super.get(get);
    return found && { ...found, lastUpdateTime: lastUpdateTime ?? found.lastUpdateTime };
  }
}

class ReadsTheHeadFirst extends MinimalStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const session = this.find(list.key);
    if (session === undefined) return undefined;
    const revision = session.events.length;
    await otherCalls();
    const listed = await super.listEvents(list);
    return listed && { ...listed, revision };
  }
}

class ReadsEventsInPages extends MinimalStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const whole = await super.listEvents({ ...list, count: 50 });
    if (whole === undefined || list.count <= 50 || list.order === 'desc') {
      return super.listEvents(list);
    }
    const events = [...whole.events];
    while (events.length % 50 === 0 && events.length > 0 && events.length < list.count) {
      await otherCalls();
      const afterSeq = events.at(-1)?.seq ?? 0;
      const page = await super.listEvents({ ...list, afterSeq, count: 50 });
      if (page === undefined || page.events.length === 0) break;
      events.push(...page.events);
    }
    return { events, revision: Math.max(whole.revision, events.at(-1)?.seq ?? 0) };
  }
}

class ReadsStatesInPages extends MinimalStore {
  override async getState(owner: PreparedGetState): Promise<ScopeState> {
    const first = [...this.shared(owner)].slice(0, 10);
    await otherCalls();
    return new Map([...first, ...[...this.shared(owner)].slice(10)]);
  }
}

function looksForMoreLater(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      async listEvents(next, request) {
        const page = await next(request);
        const { order = 'asc' } = request;
        await otherCalls();
        const { seq = 0 } = page.events.at(-1) ?? {};
        const rest = order === 'asc' ? { afterSeq: seq } : { beforeSeq: Math.max(1, seq) };
        const more = { ...request, order, ...rest, limit: 1 };
        const { events } = await unless(() => another.listEvents(more), {
          code: 'not_found',
          instead: () => page,
        });
        return Object.freeze({ ...page, hasMore: seq > 0 && events.length > 0 });
      },
    },
    store,
  );
}

function answersGetOrCreateInParts(): SessionService {
  return faulty({
    async getOrCreate(next, request) {
      const session = await next({ ...request, numRecentEvents: 0 });
      await otherCalls();
      const { events } = await next(request);
      return new Proxy(session, {
        get: (target, name) => (name === 'events' ? events : Reflect.get(target, name, target)),
      });
    },
  });
}

const OF_WINDOWS = 'gives events, revision, state and time of one moment, for any window';
const OF_PAGES = 'gives the events of a page, and whether there are more, as of one moment';
const OF_LISTS = 'lists the revision, state, time and place of each session as of one moment';
const OF_USERS = "shows all that `updateState` changes of a user's state, or nothing of it";

/** Services that read in several steps, between which others write. */
export const brokenLooks: readonly BrokenService[] = [
  {
    fault: 'reads the events of a session, and then its state',
    failsAt: OF_WINDOWS,
    create: () => over(new ReadsStateLater('session', 'user', 'app')),
  },
  {
    fault: 'reads a session, and then the state of its user',
    failsAt: OF_WINDOWS,
    create: () => over(new ReadsStateLater('user')),
  },
  {
    fault: 'reads the state of the user, and then that of the app',
    failsAt: "shows `user:` and `app:` keys that another session's append changes together",
    create: () => over(new ReadsStateLater('app')),
  },
  {
    fault: 'reads the last events later than the state',
    failsAt: OF_WINDOWS,
    create: () => over(new ReadsWindowsLater('numRecentEvents')),
  },
  {
    fault: 'reads the events after a time later than the state',
    failsAt: OF_WINDOWS,
    create: () => over(new ReadsWindowsLater('afterTimestamp')),
  },
  {
    fault: 'reads `lastUpdateTime` first',
    failsAt: OF_WINDOWS,
    create: () => over(new ReadsTheTimeFirst()),
  },
  {
    fault: 'answers `getOrCreate` in two steps',
    failsAt: OF_WINDOWS,
    create: answersGetOrCreateInParts,
  },
  {
    fault: 'reads the revision before a page of events',
    failsAt: OF_PAGES,
    create: () => over(new ReadsTheHeadFirst()),
  },
  { fault: 'looks later whether there are more', failsAt: OF_PAGES, create: looksForMoreLater },
  {
    fault: 'reads a long page of events in pages',
    failsAt: 'never mixes a session with the one that had its id before',
    create: () => over(new ReadsEventsInPages()),
  },
  {
    fault: 'reads a state in pages',
    failsAt: OF_USERS,
    create: () => over(new ReadsStatesInPages()),
  },
  {
    fault: 'reads a page of sessions, and then their state',
    failsAt: OF_LISTS,
    create: () => over(new ReadsStateLater('session')),
  },
  {
    fault: 'reads a page of sessions, and then the state of the user',
    failsAt: "lists a session's own keys and its `user:` keys of the same append together",
    create: () => over(new ReadsStateLater('user')),
  },
];
