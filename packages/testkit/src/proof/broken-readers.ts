import type { Event } from '@holdfast/session';
import type {
  ListedEvents,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  ScopeState,
  SessionSnapshot,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { RowDatabase, RowRange, RowReader } from './ground/row-database.ts';
import type { Head, StateOwner } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore } from './ground/row-store.ts';

type ReadingCall = 'get' | 'list' | 'listEvents';

/** A call reads one thing after the other, each as it is by then. */
class ReadsTheLatest extends RowStore {
  readonly #call: ReadingCall;
  #reading: ReadingCall | undefined;

  constructor(database: RowDatabase, call: ReadingCall) {
    super(database);
    this.#call = call;
  }

  override get(get: PreparedGet) {
    return this.#as('get', () => super.get(get));
  }

  override list(list: PreparedList) {
    return this.#as('list', () => super.list(list));
  }

  override listEvents(list: PreparedListEvents) {
    return this.#as('listEvents', () => super.listEvents(list));
  }

  /** It is asked for before the call waits for anything. */
  protected override async reader(): Promise<RowReader> {
    return this.#reading === this.#call ? this.database : super.reader();
  }

  #as<T>(call: ReadingCall, read: () => T): T {
    this.#reading = call;
    try {
      return read();
    } finally {
      this.#reading = undefined;
    }
  }
}

type Part = 'head' | 'events' | 'session' | 'user' | 'app' | 'total' | 'listed';

/** One part of what a call reads is of a later moment than the rest. */
class ReadsLate extends RowStore {
  readonly #late: Part;

  constructor(database: RowDatabase, late: Part) {
    super(database);
    this.#late = late;
  }

  protected override events(
    reader: RowReader,
    request: { readonly head: Head; readonly range: RowRange },
  ) {
    return super.events(this.#readerOf('events', reader), request);
  }

  protected override state(reader: RowReader, owner: StateOwner) {
    return super.state(this.#readerOf(owner.scope, reader), owner);
  }

  protected override total(reader: RowReader, list: PreparedList) {
    return super.total(this.#readerOf('total', reader), list);
  }

  protected override listed(reader: RowReader, list: PreparedList) {
    return super.listed(this.#readerOf('listed', reader), list);
  }

  #readerOf(part: Part, reader: RowReader): RowReader {
    return part === this.#late ? this.database : reader;
  }
}

/** As events must fit the revision, it leaves out those that came later. */
class CutsToTheRevision extends RowStore {
  protected override events(
    _reader: RowReader,
    { head, range }: { readonly head: Head; readonly range: RowRange },
  ) {
    const before = [Math.min(Number(range.before?.[0] ?? Infinity), head.revision + 1)];
    return super.events(this.database, { head, range: { ...range, before } });
  }
}

/** The revision is that of the last event that it has found. */
class TakesTheRevisionOfTheEvents extends RowStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const head = await this.head(this.database, get.key);
    if (head === undefined) return undefined;
    const state = await this.states(this.database, get.key);
    const events = await this.events(this.database, { head, range: {} });
    const revision = events.length;
    const first = revision - (get.numRecentEvents ?? revision);
    const { afterTimestamp = 0 } = get;
    const window = events.filter(
      ({ seq = 0, timestamp }) => seq > first && timestamp >= afterTimestamp,
    );
    return { ...head, revision, events: window, state };
  }
}

/** The time of the last update is read after everything else. */
class ReadsTheTimeLast extends RowStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    const head = await this.head(this.database, get.key);
    return snapshot && { ...snapshot, lastUpdateTime: head?.lastUpdateTime ?? 0 };
  }
}

/** Reads events in pages, each as of its own moment, up to the revision. */
class ReadsInPages extends RowStore {
  protected override async window(
    reader: RowReader,
    { head, get }: { readonly head: Head; readonly get: PreparedGet },
  ) {
    if (get.numRecentEvents !== undefined) return super.window(reader, { head, get });
    const events: Event[] = [];
    for (let page: Event[] | undefined; page === undefined || page.length > 0; ) {
      const range = { after: [events.length], before: [head.revision + 1], limit: 100 };
      page = await this.events(this.database, { head, range });
      events.push(...page);
    }
    const { afterTimestamp = 0 } = get;
    return events.filter(({ timestamp }) => timestamp >= afterTimestamp);
  }
}

/** Reads a state in two halves. */
class ReadsStatesInHalves extends RowStore {
  override async getState(owner: PreparedGetState): Promise<ScopeState> {
    const [first, second] = [new Map(await super.getState(owner)), await super.getState(owner)];
    for (const name of [...first.keys()].slice(Math.ceil(first.size / 2))) first.delete(name);
    const names = [...first.keys()];
    return new Map([...first, ...[...second].filter(([name]) => !names.includes(name))]);
  }
}

