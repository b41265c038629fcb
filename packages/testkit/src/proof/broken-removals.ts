import type { JsonValue, SessionService } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedGetState,
  PreparedUpdateState,
  SharedState,
} from '@holdfast/session/store';
import {
  EMPTY_SCOPE,
  foldDeltas,
  foldState,
  type ScopedChanges,
  type ScopeState,
  type StateChanges,
} from '@holdfast/state/internal';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';
import { OpenStore } from './open-store.ts';

type Scope = keyof ScopedChanges;

/** Makes other changes of the batch's events. */
class FoldsWrongly extends MinimalStore {
  readonly #fold: (append: PreparedAppend) => ScopedChanges;

  constructor(fold: (append: PreparedAppend) => ScopedChanges) {
    super();
    this.#fold = fold;
  }

  override append(append: PreparedAppend): Promise<AppendOutcome> {
    return super.append({ ...append, changes: this.#fold(append) });
  }
}

/** Sets before it removes, or the other way round, whatever the order of the events. */
function inTurns(
  first: 'sets' | 'removals',
  scope: Scope,
): (append: PreparedAppend) => ScopedChanges {
  return ({ events, changes }) => {
    const sets = events.map(({ actions }) => ({ stateDelta: actions.stateDelta }));
    const removals = events.map(({ actions: { removedStateKeys = [] } }) => ({
      stateDelta: {},
      removedStateKeys,
    }));
    const turns = first === 'sets' ? [...sets, ...removals] : [...removals, ...sets];
    return { ...changes, [scope]: foldDeltas(turns)[scope] };
  };
}

/** Changes another state than the one that was meant, by the values. */
class ChangesWrongly extends MinimalStore {
  readonly #scope: Scope;
  readonly #change: (value: JsonValue | undefined) => JsonValue | undefined;

  constructor(scope: Scope, change: (value: JsonValue | undefined) => JsonValue | undefined) {
    super();
    this.#scope = scope;
    this.#change = change;
  }

  protected override change(...[session, changes]: Parameters<MinimalStore['change']>): void {
    const own = this.#scope === 'session' ? this.#wrong(changes.session) : changes.session;
    super.change(session, { ...changes, session: own });
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    const all = owner.scope === this.#scope ? this.#wrong(changes) : changes;
    this.states.set(this.addressOfState(owner), foldState(this.shared(owner), all));
  }

  #wrong(changes: StateChanges): StateChanges {
    return new Map([...changes].map(([name, value]) => [name, this.#change(value)]));
  }
}

/** Does so in an update alone. */
class UpdatesWrongly extends MinimalStore {
  override updateState(update: PreparedUpdateState): Promise<ScopeState> {
    const entries = [...update.changes].map(([name, value]) => [name, value || undefined] as const);
    return super.updateState({ ...update, changes: new Map(entries) });
  }
}

class KeepsWhatIsNull extends MinimalStore {
  protected override change(...[session, changes]: Parameters<MinimalStore['change']>): void {
    const isNull = (name: string) => session.state.get(name) === null;
    const own = [...changes.session].filter(
      ([name, value]) => value !== undefined || !isNull(name),
    );
    super.change(session, { ...changes, session: new Map(own) });
  }
}

/** Replaces what a session shares when it is created. */
class ReplacesShared extends MinimalStore {
  readonly #isReplaced: (create: PreparedCreate, scope: 'user' | 'app') => boolean;

  constructor(isReplaced: (create: PreparedCreate, scope: 'user' | 'app') => boolean) {
    super();
    this.#isReplaced = isReplaced;
  }

  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    if (this.find(create.key) !== undefined) return undefined;
    for (const scope of ['user', 'app'] as const) {
      if (!this.#isReplaced(create, scope)) continue;
      this.states.set(this.addressOfState({ scope, ...create.key }), EMPTY_SCOPE);
    }
    return super.create(create);
  }
}

class KeepsTheFirstShared extends MinimalStore {
  override create(create: PreparedCreate): Promise<SharedState | undefined> {
    const known = this.shared({ scope: 'user', ...create.key });
    const user = new Map([...create.state.user].filter(([name]) => !known.has(name)));
    return super.create({ ...create, state: { ...create.state, user } });
  }
}

class DeletesTheUser extends MinimalStore {
  override async delete(key: Parameters<MinimalStore['delete']>[0]): Promise<boolean> {
    this.states.delete(this.addressOfState({ scope: 'user', ...key }));
    return super.delete(key);
  }
}

function appliesPartial(): SessionService {
  const store = new OpenStore();
  return faulty(
    {
      async appendEvents(next, request) {
        const events = await next(request);
        store.applyAgain(
          request,
          events.filter(({ partial }) => partial === true),
        );
        return events;
      },
    },
    store,
  );
}

const removedThenSet =
  'keeps what was set last if a batch removes a key and sets it again, in every scope';
const setThenRemoved = 'has no key that a batch sets and then removes, in every scope';
const lastCounts = 'counts the last of many changes of a key in one batch';
const falsy = 'keeps every falsy and empty value, in the place of another and of none';
const initial = 'keeps every falsy and empty value of an initial state and of an update';
const isNull =
  'removes a key whose value is null or falsy, and tells null from removed, in every scope';
const created = 'leaves other `user:` and `app:` keys as they were when a session is created';

const scopes = ['session', 'user', 'app'] as const;

export const brokenRemovals: readonly BrokenService[] = [
  ...scopes.map((scope) => ({
    fault: `removes keys of a batch after it has set all, in the scope ${scope}`,
    failsAt: removedThenSet,
    create: () => over(new FoldsWrongly(inTurns('sets', scope))),
  })),
  ...scopes.map((scope) => ({
    fault: `sets keys of a batch after it has removed all, in the scope ${scope}`,
    failsAt: setThenRemoved,
    create: () => over(new FoldsWrongly(inTurns('removals', scope))),
  })),
  {
    fault: 'counts the first of several changes of a key',
    failsAt: lastCounts,
    create: () =>
      over(
        new FoldsWrongly(({ events }) =>
          foldDeltas(events.map(({ actions }) => actions).toReversed()),
        ),
      ),
  },
  ...scopes.map((scope) => ({
    fault: `takes null for a removal in the scope ${scope}`,
    failsAt: falsy,
    create: () => over(new ChangesWrongly(scope, (value) => value ?? undefined)),
  })),
  {
    fault: 'takes what is falsy for a removal of a user key',
    failsAt: falsy,
    create: () => over(new ChangesWrongly('user', (value) => value || undefined)),
  },
  {
    fault: 'takes an empty text for null',
    failsAt: falsy,
    create: () => over(new ChangesWrongly('app', (value) => (value === '' ? null : value))),
  },
  {
    fault: 'takes what is falsy for a removal in an update',
    failsAt: initial,
    create: () => over(new UpdatesWrongly()),
  },
  ...scopes.map((scope) => ({
    fault: `sets a removed key to null in the scope ${scope}`,
    failsAt: isNull,
    create: () => over(new ChangesWrongly(scope, (value) => value ?? null)),
  })),
  {
    fault: 'keeps a key whose value is null when it is removed',
    failsAt: isNull,
    create: () => over(new KeepsWhatIsNull()),
  },
  {
    fault: 'changes the state by partial events of a batch',
    failsAt: 'changes nothing by partial events of a batch, nor by `temp:` keys',
    create: appliesPartial,
  },
  {
    fault: 'replaces all user keys when a session has some',
    failsAt: created,
    create: () =>
      over(new ReplacesShared(({ state }, scope) => scope === 'user' && state.user.size > 0)),
  },
  {
    fault: 'replaces all app keys when a session has some',
    failsAt: created,
    create: () =>
      over(new ReplacesShared(({ state }, scope) => scope === 'app' && state.app.size > 0)),
  },
  {
    fault: 'clears the user keys when a session has none',
    failsAt: created,
    create: () =>
      over(new ReplacesShared(({ state }, scope) => scope === 'user' && state.user.size === 0)),
  },
  {
    fault: 'keeps user keys that are there when a session has others',
    failsAt: created,
    create: () => over(new KeepsTheFirstShared()),
  },
  {
    fault: "deletes the user's state with a session",
    failsAt: created,
    create: () => over(new DeletesTheUser()),
  },
];
