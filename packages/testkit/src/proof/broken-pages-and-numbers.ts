import {
  type AppendEventRequest,
  HoldfastError,
  type SessionKey,
  type SessionService,
} from '@holdfast/session';
import {
  type AppendOutcome,
  comparePositions,
  type PreparedAppend,
  type PreparedGet,
  type PreparedList,
  type PreparedUpdateState,
  type SessionSnapshot,
  type StoredPage,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { type BrokenService, faulty, over, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

const CHUNK = 1000;

/** The first 1,000 of many. */
function chunkOf<K, V>(entries: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...entries].slice(0, CHUNK));
}

class JoinsTheFirstUser extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const shared = page.sessions[0]?.state;
    if (shared === undefined || list.userId !== undefined) return page;
    const sessions = page.sessions.map((each) => {
      const session = each.state?.session ?? shared.session;
      return { ...each, state: { ...shared, session } };
    });
    return { ...page, sessions };
  }
}

class ForgetsTheUserOfACursor extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const { after, userId } = list;
    if (after === undefined || userId !== undefined) return page;
    const sessions = page.sessions.filter(({ key, lastUpdateTime }) => {
      const { userId: any } = after.key;
      return comparePositions({ lastUpdateTime, key: { ...key, userId: any } }, after) !== 0;
    });
    return { ...page, sessions };
  }
}

class CountsUsers extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    if (list.userId !== undefined) return page;
    const users = this.sessionsOf(list).map(({ key }) => key.userId);
    return { ...page, total: new Set(users).size };
  }
}

class ClipsTheTimeOfACursor extends MinimalStore {
  override list(list: PreparedList): Promise<StoredPage> {
    const { after } = list;
    if (after === undefined) return super.list(list);
    const lastUpdateTime = Math.min(after.lastUpdateTime, 2 ** 48);
    return super.list({ ...list, after: { ...after, lastUpdateTime } });
  }
}

class CountsABatchAsOne extends MinimalStore {
  readonly #appends = new Map<string, number>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const address = this.address(append.key);
    if (outcome.type === 'written') this.#appends.set(address, this.#appendsTo(append.key) + 1);
    return outcome;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => ({
      ...each,
      revision: this.#appendsTo(each.key),
    }));
    return { ...page, sessions };
  }

  #appendsTo(key: SessionKey): number {
    return this.#appends.get(this.address(key)) ?? 0;
  }
}

class WritesABatchInChunks extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { events } = append;
    if (events.length <= CHUNK) return super.append(append);
    const first = await super.append({ ...append, events: events.slice(0, CHUNK) });
    if (first.type !== 'written') return first;
    const expectedRevision = undefined;
    return super.append({ ...append, events: events.slice(CHUNK), expectedRevision });
  }
}

class AppendsAThousandKeys extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const { changes } = append;
    return super.append({ ...append, changes: { ...changes, session: chunkOf(changes.session) } });
  }
}

class UpdatesAThousandKeys extends MinimalStore {
  override updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    return super.updateState({ owner, changes: chunkOf(changes) });
  }
}

class GetsAThousandEvents extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    return found && { ...found, events: found.events.slice(-CHUNK) };
  }
}

function getsAPageOrCreates(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      async getOrCreate(next, request) {
        const session = await next(request);
        if (session.events.length <= 100) return session;
        return (await another.get({ ...session.key, numRecentEvents: 100 })) ?? session;
      },
    },
    store,
  );
}

function endsAtAFullPage(): SessionService {
  return faulty({
    async listEvents(next, request) {
      const page = await next(request);
      return Object.freeze({ ...page, hasMore: page.hasMore && page.events.length < CHUNK });
    },
  });
}

class TakesTheTimeZeroForNone extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const found = await super.get(get);
    const events = found?.events.map((event) =>
      event.timestamp === 0 ? Object.freeze({ ...event, timestamp: Date.now() }) : event,
    );
    return found && events && { ...found, events };
  }
}

class TakesAfterZeroForNow extends MinimalStore {
  override get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const { afterTimestamp } = get;
    return super.get({
      ...get,
      afterTimestamp: afterTimestamp === 0 ? Date.now() : afterTimestamp,
    });
  }
}

