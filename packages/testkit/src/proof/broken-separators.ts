import type { Event, JsonValue, SessionKey } from '@holdfast/session';
import type { AppendOutcome, PreparedAppend, PreparedGetState } from '@holdfast/session/store';
import type { ScopeState, StateChanges, StoredState } from '@holdfast/state/internal';
import { type BrokenService, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

/** Joins the parts of every address with a mark. */
class Joins extends MinimalStore {
  readonly mark: string;

  constructor(mark: string) {
    super();
    this.mark = mark;
  }

  protected override address({ appName, userId, sessionId }: SessionKey): string {
    return [appName, userId, sessionId].join(this.mark);
  }
}

/** Joins the parts of the addresses of states alone. */
class JoinsOwners extends MinimalStore {
  readonly #addressOf: (owner: PreparedGetState) => string;

  constructor(addressOf: (owner: PreparedGetState) => string) {
    super();
    this.#addressOf = addressOf;
  }

  protected override addressOfState(owner: PreparedGetState): string {
    return this.#addressOf(owner);
  }
}

/** Has one index of the ids of events, by session and id joined. */
class JoinsEventIds extends Joins {
  readonly #events = new Map<string, Event>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    if (session === undefined) return { type: 'missing' };
    const joined = (id: string) => JSON.stringify(append.key).slice(0, -2) + this.mark + id;
    const findEvent = (id: string) => this.#events.get(joined(id));
    const { events, incarnation } = session;
    if (append.events.some(({ id }) => findEvent(id) !== undefined)) {
      return { type: 'refused', revision: events.length, incarnation, findEvent };
    }
    const outcome = await super.append(append);
    for (const event of append.events) this.#events.set(joined(event.id), event);
    return outcome;
  }

  protected override address(key: SessionKey): string {
    return JSON.stringify(key);
  }
}

/** Deletes what begins with the id. */
class DeletesByPrefix extends MinimalStore {
  readonly #end: string;

  constructor(end: string) {
    super();
    this.#end = end;
  }

  override async delete(key: SessionKey): Promise<boolean> {
    const isThere = await super.delete(key);
    for (const other of [...this.sessions.values()].map((each) => each.key)) {
      const isOfUser = other.appName === key.appName && other.userId === key.userId;
      if (!isOfUser || !other.sessionId.startsWith(`${key.sessionId}${this.#end}`)) continue;
      await super.delete(other);
    }
    return isThere;
  }
}

/** Keeps each value by owner and name joined, and finds the names by their beginning. */
class JoinsNames extends MinimalStore {
  readonly #values = new Map<string, JsonValue>();
  readonly #mark: string;

  constructor(mark: string) {
    super();
    this.#mark = mark;
  }

  protected override shared(owner: PreparedGetState): ScopeState {
    const begin = this.#beginOf(owner);
    const own = [...this.#values].filter(([name]) => name.startsWith(begin));
    return new Map(own.map(([name, value]) => [name.slice(begin.length), value]));
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    for (const [name, value] of changes) {
      if (value === undefined) this.#values.delete(this.#beginOf(owner) + name);
      else this.#values.set(this.#beginOf(owner) + name, value);
    }
  }

  #beginOf(owner: PreparedGetState): string {
    const parts = owner.scope === 'app' ? [owner.appName] : [owner.appName, owner.userId];
    return `${owner.scope}:${parts.join('\n')}${this.#mark}`;
  }
}

/** Makes other names of the keys of a session, or of a user. */
class Renames extends MinimalStore {
  readonly #rename: Readonly<Partial<Record<keyof StoredState, (name: string) => string>>>;

  constructor(rename: Readonly<Partial<Record<keyof StoredState, (name: string) => string>>>) {
    super();
    this.#rename = rename;
  }

  protected override stateOf(session: MinimalSession): StoredState {
    const state = super.stateOf(session);
    const renamed = (scope: keyof StoredState): ScopeState => {
      const rename = this.#rename[scope] ?? ((name) => name);
      return new Map([...state[scope]].map(([name, value]) => [rename(name), value]));
    };
    return { session: renamed('session'), user: renamed('user'), app: renamed('app') };
  }
}

