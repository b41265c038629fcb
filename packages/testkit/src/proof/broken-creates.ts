import type { PreparedCreate, SharedState } from '@holdfast/session/store';
import { EMPTY_SCOPE, NO_CHANGES } from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

class CreatesWithoutState extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const created = await super.create({ ...create, state: NO_STATE });
    const session = this.find(create.key);
    if (created === undefined || session === undefined) return undefined;
    await otherCalls();
    this.change(session, create.state);
    return this.stateOf(session);
  }
}

class CreatesWithoutSharedState extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const created = await super.create({ ...create, state: { ...create.state, app: new Map() } });
    const session = this.find(create.key);
    if (created === undefined || session === undefined) return undefined;
    await otherCalls();
    this.change(session, { ...NO_CHANGES, app: create.state.app });
    return this.stateOf(session);
  }
}

class CreatesSharedStateFirst extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    if (this.find(create.key) !== undefined) return undefined;
    this.changeShared({ scope: 'user', ...create.key }, create.state.user);
    await otherCalls();
    return super.create(create);
  }
}

/** Puts a session in its place as it was created, although others have written to it. */
class WritesANewSessionTwice extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const created = await super.create(create);
    const session = this.find(create.key);
    if (created === undefined || session === undefined) return undefined;
    const copy = { ...session, events: [...session.events] };
    await otherCalls();
    this.sessions.set(this.address(create.key), copy);
    return created;
  }
}

/** Its states outlive a session that was deleted before they were written. */
class WritesStateOfTheDeleted extends MinimalStore {
  readonly #left = new Map<string, PreparedCreate['state']['session']>();

  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const address = this.address(create.key);
    const before = this.#left.get(address) ?? [];
    const session = new Map([...before, ...create.state.session]);
    const created = await super.create({ ...create, state: { ...create.state, session } });
    await otherCalls();
    if (created !== undefined && this.find(create.key) === undefined) {
      this.#left.set(address, create.state.session);
    }
    return created;
  }
}

class AnswersCreatesFromBefore extends MinimalStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const app = new Map(this.shared({ scope: 'app', ...create.key }));
    await otherCalls();
    const created = await super.create(create);
    for (const [name, value] of create.state.app) if (value !== undefined) app.set(name, value);
    return created && { ...created, app };
  }
}

const NO_STATE = { session: EMPTY_SCOPE, user: EMPTY_SCOPE, app: EMPTY_SCOPE };
const OF_CREATES = 'shows a new session with all of its initial state, or not at all';
const ON_TOP = 'appends to a session on top of its initial state, even while it is being created';

/** Services that create a session in several steps, between which others come. */
export const brokenCreates: readonly BrokenService[] = [
  {
    fault: 'creates a session, and then its state',
    failsAt: OF_CREATES,
    create: () => over(new CreatesWithoutState()),
  },
  {
    fault: 'creates a session, and then its `app:` state',
    failsAt: 'shows a new session with all of its initial `app:` state, or not at all',
    create: () => over(new CreatesWithoutSharedState()),
  },
  {
    fault: 'creates the `user:` state before the session',
    failsAt: OF_CREATES,
    create: () => over(new CreatesSharedStateFirst()),
  },
  {
    fault: 'writes the initial state over what was appended meanwhile',
    failsAt: ON_TOP,
    create: () => over(new CreatesWithoutState()),
  },
  {
    fault: 'writes the initial `app:` state over what was appended meanwhile',
    failsAt:
      'appends to a session on top of its initial `app:` state, even while it is being created',
    create: () => over(new CreatesWithoutSharedState()),
  },
  {
    fault: 'writes a new session over what was appended meanwhile',
    failsAt: ON_TOP,
    create: () => over(new WritesANewSessionTwice()),
  },
  {
    fault: 'brings back a session that was deleted while it was created',
    failsAt: 'leaves nothing of a session that is deleted while it is being created',
    create: () => over(new WritesANewSessionTwice()),
  },
  {
    fault: 'leaves the state of a session that was deleted while it was created',
    failsAt: 'leaves nothing of a session that is deleted while it is being created',
    create: () => over(new WritesStateOfTheDeleted()),
  },
  {
    fault: 'answers a create with the state from before',
    failsAt: "answers `updateState` and `create` with the app's state after the write",
    create: () => over(new AnswersCreatesFromBefore()),
  },
];
