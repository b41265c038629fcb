import type {
  AppendEventRequest,
  CreateSessionRequest,
  Event,
  JsonValue,
  SessionKey,
  SessionService,
} from '@holdfast/session';
import {
  type AppendOutcome,
  type PreparedAppend,
  type PreparedCreate,
  type SharedState,
  StoredSessionService,
} from '@holdfast/session/store';
import { foldDeltas } from '@holdfast/state/internal';
import { type BrokenService, faulty, over, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';
import { OpenStore } from './open-store.ts';

/** The entries of a state as it came in, the names of which begin with `prefix`. */
function entriesWith(
  prefix: string,
  state: CreateSessionRequest['state'],
): ReadonlyMap<string, JsonValue> {
  const entries = Object.entries(state ?? {}).filter(([name]) => name.startsWith(prefix));
  return new Map(entries as [string, JsonValue][]);
}

function leaksTempIntoState(): SessionService {
  const store = new OpenStore();
  return faulty(
    {
      async appendEvent(next, request) {
        const event = await next(request);
        store.setState(request, entriesWith('temp:', request.event.actions?.stateDelta));
        return event;
      },
    },
    store,
  );
}

function storesInitialTemp(): SessionService {
  const store = new OpenStore();
  return faulty(
    {
      async create(next, request) {
        const session = await next(request);
        store.setState(session, entriesWith('temp:', request.state));
        return session;
      },
    },
    store,
  );
}

function sharesStateWithTheCaller(): SessionService {
  const store = new MinimalStore();
  return faulty(
    {
      async updateState(next, request) {
        const state = await next(request);
        const { set, remove: _, ...owner } = request;
        await store.updateState({ owner, changes: entriesWith('', set) });
        return state;
      },
    },
    store,
  );
}

class ReadsTheEventLater extends StoredSessionService {
  readonly #later: SessionService;

  constructor(store: MinimalStore) {
    super(store);
    this.#later = over(store);
  }

  override appendEvent(request: AppendEventRequest): Promise<Event> {
    return this.run(async () => {
      await Promise.resolve();
      return this.#later.appendEvent(request);
    });
  }
}

class WipesOnDuplicateCreate extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const shared = await super.create(create);
    if (shared === undefined) this.find(create.key)?.events.splice(0);
    return shared;
  }
}

function ignoresTheRevisionOfABatch(): SessionService {
  return faulty({
    appendEvents: (next, request) =>
      unless(() => next(request), {
        code: 'conflict',
        instead: (error) => {
          const { expectedRevision = 0, onStored, ...rest } = request;
          const hasMovedOn = expectedRevision < (error.revision ?? 0);
          if (hasMovedOn && onStored === undefined) return next(rest);
          throw error;
        },
      }),
  });
}

function takesARevisionToCome(): SessionService {
  return faulty({
    appendEvent: (next, request) =>
      unless(() => next(request), {
        code: 'conflict',
        instead: (error) => {
          const { expectedRevision, ...rest } = request;
          if (expectedRevision === (error.revision ?? 0) + 1) return next(rest);
          throw error;
        },
      }),
  });
}

function writesOnConflict(): SessionService {
  const store = new MinimalStore();
  return faulty(
    {
      appendEvent: (next, request) =>
        unless(() => next(request), {
          code: 'conflict',
          instead: async (error) => {
            const { appName, event } = request;
            const { app } = foldDeltas([
              { stateDelta: Object.fromEntries(entriesWith('app:', event.actions?.stateDelta)) },
            ]);
            await store.updateState({ owner: { scope: 'app', appName }, changes: app });
            throw error;
          },
        }),
    },
    store,
  );
}

class AppliesTwice extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    const outcome = await super.append(append);
    if (session === undefined || outcome.type !== 'refused') return outcome;
    const [event, ...more] = append.events.map(({ id }) => outcome.findEvent(id));
    if (event !== undefined && more.length === 0) {
      this.change(session, foldDeltas([event.actions]));
    }
    return outcome;
  }
}

function storesPartialEvents(): SessionService {
  const store = new OpenStore();
  return faulty(
    {
      async appendEvent(next, request) {
        const event = await next(request);
        if (event.partial === true) store.store(request, event);
        return event;
      },
    },
    store,
  );
}

function storesTheRestOfABatch(): SessionService {
  return faulty({
    appendEvents: (next, request) =>
      unless(() => next(request), {
        code: 'already_exists',
        instead: async (error) => {
          await next({ ...request, onStored: 'skip' });
          throw error;
        },
      }),
  });
}

class TakesNullForRemoval extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = new Map(
      [...append.changes.session].map(([name, value]) => [name, value ?? undefined]),
    );
    return super.append({ ...append, changes: { ...append.changes, session } });
  }
}

class LetsTimeGoBack extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const session = this.find(append.key);
    const last = append.events.at(-1);
    if (session && last && outcome.type === 'written') session.lastUpdateTime = last.timestamp;
    return outcome;
  }
}

class DeletesTheUser extends MinimalStore {
  override async delete(key: SessionKey): Promise<boolean> {
    this.states.delete(this.addressOfState({ scope: 'user', ...key }));
    return super.delete(key);
  }
}

export const brokenWrites: readonly BrokenService[] = [
  {
    fault: 'stores `temp:` keys in the state',
    failsAt: 'keeps `temp:` keys out of the state',
    create: leaksTempIntoState,
  },
  {
    fault: 'stores `temp:` keys of the initial state',
    failsAt: 'stores no `temp:` key of the initial state',
    create: storesInitialTemp,
  },
  {
    fault: 'shares a mutable object with the caller',
    failsAt: 'shares nothing with a state that its caller changes later',
    create: sharesStateWithTheCaller,
  },
  {
    fault: 'reads the event after the call has returned',
    failsAt: 'reads an event while the call is made, not later',
    create: () => new ReadsTheEventLater(new MinimalStore()),
  },
  {
    fault: 'empties the session that a create would duplicate',
    failsAt: 'leaves everything as it was if the id is taken',
    create: () => over(new WipesOnDuplicateCreate()),
  },
  {
    fault: 'ignores `expectedRevision` of a batch',
    failsAt: 'is `conflict` for a batch if the session has moved on, and writes nothing',
    create: ignoresTheRevisionOfABatch,
  },
  {
    fault: 'takes an `expectedRevision` that is yet to come',
    failsAt: 'is `conflict` if the session is not yet at `expectedRevision`',
    create: takesARevisionToCome,
  },
  {
    fault: 'changes the state of the app in spite of a conflict',
    failsAt: 'is `conflict` if the session has moved on, and writes nothing',
    create: writesOnConflict,
  },
  {
    fault: 'applies the delta of a retry again',
    failsAt: 'does not apply the state change of a retry again',
    create: () => over(new AppliesTwice()),
  },
  {
    fault: 'stores partial events',
    failsAt: 'does not store a partial event, nor its state',
    create: storesPartialEvents,
  },
  {
    fault: 'stores a part of a batch',
    failsAt: 'is `already_exists` for a batch that is stored in part, and writes nothing',
    create: storesTheRestOfABatch,
  },
  {
    fault: 'takes null for a removal',
    failsAt: 'keeps null as a value',
    create: () => over(new TakesNullForRemoval()),
  },
  {
    fault: 'lets `lastUpdateTime` go back',
    failsAt: 'never moves `lastUpdateTime` back, whatever the timestamps',
    create: () => over(new LetsTimeGoBack()),
  },
  {
    fault: "deletes the user's state with a session",
    failsAt: 'leaves the state of the user and of the app',
    create: () => over(new DeletesTheUser()),
  },
];
