import type {
  JsonValue,
  Session,
  SessionService,
  SessionServiceMethod,
  SessionServiceWrapper,
} from '@holdfast/session';
import type { ListedEvents, PreparedGetState, PreparedListEvents } from '@holdfast/session/store';
import { foldState, type StateChanges, type StoredState } from '@holdfast/state/internal';
import { type BrokenService, faulty, methods, otherCalls, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

/** Waits for something before it reads a request, as for a connection. */
function readsLater(method: SessionServiceMethod): SessionService {
  const wrapper: SessionServiceWrapper = {
    [method]: async (next: (request: unknown) => Promise<unknown>, request: unknown) => {
      await otherCalls();
      return next(request);
    },
  };
  return faulty(wrapper);
}

/** Copies a request at once, but not what is in it. */
function copiesTheRequestAlone(method: 'appendEvent' | 'appendEvents' | 'updateState' | 'create') {
  return faulty({
    [method]: async (next: (request: unknown) => Promise<unknown>, request: object) => {
      const copy = { ...request };
      await otherCalls();
      return next(copy);
    },
  });
}

/** Changes one map for each state, and hands it out. */
class ChangesInPlace extends MinimalStore {
  readonly #scope: 'session' | 'user' | 'app';
  readonly #live = new Map<string, Map<string, JsonValue>>();

  constructor(scope: 'session' | 'user' | 'app') {
    super();
    this.#scope = scope;
  }

  protected override change(...[session, changes]: Parameters<MinimalStore['change']>): void {
    super.change(session, changes);
    if (this.#scope !== 'session') return;
    session.state = this.#replace(this.address(session.key), session.state);
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    const after = foldState(this.shared(owner), changes);
    const address = this.addressOfState(owner);
    this.states.set(address, owner.scope === this.#scope ? this.#replace(address, after) : after);
  }

  #replace(address: string, after: ReadonlyMap<string, JsonValue>): Map<string, JsonValue> {
    const entries = [...after];
    const live = this.#live.get(address) ?? new Map<string, JsonValue>();
    this.#live.set(address, live);
    live.clear();
    for (const [name, value] of entries) live.set(name, value);
    return live;
  }
}

/** Gives the array that it keeps, and turns it round for a list that is descending. */
class TurnsItsEventsRound extends MinimalStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const listed = await super.listEvents(list);
    if (listed !== undefined && list.order === 'desc') this.find(list.key)?.events.reverse();
    return listed;
  }
}

/** Keeps the snapshot of a session for the next reader. */
function sharesSnapshots(): SessionService {
  const sessions = new Map<string, Session>();
  return faulty({
    async get(next, request) {
      const session = await next(request);
      const known = session && sessions.get(session.incarnation);
      if (session === undefined || known?.revision === session.revision) return known;
      sessions.set(session.incarnation, session);
      return session;
    },
  });
}

/** Looks up the state of the users and apps of a list when it is read. */
class ReadsSharedStateLate extends MinimalStore {
  protected override stateOf(session: MinimalSession): StoredState {
    const { session: own, app } = super.stateOf(session);
    const read = () => this.shared({ scope: 'user', ...session.key });
    const user = new Proxy(new Map(), {
      get: (_, name) => {
        const state = read();
        const value = Reflect.get(state, name);
        return typeof value === 'function' ? value.bind(state) : value;
      },
    });
    return { session: own, user, app };
  }
}

const later = (call: string) =>
  `leaves every answer as it was when a later \`${call}\` changes what is stored`;

export const brokenAnswers: readonly BrokenService[] = [
  ...methods.map((method) => ({
    fault: `reads the request of ${method} some time after the call`,
    failsAt: `reads the request of \`${method}\` while the call is made, not later`,
    create: () => readsLater(method),
  })),
  ...(['create', 'appendEvent', 'appendEvents', 'updateState'] as const).map((method) => ({
    fault: `copies the request of ${method}, and not what is in it`,
    failsAt: `reads the request of \`${method}\` while the call is made, not later`,
    create: () => copiesTheRequestAlone(method),
  })),
  {
    fault: 'changes the state of a session in place, by an event',
    failsAt: later('appendEvent'),
    create: () => over(new ChangesInPlace('session')),
  },
  {
    fault: 'changes the state of a user in place, by a batch',
    failsAt: later('appendEvents'),
    create: () => over(new ChangesInPlace('user')),
  },
  {
    fault: 'changes the state of an app in place, by an update',
    failsAt: later('updateState'),
    create: () => over(new ChangesInPlace('app')),
  },
  {
    fault: 'changes the state of a user in place, by a new session',
    failsAt: later('create'),
    create: () => over(new ChangesInPlace('user')),
  },
  {
    fault: 'changes the state of an app in place, by a session created again',
    failsAt: later('delete'),
    create: () => over(new ChangesInPlace('app')),
  },
  {
    fault: 'reads the state of a user when a session is looked at',
    failsAt: later('updateState'),
    create: () => over(new ReadsSharedStateLate()),
  },
  {
    fault: 'gives one snapshot to several readers',
    failsAt: 'keeps what is set in the `State` of one answer out of every other answer',
    create: sharesSnapshots,
  },
  {
    fault: 'turns its own events round',
    failsAt: 'gives arrays of its own with each answer',
    create: () => over(new TurnsItsEventsRound()),
  },
];
