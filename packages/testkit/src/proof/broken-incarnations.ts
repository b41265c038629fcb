import type { SessionService } from '@holdfast/session';
import type {
  AppendOutcome,
  ListedEvents,
  PreparedAppend,
  PreparedCreate,
  PreparedList,
  PreparedListEvents,
  SharedState,
  StoredPage,
} from '@holdfast/session/store';
import { type BrokenService, faulty, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

class IgnoresTheExpected extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    return super.append({ ...append, expectedIncarnation: undefined });
  }
}

class ExpectsNothingOfABatch extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const isBatch = append.events.length > 1;
    return super.append(isBatch ? { ...append, expectedIncarnation: undefined } : append);
  }
}

class KeepsItForTheNextSession extends MinimalStore {
  readonly #first = new Map<string, string>();

  override create(create: PreparedCreate): Promise<SharedState | undefined> {
    const address = this.address(create.key);
    const incarnation = this.#first.get(address) ?? create.incarnation;
    this.#first.set(address, incarnation);
    return super.create({ ...create, incarnation });
  }
}

class ListsTheTimeInstead extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => ({
      ...each,
      incarnation: String(each.createTime),
    }));
    return { ...page, sessions };
  }
}

class MarksNoListedEvents extends MinimalStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const listed = await super.listEvents(list);
    return (
      listed && { ...listed, events: listed.events.map((event) => Object.freeze({ ...event })) }
    );
  }
}

class LooksBeforeItWrites extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key, expectedIncarnation, ...rest } = append;
    const session = this.find(key);
    if (session !== undefined && session.incarnation === (expectedIncarnation ?? '')) {
      await otherCalls();
      return super.append({ key, ...rest, expectedIncarnation: undefined });
    }
    return super.append(append);
  }
}

class ReplacesItByARefusedCreate extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const session = this.find(create.key);
    const shared = await super.create(create);
    if (session !== undefined) {
      this.sessions.set(this.address(create.key), {
        ...session,
        incarnation: create.incarnation,
      });
    }
    return shared;
  }
}

function answersWithCopies(): SessionService {
  return faulty({
    appendEvent: async (next, request) => Object.freeze({ ...(await next(request)) }),
  });
}

export const brokenIncarnations: readonly BrokenService[] = [
  {
    fault: 'appends to whatever session has the id',
    failsAt: 'is `conflict` for an event if the session was created again, and nothing is written',
    create: () => over(new IgnoresTheExpected()),
  },
  {
    fault: 'appends a batch to whatever session has the id',
    failsAt: 'is `conflict` for a batch if the session was created again, and nothing is written',
    create: () => over(new ExpectsNothingOfABatch()),
  },
  {
    fault: 'gives a session the incarnation of the one before',
    failsAt: 'is another one for each session',
    create: () => over(new KeepsItForTheNextSession()),
  },
  {
    fault: 'lists another incarnation than it keeps',
    failsAt: 'is the same wherever the session is read, whatever is appended',
    create: () => over(new ListsTheTimeInstead()),
  },
  {
    fault: 'does not mark the events that it lists',
    failsAt: 'keeps an event of a session created again out of the snapshot of the one before',
    create: () => over(new MarksNoListedEvents()),
  },
  {
    fault: 'does not mark the event that it answers',
    failsAt: 'keeps an event of a session created again out of the snapshot of the one before',
    create: answersWithCopies,
  },
  {
    fault: 'compares the incarnation some time before it writes',
    failsAt: 'keeps an append out of a session that is created again at the same time',
    create: () => over(new LooksBeforeItWrites()),
  },
  {
    fault: 'replaces the incarnation when it refuses to create',
    failsAt: 'stays with a session whose `create` is refused',
    create: () => over(new ReplacesItByARefusedCreate()),
  },
];