function readsAHiddenPartial(): SessionService {
  return faulty({
    appendEvent(next, request) {
      if (!hasPartial(request)) return next(request);
      return next({ ...request, event: { ...request.event, partial: true } });
    },
  });
}

function hasPartial(request: AppendEventRequest): boolean {
  try {
    return request.event.partial === true;
  } catch {
    return false; // whatever cannot be read is refused
  }
}

function saysNotWhichSession(): SessionService {
  const vaguely = <T>(call: () => Promise<T>) =>
    unless(call, {
      code: 'not_found',
      instead: ({ key }) => {
        throw new HoldfastError('not_found', { message: 'there is no such session', key });
      },
    });
  return faulty({
    appendEvent: (next, request) => vaguely(() => next(request)),
    appendEvents: (next, request) => vaguely(() => next(request)),
    listEvents: (next, request) => vaguely(() => next(request)),
  });
}

function saysNotWhichField(): SessionService {
  return faulty({
    get: (next, request) =>
      unless(() => next(request), {
        code: 'invalid_argument',
        instead: ({ code, path, cause }) => {
          throw new HoldfastError(code, { message: 'the request is wrong', path, cause });
        },
      }),
  });
}

export const brokenPagesAndNumbers: readonly BrokenService[] = [
  {
    fault: "joins one user's state to the sessions of all users",
    failsAt: "gives each session of all users its own user's state for `includeState`",
    create: () => over(new JoinsTheFirstUser()),
  },
  {
    fault: 'forgets the user in a cursor',
    failsAt: 'walks sessions of the same time once, across users, in both orders',
    create: () => over(new ForgetsTheUserOfACursor()),
  },
  {
    fault: 'counts users instead of sessions',
    failsAt: 'counts the sessions of all users for `includeTotal`, not the users',
    create: () => over(new CountsUsers()),
  },
  {
    fault: 'keeps the time of a cursor in 48 bits',
    failsAt: 'walks sessions of the latest time once, in both orders',
    create: () => over(new ClipsTheTimeOfACursor()),
  },
  {
    fault: 'counts a batch as one in the revision of a summary',
    failsAt: 'summarizes a session as `get` gives it, after single events and after a batch',
    create: () => over(new CountsABatchAsOne()),
  },
  {
    fault: 'writes a large batch in chunks',
    failsAt:
      'is `already_exists` for a batch of 1,100 with a taken id near its end, and writes nothing',
    create: () => over(new WritesABatchInChunks()),
  },
  {
    fault: 'writes the first 1,000 keys of an append',
    failsAt: 'accepts 3,000 keys in one append',
    create: () => over(new AppendsAThousandKeys()),
  },
  {
    fault: 'writes the first 1,000 keys of an update',
    failsAt: 'accepts 3,000 keys in one update',
    create: () => over(new UpdatesAThousandKeys()),
  },
  {
    fault: 'gets at most 1,000 events',
    failsAt: 'gives 1,500 events in order if no bound is given',
    create: () => over(new GetsAThousandEvents()),
  },
  {
    fault: 'gets a page of events by `getOrCreate`',
    failsAt: 'gives more than a hundred events by `getOrCreate`, too',
    create: getsAPageOrCreates,
  },
  {
    fault: 'takes a page of 1,000 events for the last',
    failsAt: 'has pages of 1,000 events, and says after each whether there are more',
    create: endsAtAFullPage,
  },
  {
    fault: 'takes the time 0 for none',
    failsAt: 'gives back the earliest and the latest time as they were',
    create: () => over(new TakesTheTimeZeroForNone()),
  },
  {
    fault: 'takes `afterTimestamp: 0` for now',
    failsAt: 'gives all events for `afterTimestamp: 0`',
    create: () => over(new TakesAfterZeroForNow()),
  },
  {
    fault: 'reads a `partial` that is not enumerable',
    failsAt: 'stores an event whose `partial` is false or not enumerable, without its `temp:` keys',
    create: readsAHiddenPartial,
  },
  {
    fault: 'does not say which session does not exist',
    failsAt: 'names the session that does not exist, exists already, or has moved on',
    create: saysNotWhichSession,
  },
  {
    fault: 'does not say which field is wrong',
    failsAt: 'names the field that is wrong',
    create: saysNotWhichField,
  },
];
