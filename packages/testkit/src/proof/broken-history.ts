import type { Event, SessionKey } from '@holdfast/session';
import type { AppendOutcome, PreparedAppend } from '@holdfast/session/store';
import { type BrokenService, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

type Window = (events: readonly Event[], append: PreparedAppend) => readonly Event[];

/** Looks for ids among a part of the events only. */
class LooksBack extends MinimalStore {
  readonly #window: Window;

  constructor(window: Window) {
    super();
    this.#window = window;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    if (session === undefined) return { type: 'missing' };
    const { incarnation } = session;
    const revision = session.events.length;
    const seen = this.#window(session.events, append);
    const findEvent = (id: string) => seen.find((event) => event.id === id);
    const { expectedRevision = revision, expectedIncarnation = incarnation } = append;
    const isMeant = expectedRevision === revision && expectedIncarnation === incarnation;
    if (append.events.some(({ id }) => findEvent(id)) || !isMeant) {
      return { type: 'refused', revision, incarnation, findEvent };
    }
    return this.write(session, append);
  }

  /** Appends whatever is there. */
  protected async write(session: MinimalSession, append: PreparedAppend): Promise<AppendOutcome> {
    const stored = [...session.events];
    session.events.splice(
      0,
      stored.length,
      ...stored.map((each) => ({ ...each, id: `#${each.seq}` })),
    );
    const outcome = await super.append(append);
    session.events.splice(0, stored.length, ...stored);
    return outcome;
  }
}

function recent(count: number): Window {
  return (events) => events.slice(-count);
}

/** Those of the last hours before the latest. */
function lastHours(hours: number): Window {
  return (events) => {
    const latest = Math.max(0, ...events.map(({ timestamp }) => timestamp));
    return events.filter(({ timestamp }) => timestamp > latest - hours * 3_600_000);
  };
}

/** Says of a refused append where the event stands, not where the session is. */
class SaysTheSeqOfTheEvent extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    if (outcome.type !== 'refused') return outcome;
    const [event] = append.events.flatMap(({ id }) => outcome.findEvent(id) ?? []);
    return { ...outcome, revision: event?.seq ?? outcome.revision };
  }
}

/** Knows the ids of events of more than the session. */
class KnowsIdsOf extends LooksBack {
  readonly #isNear: (a: SessionKey, b: SessionKey) => boolean;

  constructor(isNear: (a: SessionKey, b: SessionKey) => boolean) {
    super((_, { key }) => this.#eventsNear(key));
    this.#isNear = isNear;
  }

  #eventsNear(key: SessionKey): readonly Event[] {
    const near = [...this.sessions.values()].filter((each) => this.#isNear(each.key, key));
    return near.flatMap(({ events }) => events);
  }
}

/** Deletes so many events, and leaves the others to the next session of the id. */
class DeletesSoMany extends MinimalStore {
  readonly #left = new Map<string, Event[]>();
  readonly #count: number;
  readonly #isSeen: boolean;

  constructor(count: number, isSeen: boolean) {
    super();
    this.#count = count;
    this.#isSeen = isSeen;
  }

  override async delete(key: SessionKey): Promise<boolean> {
    this.#left.set(this.address(key), this.find(key)?.events.slice(this.#count) ?? []);
    return super.delete(key);
  }

  protected override find(key: SessionKey): MinimalSession | undefined {
    const session = super.find(key);
    const left = this.#left.get(this.address(key)) ?? [];
    if (session?.events.length === 0 && this.#isSeen) session.events.push(...left);
    return session;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const left = this.#left.get(this.address(append.key)) ?? [];
    const taken = left.find(({ id }) => append.events.some((event) => event.id === id));
    if (taken === undefined) return outcome;
    const session = this.find(append.key);
    const { incarnation = '', events = [] } = session ?? {};
    const findEvent = (id: string) => left.find((event) => event.id === id);
    return { type: 'refused', revision: events.length, incarnation, findEvent };
  }
}

const single = 'recognizes the retry of an event however many came after it';
const taken = 'is `already_exists` for an id with other content however many events came after it';
const batch = 'recognizes the retry of a batch however many events came after it';
const inPart = 'is `already_exists` for a batch that is stored in part, however long ago';
const skipped = "skips what is stored for `onStored: 'skip'`, however long ago";
const oneByOne = 'recognizes each event of a session that was appended one by one';
const fork = 'accepts the event ids of a fork: of another session, with the same and other content';
const again = 'has nothing of a session with many events that was deleted and created again';

export const brokenHistory: readonly BrokenService[] = [
  ...[1, 10, 20, 50, 100, 500, 1000, 2000].map((count) => ({
    fault: `looks for the id of an event among the last ${count}`,
    failsAt: single,
    create: () => over(new LooksBack(recent(count))),
  })),
  {
    fault: 'looks for the id of an event among those of the last hour',
    failsAt: single,
    create: () => over(new LooksBack(lastHours(1))),
  },
  {
    fault: 'looks for the id of an event among those of a day',
    failsAt: single,
    create: () => over(new LooksBack(lastHours(24))),
  },
  {
    fault: 'looks for the id of an event among the first 1,000',
    failsAt: single,
    create: () => over(new LooksBack((events) => events.slice(0, 1000))),
  },
  {
    fault: 'looks for the id of an event among the first and the last 1,000',
    failsAt: single,
    create: () => over(new LooksBack((all) => [...all.slice(0, 1000), ...all.slice(-1000)])),
  },
  {
    fault: 'looks for a taken id among the last 1,000 events',
    failsAt: taken,
    create: () => over(new LooksBack(recent(1000))),
  },
  {
    fault: 'looks for the ids of batches among the last 100 events',
    failsAt: batch,
    create: () =>
      over(
        new LooksBack((events, append) => (append.events.length > 1 ? events.slice(-100) : events)),
      ),
  },
  {
    fault: 'looks only for the first id of a batch in all events',
    failsAt: inPart,
    create: () =>
      over(
        new LooksBack((events, append) =>
          events.filter((each, i) => each.id === append.events[0]?.id || i >= events.length - 10),
        ),
      ),
  },
  {
    fault: 'looks for what is to be skipped among the last 1,000 events',
    failsAt: skipped,
    create: () => over(new LooksBack(recent(1000))),
  },
  {
    fault: 'knows the last event only',
    failsAt: oneByOne,
    create: () => over(new LooksBack(recent(1))),
  },
  {
    fault: 'knows the last ten events only',
    failsAt: oneByOne,
    create: () => over(new LooksBack(recent(10))),
  },
  {
    fault: 'says of a conflict where a stored event stands',
    failsAt: 'says on `conflict` for a stored event which revision the session is at',
    create: () => over(new SaysTheSeqOfTheEvent()),
  },
  {
    fault: 'knows the ids of events of all sessions of a user',
    failsAt: fork,
    create: () => over(new KnowsIdsOf((a, b) => a.appName === b.appName && a.userId === b.userId)),
  },
  {
    fault: 'knows the ids of events of all sessions of an id',
    failsAt: fork,
    create: () => over(new KnowsIdsOf((a, b) => a.sessionId === b.sessionId)),
  },
  {
    fault: 'deletes 1,000 events of a session',
    failsAt: again,
    create: () => over(new DeletesSoMany(1000, true)),
  },
  {
    fault: 'forgets the ids of 2,000 events of a deleted session',
    failsAt: again,
    create: () => over(new DeletesSoMany(2000, false)),
  },
];
