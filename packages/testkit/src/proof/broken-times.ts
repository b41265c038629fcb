import type { Event, SessionService } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedGet,
  PreparedList,
  SessionSnapshot,
  SharedState,
  StoredPage,
} from '@holdfast/session/store';
import { type BrokenService, faulty, over, unless } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

type Clock = (time: number) => number;

/** Keeps the time of a creation in another form. */
class RoundsCreations extends MinimalStore {
  readonly #round: Clock;

  constructor(round: Clock) {
    super();
    this.#round = round;
  }

  override create(create: PreparedCreate): Promise<SharedState | undefined> {
    return super.create({ ...create, createTime: this.#round(create.createTime) });
  }
}

/** Keeps the times of events in another form. */
class RoundsEvents extends MinimalStore {
  readonly #round: Clock;

  constructor(round: Clock) {
    super();
    this.#round = round;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const events = this.find(append.key)?.events ?? [];
    for (const [i, event] of events.entries()) {
      const timestamp = this.#round(event.timestamp);
      if (timestamp !== event.timestamp) events[i] = Object.freeze({ ...event, timestamp });
    }
    return outcome;
  }
}

/** Finds another `lastUpdateTime` for an append. */
class MovesWrongly extends MinimalStore {
  readonly #timeOf: (events: readonly Event[], latest: number) => number;

  constructor(timeOf: (events: readonly Event[], latest: number) => number) {
    super();
    this.#timeOf = timeOf;
  }

  override append(append: PreparedAppend): Promise<AppendOutcome> {
    const latestTimestamp = this.#timeOf(append.events, append.latestTimestamp);
    return super.append({ ...append, latestTimestamp });
  }
}

/** Compares times in another form than that of a number. */
class FiltersWrongly extends MinimalStore {
  readonly #isAfter: (time: number, after: number) => boolean;

  constructor(isAfter: (time: number, after: number) => boolean) {
    super();
    this.#isAfter = isAfter;
  }

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const { afterTimestamp, ...rest } = get;
    const snapshot = await super.get({ ...rest, afterTimestamp: undefined });
    if (snapshot === undefined || afterTimestamp === undefined) return snapshot;
    const events = snapshot.events.filter((each) => this.#isAfter(each.timestamp, afterTimestamp));
    return { ...snapshot, events };
  }
}

class CountsAfterTheTime extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get({ ...get, numRecentEvents: undefined });
    const { numRecentEvents } = get;
    if (snapshot === undefined || numRecentEvents === undefined) return snapshot;
    const events = numRecentEvents === 0 ? [] : snapshot.events.slice(-numRecentEvents);
    return { ...snapshot, events };
  }
}

/** Orders lists by another form of the time. */
class OrdersBy extends MinimalStore {
  readonly #form: (time: number) => number | string;

  constructor(form: (time: number) => number | string) {
    super();
    this.#form = form;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list({ ...list, limit: 1000, after: undefined });
    const direction = list.order === 'asc' ? 1 : -1;
    const compare = (a: MinimalTimes, b: MinimalTimes) => {
      const [x, y] = [this.#form(a.lastUpdateTime), this.#form(b.lastUpdateTime)];
      return x === y ? 0 : (x < y ? -1 : 1) * direction;
    };
    const sessions = [...page.sessions].sort(compare);
    return { ...page, sessions: sessions.slice(0, list.limit) };
  }
}

type MinimalTimes = Pick<MinimalSession, 'lastUpdateTime'>;

class CreatesAgainWhenRead extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && { ...snapshot, createTime: snapshot.lastUpdateTime };
  }
}

/** Takes an event for a retry although its time is another one. */
function ignoresTimes(isSame: (a: number, b: number) => boolean): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      appendEvent: (next, request) =>
        unless(() => next(request), {
          code: 'already_exists',
          async instead(error) {
            const { events } = await another.listEvents(request);
            const stored = events.find(({ id }) => id === request.event.id);
            if (stored && isSame(stored.timestamp, request.event.timestamp ?? 0)) return stored;
            throw error;
          },
        }),
    },
    store,
  );
}

const seconds: Clock = (time) => Math.floor(time / 1000) * 1000;
const tens: Clock = (time) => Math.round(time / 10) * 10;

