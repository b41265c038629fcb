import type { Event, SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedList,
  PreparedUpdateState,
  StoredPage,
} from '@holdfast/session/store';
import { foldDeltas, type ScopeState, type StateChanges } from '@holdfast/state/internal';
import { type BrokenService, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

function some(changes: StateChanges, count: number): StateChanges {
  return new Map([...changes].slice(0, count));
}

/** Folds the changes of the first events of a batch. */
class FoldsSome extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const actions = append.events.slice(0, 1000).map((each: Event) => each.actions);
    return super.append({ ...append, changes: foldDeltas(actions) });
  }
}

class ChangesSome extends MinimalStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const { session, user, app } = append.changes;
    return super.append({ ...append, changes: { session: some(session, 1024), user, app } });
  }
}

class UpdatesSome extends MinimalStore {
  override updateState(update: PreparedUpdateState): Promise<ScopeState> {
    const { changes } = update;
    const removals = [...changes.values()].filter((value) => value === undefined);
    const count = removals.length > 0 ? 1000 : changes.size;
    return super.updateState({ ...update, changes: some(changes, count) });
  }
}

class LeavesState extends MinimalStore {
  readonly #left = new Map<string, ScopeState>();

  override async delete(key: SessionKey): Promise<boolean> {
    const state = this.find(key)?.state ?? new Map();
    this.#left.set(this.address(key), new Map([...state].slice(1000)));
    return super.delete(key);
  }

  protected override change(...[session, changes]: Parameters<MinimalStore['change']>): void {
    const left = this.#left.get(this.address(session.key)) ?? new Map();
    this.#left.delete(this.address(session.key));
    super.change(session, { ...changes, session: new Map([...left, ...changes.session]) });
  }
}

/** `all` are the sessions of the app. */
type ChangePage = (
  page: StoredPage,
  from: { readonly list: PreparedList; readonly all: readonly MinimalSession[] },
) => StoredPage;

/** Gives other pages of sessions. */
class ListsWrongly extends MinimalStore {
  readonly #change: ChangePage;

  constructor(change: ChangePage) {
    super();
    this.#change = change;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const all = this.sessionsOf({ ...list, userId: undefined });
    return this.#change(await super.list(list), { list, all });
  }
}

/** Reads so many keys of all sessions of a page, or of the user. */
class ReadsSomeKeys extends MinimalStore {
  readonly #scope: 'session' | 'user' | 'app';

  constructor(scope: 'session' | 'user' | 'app') {
    super();
    this.#scope = scope;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    let left = 1000;
    const sessions = page.sessions.map((session) => {
      const { state } = session;
      if (state === undefined) return session;
      const read = new Map([...state[this.#scope]].slice(0, left));
      if (this.#scope === 'session') left -= read.size;
      return { ...session, state: { ...state, [this.#scope]: read } };
    });
    return { ...page, sessions };
  }
}

const folded = 'folds a batch of 1,200 events that each change keys of every scope';
const removed = 'removes 1,200 keys of every scope, by one append and by one update';
const totals = 'counts more than 1,000 sessions, and walks all of them once';
const ofList = 'counts the sessions of a list, not those behind the cursor or of the page';
const wholeState =
  'gives the whole state of each session of a list, however many keys there are in all';

export const brokenLimits: readonly BrokenService[] = [
  {
    fault: 'folds the first 1,000 events of a batch',
    failsAt: folded,
    create: () => over(new FoldsSome()),
  },
  {
    fault: 'changes the first 1,024 keys of a session',
    failsAt: folded,
    create: () => over(new ChangesSome()),
  },
  {
    fault: 'removes the first 1,024 keys of a session',
    failsAt: removed,
    create: () => over(new ChangesSome()),
  },
  {
    fault: 'removes the first 1,000 keys of an update',
    failsAt: removed,
    create: () => over(new UpdatesSome()),
  },
  {
    fault: 'leaves keys of a deleted session to the next one, beyond 1,000',
    failsAt: 'has nothing of 1,200 keys of a session that was deleted and created again',
    create: () => over(new LeavesState()),
  },
  {
    fault: 'counts 1,000 sessions at most',
    failsAt: totals,
    create: () =>
      over(new ListsWrongly((page) => ({ ...page, total: Math.min(page.total ?? 0, 1000) }))),
  },
  {
    fault: 'has no page behind one of 1,000 sessions',
    failsAt: totals,
    create: () =>
      over(
        new ListsWrongly((page, { list }) =>
          list.after === undefined ? page : { ...page, sessions: [] },
        ),
      ),
  },
  {
    fault: 'counts the sessions of the page',
    failsAt: ofList,
    create: () => over(new ListsWrongly((page) => ({ ...page, total: page.sessions.length }))),
  },
  {
    fault: 'counts the sessions of the app',
    failsAt: ofList,
    create: () => over(new ListsWrongly((page, { all }) => ({ ...page, total: all.length }))),
  },
  ...(['session', 'user', 'app'] as const).map((scope) => ({
    fault: `reads 1,000 keys of the scope ${scope} for a list`,
    failsAt: wholeState,
    create: () => over(new ReadsSomeKeys(scope)),
  })),
];
