import type { AppendOutcome, PreparedAppend, PreparedUpdateState } from '@holdfast/session/store';
import { NO_CHANGES, type ScopeState } from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

/** Appends a batch in pieces, each of so many events. */
class AppendsInPieces extends MinimalStore {
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { events } = append;
    let outcome = await super.append({ ...append, events: events.slice(0, this.#size) });
    for (let at = this.#size; at < events.length && outcome.type === 'written'; at += this.#size) {
      await otherCalls();
      const piece = events.slice(at, at + this.#size);
      outcome = await super.append({
        ...append,
        events: piece,
        changes: NO_CHANGES,
        expectedRevision: undefined,
      });
    }
    return outcome;
  }
}

/** Stores the events, and what they change in some scopes a little later. */
class ChangesLater extends MinimalStore {
  readonly #later: readonly ('session' | 'user' | 'app')[];

  constructor(...later: readonly ('session' | 'user' | 'app')[]) {
    super();
    this.#later = later;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const none = Object.fromEntries(this.#later.map((scope) => [scope, new Map()]));
    const later = Object.fromEntries(this.#later.map((scope) => [scope, append.changes[scope]]));
    const outcome = await super.append({ ...append, changes: { ...append.changes, ...none } });
    const session = this.find(append.key);
    if (outcome.type !== 'written' || session === undefined) return outcome;
    await otherCalls();
    this.change(session, { ...NO_CHANGES, ...later });
    return outcome;
  }
}

class ChangesEarlier extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    const findEvent = (id: string) => session?.events.find((event) => event.id === id);
    const isRetry = append.events.some(({ id }) => findEvent(id) !== undefined);
    if (session === undefined || isRetry) return super.append(append);
    this.change(session, append.changes);
    await otherCalls();
    return super.append({ ...append, changes: NO_CHANGES });
  }
}

class MovesLater extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    const latestTimestamp = session?.lastUpdateTime ?? 0;
    const outcome = await super.append({ ...append, latestTimestamp });
    if (outcome.type !== 'written' || session === undefined) return outcome;
    await otherCalls();
    session.lastUpdateTime = Math.max(session.lastUpdateTime, append.latestTimestamp);
    return outcome;
  }
}

class UpdatesKeyByKey extends MinimalStore {
  override async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    for (const change of changes) {
      this.changeShared(owner, new Map([change]));
      await otherCalls();
    }
    return this.shared(owner);
  }
}

class RemovesLater extends MinimalStore {
  override async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    const all = [...changes];
    this.changeShared(owner, new Map(all.filter(([, value]) => value !== undefined)));
    await otherCalls();
    this.changeShared(owner, new Map(all.filter(([, value]) => value === undefined)));
    return this.shared(owner);
  }
}

class AnswersUpdatesFromBefore extends MinimalStore {
  override async updateState(update: PreparedUpdateState): Promise<ScopeState> {
    const before = new Map(this.shared(update.owner));
    await otherCalls();
    await super.updateState(update);
    for (const [name, value] of update.changes) {
      if (value !== undefined) before.set(name, value);
      else before.delete(name);
    }
    return before;
  }
}

const OF_BATCHES = 'shows all events of a batch and all that they change, or nothing of it';
const OF_LONG_BATCHES = 'shows all events of a batch of hundreds, or none';
const OF_WINDOWS = 'gives events, revision, state and time of one moment, for any window';
const OF_LISTS = 'lists the revision, state, time and place of each session as of one moment';
const OF_USERS = "shows all that `updateState` changes of a user's state, or nothing of it";
const OF_APPS = "shows all that `updateState` changes of an app's state, or nothing of it";

/** Services whose writes are seen in pieces. */
export const brokenMoments: readonly BrokenService[] = [
  {
    fault: 'appends a batch event by event',
    failsAt: OF_BATCHES,
    create: () => over(new AppendsInPieces(1)),
  },
  {
    fault: 'appends a batch by two events',
    failsAt: OF_BATCHES,
    create: () => over(new AppendsInPieces(2)),
  },
  {
    fault: 'appends a batch by a hundred events',
    failsAt: OF_LONG_BATCHES,
    create: () => over(new AppendsInPieces(100)),
  },
  {
    fault: 'changes the state of the session after its events',
    failsAt: OF_BATCHES,
    create: () => over(new ChangesLater('session')),
  },
  {
    fault: 'changes the state of the user after the events',
    failsAt: OF_WINDOWS,
    create: () => over(new ChangesLater('user')),
  },
  {
    fault: 'changes the state of user and app one after the other',
    failsAt: "shows `user:` and `app:` keys that another session's append changes together",
    create: () => over(new ChangesLater('app')),
  },
  {
    fault: 'changes state before it stores the event',
    failsAt: OF_WINDOWS,
    create: () => over(new ChangesEarlier()),
  },
  {
    fault: 'moves a session in lists after its event',
    failsAt: OF_LISTS,
    create: () => over(new MovesLater()),
  },
  {
    fault: 'shows an old `lastUpdateTime` for a while',
    failsAt: OF_WINDOWS,
    create: () => over(new MovesLater()),
  },
  {
    fault: "updates a user's state key by key",
    failsAt: OF_USERS,
    create: () => over(new UpdatesKeyByKey()),
  },
  {
    fault: "updates an app's state key by key",
    failsAt: OF_APPS,
    create: () => over(new UpdatesKeyByKey()),
  },
  {
    fault: 'removes keys after it has set others',
    failsAt: OF_USERS,
    create: () => over(new RemovesLater()),
  },
  {
    fault: 'answers an update with the state from before',
    failsAt: "answers `updateState` and `create` with the user's state after the write",
    create: () => over(new AnswersUpdatesFromBefore()),
  },
];
