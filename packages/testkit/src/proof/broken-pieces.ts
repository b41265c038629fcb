import type {
  AppendOutcome,
  PreparedAppend,
  PreparedUpdateState,
  ScopeState,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import { BeforeTheCommit, InTwoCommits, inTable, notInTable } from './ground/in-commits.ts';
import type { RowDatabase, RowWrite } from './ground/row-database.ts';
import type { Head } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore } from './ground/row-store.ts';

const isRemoved = (write: RowWrite) => inTable('list', 'all')(write) && write.value === undefined;

/** Appends the events of a batch one by one. */
class AppendsOneByOne extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    let outcome: AppendOutcome = { type: 'missing' };
    for (const [i, event] of append.events.entries()) {
      const changes =
        i === 0 ? append.changes : { session: new Map(), user: new Map(), app: new Map() };
      outcome = await super.append({
        ...append,
        events: [event],
        changes,
        expectedRevision: i === 0 ? append.expectedRevision : undefined,
      });
      if (outcome.type !== 'written') return outcome;
    }
    return outcome;
  }
}

/** Updates the keys of a state one by one. */
class UpdatesOneByOne extends RowStore {
  override async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    for (const change of changes) {
      await super.updateState({ owner, changes: new Map([change]) });
    }
    return this.getState(owner);
  }
}

/** Moves a session in some of its lists only. */
class MovesIn extends RowStore {
  readonly #moved: 'list' | 'all';

  constructor(database: RowDatabase, moved: 'list' | 'all') {
    super(database);
    this.#moved = moved;
  }

  protected override indexRows(before: Head | undefined, after: Head | undefined) {
    const rows = super.indexRows(before, after);
    const isMove = before !== undefined && after !== undefined;
    return isMove ? rows.filter(inTable(this.#moved)) : rows;
  }
}

/** Leaves a session at its old place in the lists, too. */
class LeavesTheOldPlace extends RowStore {
  protected override indexRows(before: Head | undefined, after: Head | undefined) {
    return super.indexRows(after === undefined ? before : undefined, after);
  }
}

/** What is written in several steps. */
export const brokenPieces: readonly BrokenService[] = [
  {
    fault: 'writes a new session before its own state',
    failsAt: 'gives all of many racing `getOrCreate` the same session',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'create', isLater: inTable('session') })),
  },
  {
    fault: "writes a new session before its user's state",
    failsAt: 'shows a new session with all of its initial state, or not at all',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'create', isLater: inTable('user') })),
  },
  {
    fault: "writes a new session before its app's state",
    failsAt: 'shows a new session with all of its initial `app:` state, or not at all',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'create', isLater: inTable('app') })),
  },
  {
    fault: 'writes a new session before its place in the lists',
    failsAt: 'shows a new session with all of its initial state, or not at all',
    ...onRows(
      (rows) =>
        new InTwoCommits(rows, { call: 'create', isLater: inTable('list', 'all'), between: 6 }),
    ),
  },
  {
    fault: 'writes an event before the state that it changes',
    failsAt: 'shows an event and its state change together',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('session') })),
  },
  {
    fault: "writes an event before the user's state that it changes",
    failsAt:
      'gives events, revision, state and time of one moment, for any window, on two instances',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('user') })),
  },
  {
    fault: "writes an event before the app's state that it changes",
    failsAt: "shows `user:` and `app:` keys that another session's append changes together",
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('app') })),
  },
  {
    fault: 'writes the number of events before the events',
    failsAt: 'shows an event and its state change together',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('events') })),
  },
  {
    fault: 'writes events before their ids',
    failsAt: 'appends all or none of each of many racing batches that have events in common',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('ids') })),
  },
  {
    fault: 'moves a session in the lists after an append',
    failsAt: 'lists the revision, state, time and place of each session as of one moment',
    ...onRows(
      (rows) => new InTwoCommits(rows, { call: 'append', isLater: inTable('list', 'all') }),
    ),
  },
  {
    fault: 'takes a session from its old place in the lists after an append',
    failsAt: 'moves each session to the time of its latest event, however they race',
    ...onRows((rows) => new InTwoCommits(rows, { call: 'append', isLater: isRemoved })),
  },
  {
    fault: 'takes a session from its old place in the lists before an append',
    failsAt: 'lists the keys of one append together for all users, too',
    ...onRows(
      (rows) =>
        new BeforeTheCommit(rows, { call: 'append', isLater: (write) => !isRemoved(write) }),
    ),
  },
  {
    fault: 'writes events before it knows whether it may',
    failsAt: 'leaves nothing of a session that is deleted while others append',
    ...onRows(
      (rows) => new BeforeTheCommit(rows, { call: 'append', isLater: notInTable('events', 'ids') }),
    ),
  },
  {
    fault: 'writes state before it knows whether it may append',
    failsAt: 'lets one of many appends that expect the same revision win, on two instances',
    ...onRows(
      (rows) =>
        new BeforeTheCommit(rows, { call: 'append', isLater: notInTable('session', 'user') }),
    ),
  },
  {
    fault: 'writes state before it knows whether it may create',
    failsAt: 'lets one of many racing creates win, whose state is kept',
    ...onRows(
      (rows) =>
        new BeforeTheCommit(rows, { call: 'create', isLater: notInTable('session', 'user') }),
    ),
  },
  {
    fault: 'appends the events of a batch one by one',
    failsAt: 'keeps the events of parallel batches together',
    ...onRows((rows) => new AppendsOneByOne(rows)),
  },
  {
    fault: 'updates the keys of a state one by one',
    failsAt: "shows all that `updateState` changes of a user's state, or nothing of it",
    ...onRows((rows) => new UpdatesOneByOne(rows)),
  },
  {
    fault: 'moves a session in the list of its user only',
    failsAt: 'moves each session to the time of its latest event, however they race',
    ...onRows((rows) => new MovesIn(rows, 'list')),
  },
  {
    fault: 'moves a session in the list of all users only',
    failsAt: 'begins with the session that was updated last',
    ...onRows((rows) => new MovesIn(rows, 'all')),
  },
  {
    fault: 'leaves a session at its old place in the lists',
    failsAt: 'summarizes a session, without its events and its state',
    ...onRows((rows) => new LeavesTheOldPlace(rows)),
  },
];
