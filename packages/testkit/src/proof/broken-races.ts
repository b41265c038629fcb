import { HoldfastError, type SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedUpdateState,
  ScopeState,
  SharedState,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import { inTable } from './ground/in-commits.ts';
import { InstanceLock } from './ground/instance-lock.ts';
import type { RowCommit, RowDatabase, RowReader, RowWrite } from './ground/row-database.ts';
import type { Head } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { type Decision, RowStore, type WritingCall } from './ground/row-store.ts';

/** Writes some of the rows of a call in a commit of their own. */
class WritesApart extends RowStore {
  readonly #call: WritingCall;
  readonly #isLate: (write: RowWrite) => boolean;

  constructor(
    database: RowDatabase,
    { call, isLate }: { readonly call: WritingCall; readonly isLate: (write: RowWrite) => boolean },
  ) {
    super(database);
    this.#call = call;
    this.#isLate = isLate;
  }

  protected override async commit(commit: RowCommit, call: WritingCall) {
    const late = call === this.#call ? commit.writes.filter(this.#isLate) : [];
    if (late.length === 0) return super.commit(commit, call);
    const writes = commit.writes.filter((write) => !late.includes(write));
    let after = await super.commit({ checks: commit.checks, writes }, call);
    if (after === undefined) return undefined;
    for (const write of late) {
      after = (await super.commit({ checks: [], writes: [write] }, call)) ?? after;
    }
    return after;
  }
}

/** Acknowledges before the keys of the app are written. */
class WritesAppsUnawaited extends RowStore {
  protected override async commit(commit: RowCommit, call: WritingCall) {
    const apps = commit.writes.filter(inTable('app'));
    const writes = commit.writes.filter((write) => !apps.includes(write));
    const after = await super.commit({ checks: commit.checks, writes }, call);
    if (after !== undefined) void this.#writeLater(apps);
    return after;
  }

  async #writeLater(writes: readonly RowWrite[]): Promise<void> {
    await this.database.snapshot();
    await this.database.commit({ checks: [], writes });
  }
}

/** Appends a batch event by event. */
class AppendsOneByOne extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append({ ...append, events: append.events.slice(0, 1) });
    const [, ...rest] = append.events;
    if (outcome.type !== 'written' || rest.length === 0) return outcome;
    return this.append({ ...append, events: rest, expectedRevision: undefined });
  }
}

/** Computes from a read of its own what the head of a session says after an append. */
class TakesTheTimeFromBefore extends RowStore {
  readonly #before = new WeakMap<PreparedAppend, number>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const head = await this.head(await this.reader(), append.key);
    this.#before.set(append, head?.lastUpdateTime ?? 0);
    return super.append(append);
  }

  protected override nextHead(head: Head, append: PreparedAppend): Head {
    const before = this.#before.get(append) ?? 0;
    const lastUpdateTime = Math.max(before, append.latestTimestamp);
    return { ...super.nextHead(head, append), lastUpdateTime };
  }
}

/** The session moves in lists from where it was when the append began. */
class MovesFromBefore extends RowStore {
  readonly #before = new Map<string, Head>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const head = await this.head(await this.reader(), append.key);
    if (head !== undefined) this.#before.set(JSON.stringify(append.key), head);
    return super.append(append);
  }

  protected override indexRows(before: Head | undefined, after: Head | undefined) {
    const known = before && this.#before.get(JSON.stringify(before.key));
    return super.indexRows(after === undefined ? before : (known ?? before), after);
  }
}

/** Has one table of event ids for all sessions of a user. */
class SharesIds extends RowStore {
  protected override async decideAppend(
    reader: RowReader,
    append: PreparedAppend,
  ): Promise<Decision<AppendOutcome>> {
    const { appName, userId, sessionId } = append.key;
    const rows = append.events.map(({ id }) => ({
      table: ['ids of', appName, userId],
      key: [id],
      value: sessionId,
    }));
    const found = await Promise.all(rows.map((row) => reader.get(row)));
    if (found.some((row) => row !== undefined && row.value !== sessionId)) {
      throw new HoldfastError('already_exists', { message: 'the event is stored' });
    }
    const decision = await super.decideAppend(reader, append);
    return 'answer' in decision ? decision : { ...decision, writes: [...decision.writes, ...rows] };
  }
}

/** Appends with the whole state of the session, as it was read before the first attempt. */
class AppendsWholeSessions extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key, changes } = append;
    const state = await this.state(await this.reader(), { scope: 'session', ...key });
    const session = new Map([...state, ...changes.session]);
    return super.append({ ...append, changes: { ...changes, session } });
  }
}

/** Creates with all keys of the user, as they were read, and its own. */
class CreatesWholeUsers extends RowStore {
  protected override async decideCreate(
    reader: RowReader,
    create: PreparedCreate,
  ): Promise<Decision<SharedState | undefined>> {
    const user = await this.state(reader, { scope: 'user', ...create.key });
    const state = { ...create.state, user: new Map([...user, ...create.state.user]) };
    return super.decideCreate(reader, { ...create, state });
  }
}

