import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  ListedEvents,
  PreparedAppend,
  PreparedGet,
  PreparedList,
  PreparedListEvents,
  SessionSnapshot,
  StoredPage,
} from '@holdfast/session/store';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

/** Takes some expectations of an append for none. */
class ExpectsLess extends MinimalStore {
  readonly #isNone: (append: PreparedAppend) => boolean;

  constructor(isNone: (append: PreparedAppend) => boolean) {
    super();
    this.#isNone = isNone;
  }

  override append(append: PreparedAppend): Promise<AppendOutcome> {
    if (!this.#isNone(append)) return super.append(append);
    const expected = { expectedRevision: undefined, expectedIncarnation: undefined };
    return super.append({ ...append, ...expected });
  }
}

class RefusesZero extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    if (append.expectedRevision !== 0 || append.events.length === 1) return super.append(append);
    return super.append({ ...append, expectedRevision: -1 });
  }
}

/** Reads with another window. */
class ReadsAnother extends MinimalStore {
  readonly #window: (get: PreparedGet) => Partial<PreparedGet>;

  constructor(window: (get: PreparedGet) => Partial<PreparedGet>) {
    super();
    this.#window = window;
  }

  override get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    return super.get({ ...get, ...this.#window(get) });
  }
}

/** Lists events with other bounds. */
class ListsAnother extends MinimalStore {
  readonly #bounds: (list: PreparedListEvents) => Partial<PreparedListEvents>;

  constructor(bounds: (list: PreparedListEvents) => Partial<PreparedListEvents>) {
    super();
    this.#bounds = bounds;
  }

  override listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    return super.listEvents({ ...list, ...this.#bounds(list) });
  }
}

/** Counts the calls of a session, not its events. */
class CountsCalls extends MinimalStore {
  readonly #counts = new Map<string, number>();
  readonly #countsRetries: boolean;

  constructor(countsRetries: boolean) {
    super();
    this.#countsRetries = countsRetries;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const more = outcome.type === 'written' ? append.events.length : Number(this.#countsRetries);
    this.#counts.set(this.address(append.key), this.#countOf(append.key) + more);
    return outcome;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => ({ ...each, revision: this.#countOf(each.key) }));
    return { ...page, sessions };
  }

  #countOf(key: SessionKey): number {
    return this.#counts.get(this.address(key)) ?? 0;
  }
}

/** Takes the revision of a summary from the last page of events that was read. */
class RemembersTheLastPage extends MinimalStore {
  readonly #seqs = new Map<string, number>();

  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const listed = await super.listEvents(list);
    this.#seqs.set(this.address(list.key), listed?.events.length ?? 0);
    return listed;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => {
      const revision = this.#seqs.get(this.address(each.key)) ?? each.revision;
      return { ...each, revision };
    });
    return { ...page, sessions };
  }
}

const zero = 'takes `expectedRevision: 0` for a session without events, and for no other';
const empty = 'is `conflict` for an empty `expectedIncarnation`, if the session has another';
const counted =
  'counts what is stored as the revision: no retry, no partial event, nothing refused';
const none = 'loads no event for `numRecentEvents: 0`, with any `afterTimestamp`, in every call';
const bounds = 'takes 0 and 1 as bounds: after 0 are all events, before them are none';
const ends = 'says whether there are more events at the very end of a page, of 1,000 too';
const windows = 'loads windows of more than 1,000 events';

export const brokenCounts: readonly BrokenService[] = [
  {
    fault: 'takes `expectedRevision: 0` for none',
    failsAt: zero,
    create: () => over(new ExpectsLess(({ expectedRevision }) => expectedRevision === 0)),
  },
  {
    fault: 'takes `expectedRevision: 0` of a batch for none',
    failsAt: zero,
    create: () =>
      over(
        new ExpectsLess(
          ({ expectedRevision, events }) => expectedRevision === 0 && events.length > 1,
        ),
      ),
  },
  {
    fault: 'refuses `expectedRevision: 0` for a batch to an empty session',
    failsAt: zero,
    create: () => over(new RefusesZero()),
  },
  {
    fault: 'takes an empty `expectedIncarnation` for none',
    failsAt: empty,
    create: () => over(new ExpectsLess(({ expectedIncarnation }) => expectedIncarnation === '')),
  },
  {
    fault: 'counts retries in its lists',
    failsAt: counted,
    create: () => over(new CountsCalls(true)),
  },
  {
    fault: 'takes a revision from the page of events that was read last',
    failsAt: counted,
    create: () => over(new RemembersTheLastPage()),
  },
  {
    fault: 'takes `numRecentEvents: 0` for none if there is an `afterTimestamp`',
    failsAt: none,
    create: () =>
      over(
        new ReadsAnother(({ numRecentEvents, afterTimestamp }) =>
          numRecentEvents === 0 && afterTimestamp !== undefined
            ? { numRecentEvents: undefined }
            : {},
        ),
      ),
  },
  {
    fault: 'takes `numRecentEvents: 0` of a `getOrCreate` for none',
    failsAt: none,
    create: () =>
      faulty({
        getOrCreate: (next, request) =>
          next({ ...request, numRecentEvents: request.numRecentEvents || undefined }),
      }),
  },
  {
    fault: 'loads no event of a `getOrCreate` with `afterTimestamp: 0`',
    failsAt: none,
    create: () =>
      faulty({
        getOrCreate: (next, request) =>
          next(request.afterTimestamp === 0 ? { ...request, numRecentEvents: 0 } : request),
      }),
  },
  {
    fault: 'takes `beforeSeq: 0` for none',
    failsAt: bounds,
    create: () =>
      over(new ListsAnother(({ beforeSeq }) => (beforeSeq === 0 ? { beforeSeq: 9 } : {}))),
  },
  {
    fault: 'begins behind the first event for `afterSeq: 0` with another bound',
    failsAt: bounds,
    create: () =>
      over(new ListsAnother(({ beforeSeq }) => (beforeSeq === 2 ? { afterSeq: 1 } : {}))),
  },
  {
    fault: 'reads no more than 1,000 events for a page',
    failsAt: ends,
    create: () => over(new ListsAnother(({ count }) => ({ count: Math.min(count, 1000) }))),
  },
  {
    fault: 'reads one event too few of a page before a bound',
    failsAt: ends,
    create: () =>
      over(
        new ListsAnother(({ count, beforeSeq }) => (beforeSeq === 102 ? { count: count - 1 } : {})),
      ),
  },
  {
    fault: 'loads no more than 1,024 events of a window',
    failsAt: windows,
    create: () =>
      over(
        new ReadsAnother(({ numRecentEvents }) =>
          numRecentEvents === undefined ? {} : { numRecentEvents: Math.min(numRecentEvents, 1024) },
        ),
      ),
  },
  {
    fault: 'looks at 2,000 events for `afterTimestamp`',
    failsAt: windows,
    create: () =>
      over(
        new ReadsAnother(({ afterTimestamp }) =>
          afterTimestamp === undefined ? {} : { numRecentEvents: 2000 },
        ),
      ),
  },
];