/** Lists keys first, and then gets each session. */
class GetsEachOfAList extends RowStore {
  override async list(list: PreparedList) {
    const page = await super.list(list);
    const sessions = await Promise.all(
      page.sessions.map(async (listed) => {
        const found = await this.get({
          key: listed.key,
          numRecentEvents: 0,
          afterTimestamp: undefined,
        });
        return found === undefined
          ? listed
          : { ...found, state: list.includeState ? found.state : undefined };
      }),
    );
    return { ...page, sessions };
  }
}

/** Says whether there are more events by what there is a moment later. */
class LooksForMoreLater extends RowStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const page = await super.listEvents({ ...list, count: list.count - 1 });
    if (page === undefined || page.events.length < list.count - 1) return page;
    const reader = await this.reader();
    const head = await this.head(reader, list.key);
    const last = page.events.at(-1)?.seq ?? list.afterSeq;
    const order = list.order === 'asc';
    const range = order
      ? { after: [last], limit: 1, before: [list.beforeSeq] }
      : { before: [last], after: [list.afterSeq], limit: 1, reverse: true };
    if (head === undefined) return page;
    const more = await this.events(reader, { head, range });
    return {
      events: [...page.events, ...more],
      revision: Math.max(page.revision, more[0]?.seq ?? 0),
    };
  }
}

/** What is read of several moments, or of an earlier one than what was acknowledged. */
export const brokenReaders: readonly BrokenService[] = [
  {
    fault: 'reads each part of a session by itself',
    failsAt: 'gives events, revision, state and time of one moment, for any window',
    ...onRows((rows) => new ReadsTheLatest(rows, 'get')),
  },
  {
    fault: 'reads each session of a list by itself',
    failsAt: 'lists the revision, state, time and place of each session as of one moment',
    ...onRows((rows) => new ReadsTheLatest(rows, 'list')),
  },
  {
    fault: 'reads the revision of a page of events before its events',
    failsAt: 'shows a session whole, or not at all, while it is deleted',
    ...onRows((rows) => new ReadsTheLatest(rows, 'listEvents')),
  },
  {
    fault: "reads events after the session's revision",
    failsAt: 'shows all events of a batch and all that they change, or nothing of it',
    ...onRows((rows) => new ReadsLate(rows, 'events')),
  },
  {
    fault: "reads a session's state after the rest",
    failsAt: 'shows an event and its state change together',
    ...onRows((rows) => new ReadsLate(rows, 'session')),
  },
  {
    fault: "reads the user's state after the rest",
    failsAt: "lists a session's own keys and its `user:` keys of the same append together",
    ...onRows((rows) => new ReadsLate(rows, 'user')),
  },
  {
    fault: "reads the app's state after the rest",
    failsAt: 'shows an event and its `app:` keys together',
    ...onRows((rows) => new ReadsLate(rows, 'app')),
  },
  {
    fault: 'counts a list after it was read',
    failsAt: 'lists the sessions that are there, while some come and go',
    ...onRows((rows) => new ReadsLate(rows, 'total')),
  },
  {
    fault: 'reads the index of a list after its sessions',
    failsAt: 'lists the sessions of all users that are there, while some come and go',
    ...onRows((rows) => new ReadsLate(rows, 'listed')),
  },
  {
    fault: 'reads events later, and cuts them to the revision',
    failsAt: 'never mixes a session with the one that had its id before',
    ...onRows((rows) => new CutsToTheRevision(rows)),
  },
  {
    fault: 'takes the number of events that it finds later for the revision',
    failsAt: 'lets a counter be kept by `expectedRevision`, whoever writes meanwhile',
    ...onRows((rows) => new TakesTheRevisionOfTheEvents(rows)),
  },
  {
    fault: 'reads `lastUpdateTime` after the rest',
    failsAt: 'gives events, revision, state and time of one moment, for any window',
    ...onRows((rows) => new ReadsTheTimeLast(rows)),
  },
  {
    fault: 'reads events in pages of several moments',
    failsAt: 'shows a session of hundreds of events whole, or not at all, while it is deleted',
    ...onRows((rows) => new ReadsInPages(rows)),
  },
  {
    fault: 'reads a state in two halves',
    failsAt: "shows all that `updateState` changes of a user's state, or nothing of it",
    ...onRows((rows) => new ReadsStatesInHalves(rows)),
  },
  {
    fault: 'gets each session of a list afterwards',
    failsAt: 'lists the revision, state, time and place of each session as of one moment',
    ...onRows((rows) => new GetsEachOfAList(rows)),
  },
  {
    fault: 'looks a little later whether there are more events',
    failsAt: 'shows a session whole, or not at all, while it is deleted',
    ...onRows((rows) => new LooksForMoreLater(rows)),
  },
];
