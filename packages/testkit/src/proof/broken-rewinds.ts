import type { Event } from '@holdfast/session';
import {
  type AppendOutcome,
  foldState,
  type PreparedAppend,
  type PreparedGet,
  type SessionSnapshot,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, foldDeltas, NO_CHANGES } from '@holdfast/state/internal';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';
import { editEvents, rewindOf, SpoilingStore, type Spoils } from './spoiling-store.ts';

class ForgetsWhatItBeganWith extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && { ...snapshot, initialState: EMPTY_SCOPE };
  }
}

class GivesWhatItHasAsInitial extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && { ...snapshot, initialState: snapshot.state.session };
  }
}

class Truncates extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const toSeq = rewindOf(append);
    if (toSeq !== undefined) session.events.length = toSeq;
    return super.write(session, append);
  }
}

class RemovesNothing extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    if (rewindOf(append) === undefined) return super.write(session, append);
    const kept = [...append.changes.session].filter(([, value]) => value !== undefined);
    const changes = { ...append.changes, session: new Map(kept) };
    return super.write(session, { ...append, changes });
  }
}

class RewindsNoState extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const isRewind = rewindOf(append) !== undefined;
    return super.write(session, isRewind ? { ...append, changes: NO_CHANGES } : append);
  }
}

class NeverGoesBehindASummary extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const { activeFrom = 1 } = append;
    const latest = Math.max(session.activeFrom, activeFrom);
    return super.write(session, { ...append, activeFrom: latest });
  }
}

/** Sets the keys of a user, or of an app, to what the events before the point made of them. */
class TakesBack extends CompleteStore {
  readonly #scope: 'user' | 'app';

  constructor(scope: 'user' | 'app') {
    super();
    this.#scope = scope;
  }

  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const toSeq = rewindOf(append);
    const before = session.events.slice(0, toSeq).map(({ actions }) => actions);
    const shared = { [this.#scope]: foldDeltas(before)[this.#scope] };
    if (toSeq !== undefined) this.change(session, { ...NO_CHANGES, ...shared });
    return super.write(session, append);
  }
}

/** Knows of no key but those that the last events before the point have set. */
function knowsKeysOf(count: number): NonNullable<Spoils['rewind']> {
  return (session, toSeq) => {
    const events = session.events.slice(Math.max(0, toSeq - count), toSeq);
    const known = new Set(events.flatMap(({ actions }) => Object.keys(actions.stateDelta)));
    const unknown = [...session.state.keys()].filter((key) => !known.has(key));
    session.state = foldState(session.state, new Map(unknown.map((key) => [key, null])));
  };
}

/** Keeps an event without some of its actions. */
function dropsActions(...names: readonly string[]): NonNullable<Spoils['append']> {
  return (session) =>
    editEvents(session, (event) => {
      const kept = Object.entries(event.actions).filter(([name]) => !names.includes(name));
      return { ...event, actions: Object.fromEntries(kept) as unknown as Event['actions'] };
    });
}

function spoiling(spoils: Spoils): BrokenService['create'] {
  return () => over(new SpoilingStore(spoils));
}

export const brokenRewinds: readonly BrokenService[] = [
  {
    fault: 'makes null of the initial state when it rewinds',
    failsAt: 'brings back the state as it was: given, null, removed, set again',
    create: spoiling({ rewind: knowsKeysOf(Number.POSITIVE_INFINITY) }),
  },
  {
    fault: 'makes null of keys that none of the last three events has set',
    failsAt: 'knows the state of a long conversation, of which nobody has loaded the events',
    create: spoiling({ rewind: knowsKeysOf(3) }),
  },
  {
    fault: 'forgets what a session began with',
    failsAt: 'brings back the state as it was: given, null, removed, set again',
    create: () => over(new ForgetsWhatItBeganWith()),
  },
  {
    fault: 'takes the present state for the initial one',
    failsAt: 'gives the state that the session began with, for `includeInitialState`',
    create: () => over(new GivesWhatItHasAsInitial()),
  },
  {
    fault: 'does not keep the marker of a rewind',
    failsAt: 'appends a marker that comes back as it was from every call',
    create: spoiling({ append: dropsActions('rewind') }),
  },
  {
    fault: 'does not keep which invocation was rewound',
    failsAt: 'appends a marker that comes back as it was from every call',
    create: spoiling({ append: dropsActions('rewindBeforeInvocationId') }),
  },
  {
    fault: 'does not keep the marker of a retraction',
    failsAt: 'takes events out of the conversation by their ids, and appends a marker that says so',
    create: spoiling({ append: dropsActions('retract') }),
  },
  {
    fault: 'deletes the events that are rewound',
    failsAt: 'appends a marker, and takes nothing away',
    create: () => over(new Truncates()),
  },
  {
    fault: 'sets keys but removes none when it rewinds',
    failsAt: 'brings back the state as it was: given, null, removed, set again',
    create: () => over(new RemovesNothing()),
  },
  {
    fault: 'takes `user:` keys back when it rewinds',
    failsAt: 'does not take back what later events did to `user:` and `app:` keys',
    create: () => over(new TakesBack('user')),
  },
  {
    fault: 'takes `app:` keys back when it rewinds',
    failsAt: 'does not take back what later events did to `user:` and `app:` keys',
    create: () => over(new TakesBack('app')),
  },
  {
    fault: 'rewinds to the point but not its state',
    failsAt: 'brings back the state as it was: given, null, removed, set again',
    create: () => over(new RewindsNoState()),
  },
  {
    fault: 'rewinds labels with the state',
    failsAt: 'leaves the labels of a session as they are',
    create: spoiling({
      rewind(session) {
        session.details = { ...session.details, labels: {} };
      },
    }),
  },
  {
    fault: 'takes the time of the point for the last update after a rewind',
    failsAt: 'never lets `lastUpdateTime` go back, whatever it rewinds',
    create: spoiling({
      rewind(session, toSeq) {
        const times = session.events.slice(0, toSeq).map(({ timestamp }) => timestamp);
        session.lastUpdateTime = Math.max(session.createTime, ...times);
      },
    }),
  },
  {
    fault: 'keeps to a summary that was rewound',
    failsAt: 'brings the summary before back when it is rewound behind one, or none',
    create: () => over(new NeverGoesBehindASummary()),
  },
  {
    fault: 'rewinds whatever revision is expected',
    failsAt: 'is `conflict` if the session has moved on, and changes nothing',
    create: () =>
      faulty(
        { rewind: (next, request) => next({ ...request, expectedRevision: undefined }) },
        new CompleteStore(),
      ),
  },
  {
    fault: 'retracts whatever revision is expected',
    failsAt: 'is `conflict` if the session has moved on, and takes nothing out',
    create: () =>
      faulty(
        { retract: (next, request) => next({ ...request, expectedRevision: undefined }) },
        new CompleteStore(),
      ),
  },
  {
    fault: 'does not keep increments in the event that made them',
    failsAt: 'brings back what increments had made of a key',
    create: spoiling({ append: dropsActions('stateIncrements') }),
  },
];
