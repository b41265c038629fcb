import type {
  ListedEvents,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  SessionSnapshot,
  StoredPage,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

class ListsWithOldRevisions extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    await otherCalls();
    const sessions = page.sessions.map((each) => {
      const { lastUpdateTime = each.lastUpdateTime } = this.find(each.key) ?? {};
      return { ...each, lastUpdateTime };
    });
    return { ...page, sessions };
  }
}

/** Finds the places of a page, and reads its sessions later. */
class ListsByOldPlaces extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const { sessions, ...page } = await super.list(list);
    await otherCalls();
    const later = await super.list({ ...list, after: undefined, limit: 1000 });
    const found = sessions.flatMap(
      ({ key }) =>
        later.sessions.find((each) => this.address(each.key) === this.address(key)) ?? [],
    );
    return { ...page, sessions: found };
  }
}

class CountsLater extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    await otherCalls();
    return { ...page, total: this.sessionsOf(list).length };
  }
}

/** A read that is under way already answers those that come later, too. */
class SharesReads extends MinimalStore {
  readonly #reads = new Map<string, Promise<unknown>>();
  readonly #call: 'get' | 'list' | 'listEvents' | 'getState';

  constructor(call: 'get' | 'list' | 'listEvents' | 'getState') {
    super();
    this.#call = call;
  }

  override get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    return this.#shared('get', { request: get, read: () => super.get(get) });
  }

  override list(list: PreparedList): Promise<StoredPage> {
    return this.#shared('list', { request: list, read: () => super.list(list) });
  }

  override listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const read = async () => {
      const listed = await super.listEvents(list);
      return listed && { ...listed, events: [...listed.events] };
    };
    return this.#shared('listEvents', { request: list, read });
  }

  override getState(owner: PreparedGetState): Promise<ScopeState> {
    return this.#shared('getState', { request: owner, read: () => super.getState(owner) });
  }

  #shared<T>(
    call: string,
    { request, read }: { readonly request: unknown; readonly read: () => Promise<T> },
  ): Promise<T> {
    if (call !== this.#call) return read();
    const name = JSON.stringify(request);
    const found = this.#reads.get(name) as Promise<T> | undefined;
    if (found !== undefined) return found;
    const reading = read().then(async (answer) => {
      await otherCalls();
      this.#reads.delete(name);
      return answer;
    });
    this.#reads.set(name, reading);
    return reading;
  }
}

const OF_LISTS = 'lists the revision, state, time and place of each session as of one moment';

const OF_APPENDS =
  'shows an event to every call after its append, even if calls before are under way';
const OF_UPDATES =
  'shows what `updateState` changes to every call after it, even if others are under way';

/** Services that list, or read for several callers, in several steps. */
export const brokenLists: readonly BrokenService[] = [
  {
    fault: 'lists old revisions with new times',
    failsAt: OF_LISTS,
    create: () => over(new ListsWithOldRevisions()),
  },
  {
    fault: 'lists sessions in the order of before',
    failsAt: OF_LISTS,
    create: () => over(new ListsByOldPlaces()),
  },
  {
    fault: 'counts a list after it was read',
    failsAt: 'lists the sessions that are there, while some come and go',
    create: () => over(new CountsLater()),
  },
  {
    fault: 'answers a `get` with one that began before',
    failsAt: OF_APPENDS,
    create: () => over(new SharesReads('get')),
  },
  {
    fault: 'answers a `list` with one that began before',
    failsAt: OF_APPENDS,
    create: () => over(new SharesReads('list')),
  },
  {
    fault: 'answers `listEvents` with one that began before',
    failsAt: OF_APPENDS,
    create: () => over(new SharesReads('listEvents')),
  },
  {
    fault: 'answers `getState` with one that began before',
    failsAt: OF_UPDATES,
    create: () => over(new SharesReads('getState')),
  },
  {
    fault: 'answers whether a session is there with a look that began before',
    failsAt: 'shows to every call that a session was created, deleted and created again',
    create: () => over(new SharesReads('get')),
  },
];
