import type { Event } from '@holdfast/session';
import type {
  AppendOutcome,
  EventKey,
  FoundEvent,
  PreparedAppend,
  PreparedGet,
  SessionSnapshot,
} from '@holdfast/session/store';
import { EMPTY_SCOPE } from '@holdfast/state/internal';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';
import { SpoilingStore } from './spoiling-store.ts';

/** Looks for an event among others than those of the session. */
class FindsAmong extends CompleteStore {
  readonly #among: (all: readonly DetailedSession[], session: DetailedSession) => readonly Event[];

  constructor(
    among: (all: readonly DetailedSession[], session: DetailedSession) => readonly Event[],
  ) {
    super();
    this.#among = among;
  }

  override async findEvent({ key, eventId }: EventKey): Promise<FoundEvent | undefined> {
    const session = this.find(key);
    if (session === undefined) return undefined;
    const events = this.#among([...this.sessions.values()], session);
    const { expireTime } = session;
    return { event: events.find(({ id }) => id === eventId), expireTime };
  }
}

class FindsInMissing extends CompleteStore {
  override async findEvent(find: EventKey): Promise<FoundEvent | undefined> {
    return (await super.findEvent(find)) ?? { event: undefined };
  }
}

class IsMissingForAnUnknownId extends CompleteStore {
  override async findEvent(find: EventKey): Promise<FoundEvent | undefined> {
    const found = await super.findEvent(find);
    return found?.event === undefined ? undefined : found;
  }
}

/** Begins the active events where it likes. */
function activeFrom(
  place: (session: DetailedSession, given: number) => number,
): BrokenService['create'] {
  return () =>
    over(
      new SpoilingStore({
        append(session, append) {
          if (append.activeFrom === undefined) return;
          session.activeFrom = place(session, append.activeFrom);
        },
      }),
    );
}

/** Has no place from which events are active. */
class LoadsAll extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get({ ...get, active: false });
    return snapshot && { ...snapshot, activeFrom: 1 };
  }
}

class CountsWindowsFromTheSummary extends CompleteStore {
  override get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const { active, numRecentEvents } = get;
    return super.get(
      active && numRecentEvents === 0 ? { ...get, numRecentEvents: undefined } : get,
    );
  }
}

/** Never leaves an event out that is behind the first summary. */
class KeepsTheFirstSummary extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const { activeFrom: first } = session;
    const outcome = super.write(session, append);
    if (first > 1) session.activeFrom = first;
    return outcome;
  }
}

class GivesNoStateAtFirst extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && get.includeInitialState
      ? { ...snapshot, initialState: EMPTY_SCOPE }
      : snapshot;
  }
}

class LoadsAllWithATime extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const isTimed = get.afterTimestamp !== undefined;
    return super.get(isTimed ? { ...get, active: false } : get);
  }
}

export const brokenFinds: readonly BrokenService[] = [
  {
    fault: "finds another session's event",
    failsAt: 'never finds the event of another session, user or app by its id',
    create: () => over(new FindsAmong((all) => all.flatMap(({ events }) => events))),
  },
  {
    fault: "finds events of the user's other sessions",
    failsAt: 'never finds the event of another session, user or app by its id',
    create: () =>
      over(
        new FindsAmong((all, { key }) =>
          all
            .filter((each) => each.key.appName === key.appName && each.key.userId === key.userId)
            .flatMap(({ events }) => events),
        ),
      ),
  },
  {
    fault: 'finds events of sessions of the same id',
    failsAt: 'never finds the event of another session, user or app by its id',
    create: () =>
      over(
        new FindsAmong((all, { key }) =>
          all
            .filter((each) => each.key.sessionId === key.sessionId)
            .flatMap(({ events }) => events),
        ),
      ),
  },
  {
    fault: 'finds the last 100 events only',
    failsAt: 'finds an event however many came after it',
    create: () => over(new FindsAmong((_, { events }) => events.slice(-100))),
  },
  {
    fault: 'finds active events only',
    failsAt: 'brings the summary before back when one is retracted, by its id',
    create: () => over(new FindsAmong((_, { events, activeFrom: from }) => events.slice(from - 1))),
  },
  {
    fault: 'finds no event of a session that does not exist, and says nothing',
    failsAt: 'is `not_found` for an event of a session that does not exist',
    create: () => over(new FindsInMissing()),
  },
  {
    fault: 'is `not_found` for an id that no event has',
    failsAt: 'gives undefined for an id that the session does not have',
    create: () => over(new IsMissingForAnUnknownId()),
  },
  {
    fault: 'loses what came between the range of a summary and the summary',
    failsAt: 'keeps what is appended while a summary is made, and a summary that comes late',
    create: activeFrom((session) => session.events.length),
  },
  {
    fault: 'loads nothing but what is behind the summary',
    failsAt: 'loads the last summary and what is behind what it covers',
    create: activeFrom((session) => session.events.length + 1),
  },
  {
    fault: 'loads the last event that a summary covers',
    failsAt: 'loads the last summary and what is behind what it covers',
    create: activeFrom((_, given) => Math.max(1, given - 1)),
  },
  {
    fault: 'loads all events as active ones',
    failsAt: 'loads the last summary and what is behind what it covers',
    create: () => over(new LoadsAll()),
  },
  {
    fault: 'keeps to the first of several summaries',
    failsAt: 'goes on with a second summary, and a third, alone and in a batch',
    create: () => over(new KeepsTheFirstSummary()),
  },
  {
    fault: 'loads active events for `numRecentEvents: 0`',
    failsAt: 'intersects with the other windows',
    create: () => over(new CountsWindowsFromTheSummary()),
  },
  {
    fault: 'loads events before the summary if a time is given',
    failsAt: 'intersects with the other windows',
    create: () => over(new LoadsAllWithATime()),
  },
  {
    fault: 'gives an empty initial state',
    failsAt: 'gives the state that the session began with, for `includeInitialState`',
    create: () => over(new GivesNoStateAtFirst()),
  },
  {
    fault: 'appends to a missing session without `ifMissing`',
    failsAt:
      "is `not_found` for a session that is missing, by default and for `ifMissing: 'refuse'`",
    create: () =>
      faulty(
        {
          appendEvent: (next, request) => next({ ...request, ifMissing: 'create' }),
          appendEvents: (next, request) => next({ ...request, ifMissing: 'create' }),
        },
        new CompleteStore(),
      ),
  },
  {
    fault: 'creates no session for a batch',
    failsAt: "creates it for a batch, and appends to one that is there, for `ifMissing: 'create'`",
    create: () =>
      faulty(
        { appendEvents: (next, request) => next({ ...request, ifMissing: undefined }) },
        new CompleteStore(),
      ),
  },
];