/** Changes the state of the user before it is known that the session can be created. */
class CreatesUsersFirst extends RowStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    if ((await this.head(await this.reader(), create.key)) !== undefined) return undefined;
    const owner = { scope: 'user', ...create.key } as const;
    await super.updateState({ owner, changes: create.state.user });
    return super.create(create);
  }
}

/** Deletes that are asked for at the same time share an answer. */
class SharesDeletes extends RowStore {
  readonly #running = new Map<string, Promise<boolean>>();

  override delete(key: SessionKey): Promise<boolean> {
    const name = JSON.stringify(key);
    const running =
      this.#running.get(name) ?? super.delete(key).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }
}

/** Removes the old keys, and sets the new ones after that. */
class RemovesFirst extends RowStore {
  readonly #lock = new InstanceLock();

  override updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    return this.#lock.run(JSON.stringify(this.stateTable(owner)), async () => {
      const [set, removed] = [new Map(changes), new Map(changes)];
      for (const [name, value] of changes) (value === undefined ? set : removed).delete(name);
      await super.updateState({ owner, changes: removed });
      return super.updateState({ owner, changes: set });
    });
  }
}

const TOGETHER = 'accepts parallel calls that change the same keys in a different order';
const OF_TIMES = 'moves each session to the time of its latest event, however they race';

/** What goes wrong only if others do something at the same moment. */
export const brokenRaces: readonly BrokenService[] = [
  {
    fault: 'writes the state of a session after its event',
    failsAt: 'shows an event and its state change together',
    ...onRows((rows) => new WritesApart(rows, { call: 'append', isLate: inTable('session') })),
  },
  {
    fault: 'writes the state of a user after the event',
    failsAt: 'shows an event and its state change together, on two instances',
    ...onRows((rows) => new WritesApart(rows, { call: 'append', isLate: inTable('user') })),
  },
  {
    fault: 'writes the state of an app after the event',
    failsAt: 'shows an event and its `app:` keys together, on two instances',
    ...onRows((rows) => new WritesApart(rows, { call: 'append', isLate: inTable('app') })),
  },
  {
    fault: 'answers before the state of the app is written',
    failsAt: 'shows `app:` keys at the latest when the append is acknowledged',
    ...onRows((rows) => new WritesAppsUnawaited(rows)),
  },
  {
    fault: 'appends with the whole state of the session, as it was read before',
    failsAt:
      'folds the state of a session in the order of its events, however they race, on two instances',
    ...onRows((rows) => new AppendsWholeSessions(rows)),
  },
  {
    fault: 'writes the keys of users and apps one by one',
    failsAt: TOGETHER,
    ...onRows((rows) => new WritesApart(rows, { call: 'append', isLate: inTable('user', 'app') })),
  },
  {
    fault: 'creates the keys of users and apps one by one',
    failsAt: `${TOGETHER}, on two instances`,
    ...onRows((rows) => new WritesApart(rows, { call: 'create', isLate: inTable('user', 'app') })),
  },
  {
    fault: 'updates the keys of a user one by one',
    failsAt: "makes one of many racing changes of a user's keys the last one, as a whole",
    ...onRows((rows) => new WritesApart(rows, { call: 'updateState', isLate: inTable('user') })),
  },
  {
    fault: 'updates the keys of an app one by one',
    failsAt: "makes one of many racing changes of an app's keys the last one, as a whole",
    ...onRows((rows) => new WritesApart(rows, { call: 'updateState', isLate: inTable('app') })),
  },
  {
    fault: 'removes keys before it sets others, under a lock of the instance',
    failsAt:
      "makes one of many racing changes of a user's keys the last one, as a whole, on two instances",
    ...onRows((rows) => new RemovesFirst(rows)),
  },
  {
    fault: 'appends a batch by an append for each event',
    failsAt: 'keeps the events of parallel batches together, on two instances',
    ...onRows((rows) => new AppendsOneByOne(rows)),
  },
  {
    fault: 'computes the time of a session from an earlier read',
    failsAt: OF_TIMES,
    ...onRows((rows) => new TakesTheTimeFromBefore(rows)),
  },
  {
    fault: 'moves a session in lists from where it was in an earlier read',
    failsAt: `${OF_TIMES}, on two instances`,
    ...onRows((rows) => new MovesFromBefore(rows)),
  },
  {
    fault: 'has the ids of events once for each user',
    failsAt: 'keeps apart events with the same id that several sessions get at the same time',
    ...onRows((rows) => new SharesIds(rows)),
  },
  {
    fault: 'creates with the whole state of the user',
    failsAt: "loses none of a user's keys that all kinds of calls change at the same time",
    ...onRows((rows) => new CreatesWholeUsers(rows)),
  },
  {
    fault: 'changes the state of the user before a create is decided',
    failsAt: 'lets one of many racing creates win, whose state is kept, on two instances',
    ...onRows((rows) => new CreatesUsersFirst(rows)),
  },
  {
    fault: 'answers deletes that come at the same time with one answer',
    failsAt: 'gives each `getOrCreate` a session, however often it is deleted meanwhile',
    ...onRows((rows) => new SharesDeletes(rows)),
  },
];
