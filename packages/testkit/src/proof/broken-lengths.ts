import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedGetState,
  PreparedList,
  StoredPage,
} from '@holdfast/session/store';
import { foldState, type StateChanges } from '@holdfast/state/internal';
import { type BrokenService, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

type Cut = (text: string) => string;

const first =
  (count: number): Cut =>
  (text) =>
    text.slice(0, count);

const last =
  (count: number): Cut =>
  (text) =>
    text.slice(-count);

const firstBytes =
  (count: number): Cut =>
  (text) =>
    String(new TextEncoder().encode(text).slice(0, count));

/** Compares one of the three ids by a part of it. */
class CutsIds extends MinimalStore {
  readonly #cut: Cut;
  readonly #field: keyof SessionKey;

  constructor(field: keyof SessionKey, cut: Cut) {
    super();
    this.#field = field;
    this.#cut = cut;
  }

  protected override address(key: SessionKey): string {
    return super.address({ ...key, [this.#field]: this.#cut(key[this.#field]) });
  }
}

/** Compares the ids of events by a part of them. */
class CutsEventIds extends MinimalStore {
  readonly #cut: Cut;

  constructor(cut: Cut) {
    super();
    this.#cut = cut;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    if (session === undefined) return { type: 'missing' };
    const { events, incarnation } = session;
    const findEvent = (id: string) => events.find((each) => this.#cut(each.id) === this.#cut(id));
    if (append.events.every(({ id }) => findEvent(id) === undefined)) return super.append(append);
    return { type: 'refused', revision: events.length, incarnation, findEvent };
  }
}

/** Takes a key of state for the one that is there, and is the same up to a length. */
class CutsStateKeys extends MinimalStore {
  readonly #cut: Cut;
  readonly #scope: string;

  constructor(scope: string, cut: Cut) {
    super();
    this.#scope = scope;
    this.#cut = cut;
  }

  protected override change(
    ...[session, changes]: Parameters<MinimalStore['change']>
  ): ReturnType<MinimalStore['change']> {
    const own = this.#scope === 'session' ? this.#known(session.state, changes.session) : undefined;
    super.change(session, { ...changes, session: own ?? changes.session });
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    const { scope } = owner;
    const known = scope === this.#scope ? this.#known(this.shared(owner), changes) : changes;
    this.states.set(this.addressOfState(owner), foldState(this.shared(owner), known));
  }

  #known(state: ReadonlyMap<string, unknown>, changes: StateChanges): StateChanges {
    const names = [...state.keys()];
    const nameOf = (name: string) => names.find((each) => this.#cut(each) === this.#cut(name));
    return new Map([...changes].map(([name, value]) => [nameOf(name) ?? name, value]));
  }
}

class CutsOwners extends MinimalStore {
  protected override addressOfState(owner: PreparedGetState): string {
    return super.addressOfState(owner).slice(0, 200);
  }
}

class CutsUsersOfState extends MinimalStore {
  readonly #cut: Cut;

  constructor(cut: Cut) {
    super();
    this.#cut = cut;
  }

  protected override addressOfState(owner: PreparedGetState): string {
    if (owner.scope === 'app') return super.addressOfState(owner);
    return super.addressOfState({ ...owner, userId: this.#cut(owner.userId) });
  }
}

/** Keeps a part of the ids in a cursor. */
class CutsCursors extends MinimalStore {
  readonly #field: 'userId' | 'sessionId';

  constructor(field: 'userId' | 'sessionId') {
    super();
    this.#field = field;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    if (list.after === undefined) return super.list(list);
    const { key } = list.after;
    const cut = { ...key, [this.#field]: key[this.#field].slice(0, 128) };
    return super.list({ ...list, after: { ...list.after, key: cut } });
  }
}

const ofField = (field: keyof SessionKey) =>
  `tells a \`${field}\` of 255 bytes from one with another last byte, or first, in every call`;
const ofEvents = 'tells ids of events of 255 bytes from those with another last byte, or first';
const ofKeys = (prefix: string) =>
  `tells \`${prefix}\` keys of 255 bytes from those with another last byte, or first`;
const ofOwners =
  'tells owners of state, and names in an update, of 255 bytes apart by their last byte';

export const brokenLengths: readonly BrokenService[] = [
  {
    fault: 'compares the first 64 characters of session ids',
    failsAt: ofField('sessionId'),
    create: () => over(new CutsIds('sessionId', first(64))),
  },
  {
    fault: 'compares the last 128 characters of session ids',
    failsAt: ofField('sessionId'),
    create: () => over(new CutsIds('sessionId', last(128))),
  },
  {
    fault: 'compares the first 254 bytes of user ids',
    failsAt: ofField('userId'),
    create: () => over(new CutsIds('userId', firstBytes(254))),
  },
  {
    fault: 'compares the first 191 characters of app names',
    failsAt: ofField('appName'),
    create: () => over(new CutsIds('appName', first(191))),
  },
  {
    fault: 'compares the first 63 characters of users for their state',
    failsAt: 'tells an id from the same with one more character, up to 255 bytes',
    create: () => over(new CutsUsersOfState(first(63))),
  },
  {
    fault: 'compares the first 190 characters of ids of events',
    failsAt: ofEvents,
    create: () => over(new CutsEventIds(first(190))),
  },
  {
    fault: 'compares the last 200 characters of ids of events',
    failsAt: ofEvents,
    create: () => over(new CutsEventIds(last(200))),
  },
  {
    fault: 'compares the first 250 bytes of keys of a session',
    failsAt: ofKeys(''),
    create: () => over(new CutsStateKeys('session', firstBytes(250))),
  },
  {
    fault: 'compares the first 128 characters of keys of a user',
    failsAt: ofKeys('user:'),
    create: () => over(new CutsStateKeys('user', first(128))),
  },
  {
    fault: 'compares the last 250 characters of keys of an app',
    failsAt: ofKeys('app:'),
    create: () => over(new CutsStateKeys('app', last(250))),
  },
  {
    fault: 'compares 200 characters of app and user for their state',
    failsAt: ofOwners,
    create: () => over(new CutsOwners()),
  },
  {
    fault: 'compares 190 characters of users for their state',
    failsAt: ofOwners,
    create: () => over(new CutsUsersOfState(first(190))),
  },
  {
    fault: 'cuts session ids in cursors',
    failsAt: 'walks sessions of the same time whose ids have 255 bytes once, in both orders',
    create: () => over(new CutsCursors('sessionId')),
  },
  {
    fault: 'cuts user ids in cursors',
    failsAt: 'walks all users once whose ids have 255 bytes, in both orders',
    create: () => over(new CutsCursors('userId')),
  },
];