const creation = 'keeps the ms of the creation, as the clock of the caller shows them';
const everyTime = 'keeps the ms of every timestamp, from the earliest to the latest';
const byTheMs = 'takes `afterTimestamp` by the ms, for times of every size';
const ordered = 'orders sessions by the ms of their last update, whatever the size of the times';
const moved = 'moves `lastUpdateTime` by a single ms, and to times of every size';
const movedByBatch = 'moves `lastUpdateTime` to the latest event of a batch, wherever it stands';
const kept = 'keeps `lastUpdateTime` at the creation for events that are earlier, even of time 0';
const retried = 'is `already_exists` for an event whose time differs by a ms, or is 0';

export const brokenTimes: readonly BrokenService[] = [
  {
    fault: 'keeps the seconds of a creation',
    failsAt: creation,
    create: () => over(new RoundsCreations(seconds)),
  },
  {
    fault: 'rounds creations to 10 ms',
    failsAt: creation,
    create: () => over(new RoundsCreations(tens)),
  },
  {
    fault: 'takes the time of a creation from a clock that is an hour ahead',
    failsAt: creation,
    create: () => over(new RoundsCreations((time) => time + 3_600_000)),
  },
  {
    fault: 'moves the time of a creation with later events',
    failsAt: 'keeps the ms of a creation by `getOrCreate`, which later calls leave as it was',
    create: () => over(new CreatesAgainWhenRead()),
  },
  {
    fault: 'keeps the seconds of an event',
    failsAt: everyTime,
    create: () => over(new RoundsEvents(seconds)),
  },
  {
    fault: 'rounds the times of events to 10 ms, also if the service gave them',
    failsAt: 'gives an event without a timestamp the ms of the append',
    create: () => over(new RoundsEvents((time) => Math.floor(time / 10) * 10)),
  },
  {
    fault: 'keeps seconds in 32 bits',
    failsAt: everyTime,
    create: () => over(new RoundsEvents((time) => Math.min(time, 2 ** 32 * 1000 - 1))),
  },
  {
    fault: 'knows no year beyond 9999',
    failsAt: everyTime,
    create: () => over(new RoundsEvents((time) => Math.min(time, 253_402_300_799_999))),
  },
  {
    fault: 'keeps times as ns in 64 bits',
    failsAt: everyTime,
    create: () => over(new RoundsEvents((time) => Math.min(time, 9_223_372_036_854))),
  },
  {
    fault: 'takes the time 0 for none',
    failsAt: kept,
    create: () => over(new RoundsEvents((time) => time || Date.now())),
  },
  {
    fault: 'moves `lastUpdateTime` by whole seconds',
    failsAt: moved,
    create: () => over(new MovesWrongly((_, latest) => seconds(latest))),
  },
  {
    fault: 'moves `lastUpdateTime` to the last event of a batch',
    failsAt: movedByBatch,
    create: () => over(new MovesWrongly((events) => events.at(-1)?.timestamp ?? 0)),
  },
  {
    fault: 'moves `lastUpdateTime` to the first event of a batch',
    failsAt: movedByBatch,
    create: () => over(new MovesWrongly((events) => events[0]?.timestamp ?? 0)),
  },
  {
    fault: 'updates a session at an hour from now by an event of time 0',
    failsAt: kept,
    create: () =>
      over(
        new MovesWrongly((events, latest) =>
          events[0]?.timestamp === 0 ? Date.now() + 3_600_000 : latest,
        ),
      ),
  },
  {
    fault: 'takes an event of the same second for a retry',
    failsAt: retried,
    create: () => ignoresTimes((a, b) => seconds(a) === seconds(b)),
  },
  {
    fault: 'takes any time for that of an event at 0',
    failsAt: retried,
    create: () => ignoresTimes((a) => a === 0),
  },
  {
    fault: 'compares times as texts',
    failsAt: byTheMs,
    create: () => over(new FiltersWrongly((time, after) => `${time}` >= `${after}`)),
  },
  {
    fault: 'compares times by the second',
    failsAt: byTheMs,
    create: () => over(new FiltersWrongly((time, after) => seconds(time) >= seconds(after))),
  },
  {
    fault: 'compares times in 32 bits',
    failsAt: byTheMs,
    create: () => over(new FiltersWrongly((time, after) => (time | 0) >= (after | 0))),
  },
  {
    fault: 'counts recent events after it has filtered by time',
    failsAt:
      'takes `afterTimestamp` by the ms among the last `numRecentEvents`, by `getOrCreate` too',
    create: () => over(new CountsAfterTheTime()),
  },
  {
    fault: 'orders lists by the second',
    failsAt: ordered,
    create: () => over(new OrdersBy(seconds)),
  },
  {
    fault: 'orders lists by times as texts',
    failsAt: ordered,
    create: () => over(new OrdersBy((time) => `${time}`)),
  },
];