class HasOneStateForAUserNamedApp extends MinimalStore {
  protected override addressOfState(owner: PreparedGetState): string {
    return `${owner.appName}\n${owner.scope === 'user' ? owner.userId : 'app'}`;
  }
}

class ListsUsersByPrefix extends MinimalStore {
  protected override sessionsOf(list: Parameters<MinimalStore['sessionsOf']>[0]): MinimalSession[] {
    const { appName, userId = '' } = list;
    return super
      .sessionsOf({ appName, userId: undefined })
      .filter(({ key }) => key.userId.startsWith(userId));
  }
}

const sessionsApart =
  'keeps sessions apart whose ids are joined to the same string at other places';
const eventsApart = 'keeps events apart whose session and id make the same string when joined';
const deletesOne = 'deletes the session with the id, and none whose id only begins with it';
const ownersApart =
  'keeps states of users and apps apart whose ids make the same string when joined';
const namesApart = 'keeps state keys apart which make the same string when joined to their owner';
const scopesApart =
  'keeps a session key apart from that of its user, and of its app, by any prefix';
const reserved = 'treats ids that a store might use itself as ordinary ones';

export const brokenSeparators: readonly BrokenService[] = [
  ...['', '/', '|', ':user:'].map((mark) => ({
    fault: `joins the three ids with "${mark}"`,
    failsAt: sessionsApart,
    create: () => over(new Joins(mark)),
  })),
  {
    fault: 'lists users that begin with the id',
    failsAt: sessionsApart,
    create: () => over(new ListsUsersByPrefix()),
  },
  ...['', ':', '/'].map((mark) => ({
    fault: `joins session and event id with "${mark}"`,
    failsAt: eventsApart,
    create: () => over(new JoinsEventIds(mark)),
  })),
  ...['', ':', '/'].map((end) => ({
    fault: `deletes all whose id begins with the session's and "${end}"`,
    failsAt: deletesOne,
    create: () => over(new DeletesByPrefix(end)),
  })),
  ...['', ':', '-'].map((mark) => ({
    fault: `joins app and user with "${mark}" for their state`,
    failsAt: ownersApart,
    create: () =>
      over(
        new JoinsOwners((owner) =>
          owner.scope === 'app'
            ? `a\n${owner.appName}`
            : `u\n${owner.appName}${mark}${owner.userId}`,
        ),
      ),
  })),
  {
    fault: 'has states of apps and users by names of one kind',
    failsAt: ownersApart,
    create: () =>
      over(
        new JoinsOwners((owner) =>
          owner.scope === 'app' ? owner.appName : `${owner.appName}:${owner.userId}`,
        ),
      ),
  },
  ...['', ':', '|'].map((mark) => ({
    fault: `joins owner and name of a state with "${mark}"`,
    failsAt: namesApart,
    create: () => over(new JoinsNames(mark)),
  })),
  {
    fault: 'takes off a prefix that a key of a session has of its own',
    failsAt: scopesApart,
    create: () => over(new Renames({ session: (name) => name.replace(/^session:/, '') })),
  },
  {
    fault: 'takes off two prefixes of a user key',
    failsAt: scopesApart,
    create: () => over(new Renames({ user: (name) => name.replace(/^(user|app):/, '') })),
  },
  {
    fault: 'takes what is behind the last colon for the name of an app key',
    failsAt: scopesApart,
    create: () => over(new Renames({ app: (name) => name.slice(name.lastIndexOf(':') + 1) })),
  },
  {
    fault: 'has one state for the app and a user with the id `app`',
    failsAt: reserved,
    create: () => over(new HasOneStateForAUserNamedApp()),
  },
  {
    fault: 'has one state for the app and a user with the id `app`, without sessions',
    failsAt:
      'keeps the state of users whose ids a store might use itself apart from all other state',
    create: () => over(new HasOneStateForAUserNamedApp()),
  },
];
