import type { ForkOutcome, PreparedFork } from '@holdfast/session/store';
import { EMPTY_SCOPE, foldDeltas } from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';
import { editEvents, type ForkContext, SpoilingStore, type Spoils } from './spoiling-store.ts';

type Spoil = NonNullable<Spoils['fork']>;

/** Asks for another fork than it was asked for. */
class ForksElsewhere extends CompleteStore {
  readonly #change: (fork: PreparedFork) => PreparedFork;

  constructor(change: (fork: PreparedFork) => PreparedFork) {
    super();
    this.#change = change;
  }

  override fork(fork: PreparedFork): Promise<ForkOutcome> {
    return super.fork(this.#change(fork));
  }
}

/** Applies what the copied events did once more: to the user and the app. */
class AppliesTheEventsAgain extends CompleteStore {
  protected override copyInto(session: DetailedSession, context: ForkContext): void {
    super.copyInto(session, context);
    const changes = foldDeltas(session.events.map(({ actions }) => actions));
    this.change(session, { ...changes, session: new Map() });
  }
}

class ReplacesWhatIsThere extends CompleteStore {
  override async fork(fork: PreparedFork): Promise<ForkOutcome> {
    const there = this.find(fork.create.key);
    if (there !== undefined) this.remove(there);
    return super.fork(fork);
  }
}

class ForksStepByStep extends CompleteStore {
  override async fork(fork: PreparedFork): Promise<ForkOutcome> {
    const source = this.alive(fork.source, fork.create.createTime);
    if (source?.incarnation !== fork.sourceIncarnation) return 'changed';
    if (this.find(fork.create.key) !== undefined) return 'exists';
    const session = this.add(fork.create);
    await otherCalls();
    this.copyInto(session, { source, fork });
    return 'forked';
  }
}

class LooksBeforeItForks extends CompleteStore {
  override async fork(fork: PreparedFork): Promise<ForkOutcome> {
    if (this.find(fork.create.key) !== undefined) return 'exists';
    await otherCalls();
    const there = this.find(fork.create.key);
    if (there !== undefined) this.remove(there);
    return super.fork(fork);
  }
}

/** Deletes the forks of what it deletes. */
class DeletesForksToo extends CompleteStore {
  protected override remove(session: DetailedSession): void {
    super.remove(session);
    for (const other of this.sessionsOf(session.key)) {
      if (other.details.forkedFrom?.sessionId === session.key.sessionId) super.remove(other);
    }
  }
}

function sharesItsState(session: DetailedSession, { source }: ForkContext): void {
  Object.defineProperty(session, 'state', {
    get: () => source.state,
    set: (state) => {
      source.state = state;
    },
  });
}

function sharesItsDetails(session: DetailedSession, { source }: ForkContext): void {
  const { labels } = source.details;
  session.details = { ...session.details, labels: { ...labels, ...session.details.labels } };
}

function givesNewIds(session: DetailedSession): void {
  editEvents(session, (event) => ({ ...event, id: `${event.id}-copy` }));
}

function spoiling(spoil: Spoil): BrokenService['create'] {
  return () => over(new SpoilingStore({ fork: spoil }));
}

export const brokenForks: readonly BrokenService[] = [
  {
    fault: 'gives the events of a fork other ids',
    failsAt: 'has the first events, with the same ids, the same `seq` and the same bytes',
    create: spoiling(givesNewIds),
  },
  {
    fault: 'gives the events of a fork the time of the fork',
    failsAt: 'has the first events, with the same ids, the same `seq` and the same bytes',
    create: spoiling((session) =>
      editEvents(session, (event) => ({ ...event, timestamp: session.createTime })),
    ),
  },
  {
    fault: 'numbers the events of a fork from the last one of its source on',
    failsAt: 'has the first events, with the same ids, the same `seq` and the same bytes',
    create: spoiling((session, { source }) =>
      editEvents(session, (event) => ({
        ...event,
        seq: (event.seq ?? 0) + source.events.length,
      })),
    ),
  },
  {
    fault: 'leaves the events of a fork marked as those of its source',
    failsAt: 'gives a watcher the events that it was made with, and those of its own',
    create: spoiling(({ events }, { source }) => {
      events.splice(0, events.length, ...source.events.slice(0, events.length));
    }),
  },
  {
    fault: 'shares the events between a session and its fork',
    failsAt: 'has events of its own: those that one session gets do not go on with another',
    create: spoiling((session, { source, fork }) => {
      if (fork.throughSeq < source.events.length) return;
      Object.assign(session, { events: source.events });
    }),
  },
  {
    fault: 'shares the state between a session and its fork',
    failsAt: 'goes its own way: what one session gets, the other does not',
    create: spoiling(sharesItsState),
  },
  {
    fault: 'gives a fork the labels of its source',
    failsAt: 'has labels of its own, none of those that it was made of',
    create: spoiling(sharesItsDetails),
  },
  {
    fault: 'gives a fork the expiry of its source',
    failsAt: 'does not give a fork the expiry of its source',
    create: spoiling((session, { source }) => {
      session.details = { ...session.details, expires: source.details.expires };
      session.expireTime = source.expireTime;
    }),
  },
  {
    fault: 'gives a fork the state that its source has now',
    failsAt: 'has the state as it was then: what was given, null, removed, and set again',
    create: spoiling((session, { source }) => {
      session.state = source.state;
    }),
  },
  {
    fault: 'gives a fork what its source began with',
    failsAt: 'has the state as it was then: what was given, null, removed, and set again',
    create: spoiling((session, { source }) => {
      session.state = source.initialState ?? EMPTY_SCOPE;
    }),
  },
  {
    fault: 'leaves nulls out of the state of a fork',
    failsAt: 'has the state as it was then: what was given, null, removed, and set again',
    create: spoiling((session) => {
      session.state = new Map([...session.state].filter(([, value]) => value !== null));
    }),
  },
  {
    fault: 'takes what a fork begins with for its initial state',
    failsAt: 'can be forked in its turn, also before the point where it was made',
    create: spoiling((session, { fork }) => {
      session.initialState = fork.create.state.session;
    }),
  },
  {
    fault: 'forgets the initial state of a fork',
    failsAt: 'can be forked in its turn, also before the point where it was made',
    create: spoiling((session) => {
      session.initialState = EMPTY_SCOPE;
    }),
  },
  {
    fault: 'does not say where a session was forked from',
    failsAt: 'gives a new session of the same user, which says where it comes from',
    create: spoiling((session) => {
      session.details = { ...session.details, forkedFrom: undefined };
    }),
  },
  {
    fault: 'says of the fork of a fork that it is one of the first session',
    failsAt: 'can be forked in its turn, also before the point where it was made',
    create: spoiling((session, { source }) => {
      const { forkedFrom = session.details.forkedFrom } = source.details;
      session.details = { ...session.details, forkedFrom };
    }),
  },
  {
    fault: 'touches the session that it forks',
    failsAt: 'leaves the session that it is made of as it is, to the byte',
    create: spoiling((session, { source }) => {
      source.lastUpdateTime = Math.max(source.lastUpdateTime, session.createTime) + 1;
    }),
  },
  {
    fault: 'notes forks among the labels of their source',
    failsAt: 'leaves the session that it is made of as it is, to the byte',
    create: spoiling((session, { source }) => {
      const labels = { ...source.details.labels, fork: session.key.sessionId };
      source.details = { ...source.details, labels };
    }),
  },
  {
    fault: 'takes the creation of a fork for its last update',
    failsAt: 'was last updated at the latest of its events, or at its creation',
    create: spoiling((session) => {
      session.lastUpdateTime = session.createTime;
    }),
  },
  {
    fault: 'gives a fork the creation of its source',
    failsAt: 'was last updated at the latest of its events, or at its creation',
    create: spoiling((session, { source }) => {
      Object.assign(session, { createTime: source.createTime, lastUpdateTime: source.createTime });
    }),
  },
  {
    fault: 'loads all events of a fork as active ones',
    failsAt: 'is taken along by a fork, with the summary that was in force there',
    create: spoiling((session) => {
      session.activeFrom = 1;
    }),
  },
  {
    fault: 'gives a fork the place of the last summary, which is behind its end',
    failsAt: 'is taken along by a fork, with the summary that was in force there',
    create: spoiling((session, { source }) => {
      session.activeFrom = source.activeFrom;
    }),
  },
  {
    fault: 'holds a fork for the turn that its source is held for',
    failsAt: 'is not held for the turn of the session that it is made of',
    create: spoiling((session, { source }) => {
      session.turn = source.turn;
    }),
  },
  {
    fault: 'leaves the last event out of a fork',
    failsAt: 'has the first events, with the same ids, the same `seq` and the same bytes',
    create: () =>
      over(
        new ForksElsewhere((fork) => ({ ...fork, throughSeq: Math.max(0, fork.throughSeq - 1) })),
      ),
  },
  {
    fault: 'copies one event too many',
    failsAt: 'has the first events, with the same ids, the same `seq` and the same bytes',
    create: () =>
      over(new ForksElsewhere((fork) => ({ ...fork, throughSeq: fork.throughSeq + 1 }))),
  },
  {
    fault: 'applies `user:` and `app:` keys of copied events again',
    failsAt: 'does not do again what its events did to `user:` and `app:` keys',
    create: () => over(new AppliesTheEventsAgain()),
  },
  {
    fault: 'replaces a session by a fork with its id',
    failsAt: 'is `already_exists` if the id is taken, and changes nothing',
    create: () => over(new ReplacesWhatIsThere()),
  },
  {
    fault: 'shows a fork before its events are there',
    failsAt: 'never shows a fork in part',
    create: () => over(new ForksStepByStep()),
  },
  {
    fault: 'looks for the id of a fork some time before it forks',
    failsAt: 'makes one fork if many race for one id, and makes it as a whole',
    create: () => over(new LooksBeforeItForks()),
  },
  {
    fault: 'deletes the forks of a session with it',
    failsAt: 'stays whole when the session that it was made of is deleted, and the other way round',
    create: () => over(new DeletesForksToo()),
  },
];
