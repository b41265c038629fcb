import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedUpdateState,
  ScopeState,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { RowCommit, RowDatabase, RowReader, RowWrite } from './ground/row-database.ts';
import { onRows } from './ground/row-service.ts';
import { type Decision, RowStore, type WritingCall } from './ground/row-store.ts';

/** Commits what a call has decided without a look at what others have written since. */
class ChecksNothing extends RowStore {
  readonly #unchecked: WritingCall;

  constructor(database: RowDatabase, unchecked: WritingCall) {
    super(database);
    this.#unchecked = unchecked;
  }

  protected override commit(commit: RowCommit, call: WritingCall) {
    return super.commit(call === this.#unchecked ? { ...commit, checks: [] } : commit, call);
  }
}

/** Checks that the numbers of its events are free, and not the session. */
class ChecksNumbers extends RowStore {
  protected override commit(commit: RowCommit, call: WritingCall) {
    if (call !== 'append') return super.commit(commit, call);
    const events = commit.writes.filter(({ table }) => table[0] === 'events');
    return super.commit({ ...commit, checks: events.map((row) => absent(row)) }, call);
  }
}

/** Checks that the ids of its events are free, and not the session. */
class ChecksIds extends RowStore {
  protected override commit(commit: RowCommit, call: WritingCall) {
    if (call !== 'append') return super.commit(commit, call);
    const ids = commit.writes.filter(({ table }) => table[0] === 'ids');
    return super.commit({ ...commit, checks: ids.map((row) => absent(row)) }, call);
  }
}

function absent({ table, key }: RowWrite) {
  return { table, key, version: undefined };
}

/** Writes the rows of a scope as it has read them, with the changes. */
class WritesWholeScopes extends RowStore {
  protected override async decideUpdate(
    reader: RowReader,
    { owner, changes }: PreparedUpdateState,
  ): Promise<Decision<ScopeState>> {
    const before = await reader.range(this.stateTable(owner));
    const kept = before.filter(({ key }) => !changes.has(`${key[0]}`));
    return {
      checks: [],
      writes: [...kept, ...this.changeRows(owner, changes)],
      answerAt: (after) => this.state(after, owner),
    };
  }
}

/** An append writes all keys of the user as it has read them, with its changes. */
class AppendsWholeUsers extends RowStore {
  protected override async decideAppend(
    reader: RowReader,
    append: PreparedAppend,
  ): Promise<Decision<AppendOutcome>> {
    const user = await this.state(reader, { scope: 'user', ...append.key });
    const { changes } = append;
    if (changes.user.size === 0) return super.decideAppend(reader, append);
    const whole = { ...changes, user: new Map([...user, ...changes.user]) };
    return super.decideAppend(reader, { ...append, changes: whole });
  }
}

/** The keys that an update does not change are those that were read before it. */
class AnswersWhatItRead extends RowStore {
  protected override async decideUpdate(
    reader: RowReader,
    update: PreparedUpdateState,
  ): Promise<Decision<ScopeState>> {
    const before = await this.state(reader, update.owner);
    const decision = await super.decideUpdate(reader, update);
    const state = new Map(before);
    for (const [name, value] of update.changes) {
      if (value === undefined) state.delete(name);
      else state.set(name, value);
    }
    return { ...decision, answerAt: () => state };
  }
}

/** Gives a new session what it has read of its user before it was created. */
class CreatesWithWhatItRead extends RowStore {
  protected override async decideCreate(
    reader: RowReader,
    create: Parameters<RowStore['create']>[0],
  ) {
    const before = await this.sharedStates(reader, create.key);
    const decision = await super.decideCreate(reader, create);
    if ('answer' in decision) return decision;
    const user = new Map([...before.user, ...(create.state.user as ScopeState)]);
    const app = new Map([...before.app, ...(create.state.app as ScopeState)]);
    return { ...decision, answerAt: () => ({ user, app }) };
  }
}

/** Creates with a check of its own row only if it has seen that there is a session. */
class ReplacesOnCreate extends RowStore {
  protected override async decideCreate(
    reader: RowReader,
    create: Parameters<RowStore['create']>[0],
  ) {
    const decision = await super.decideCreate(reader, create);
    if ('answer' in decision) return decision;
    const now = await this.head(this.database, create.key);
    return { ...decision, checks: [this.headCheck(create.key, now)] };
  }
}

/** Looks up the version that it checks just before the commit, not when it decides. */
class ChecksWhatIsThereByNow extends RowStore {
  readonly #call: WritingCall;

  constructor(database: RowDatabase, call: WritingCall) {
    super(database);
    this.#call = call;
  }

  protected override async commit(commit: RowCommit, call: WritingCall) {
    if (call !== this.#call) return super.commit(commit, call);
    const checks = commit.checks.map(async ({ table, key }) => {
      const row = await this.database.get({ table, key });
      return { table, key, version: row?.version };
    });
    return super.commit({ ...commit, checks: await Promise.all(checks) }, call);
  }
}

/** Takes two steps: a mark that the session is deleted is looked at by no append. */
class DeletesInTheBackground extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const head = await this.head(await this.reader(), key);
    if (head === undefined) return false;
    void super.delete(key);
    return true;
  }
}

/** Checks that were left out, and answers of another moment than the write. */
export const brokenTransactions: readonly BrokenService[] = [
  {
    fault: 'creates without a check',
    failsAt: 'lets one of many racing creates win, whose state is kept',
    ...onRows((rows) => new ChecksNothing(rows, 'create')),
  },
  {
    fault: 'appends without a check',
    failsAt: 'gives parallel appends to a session the numbers 1 to N',
    ...onRows((rows) => new ChecksNothing(rows, 'append')),
  },
  {
    fault: 'deletes without a check',
    failsAt: 'tells one of many racing deletes that there was a session',
    ...onRows((rows) => new ChecksNothing(rows, 'delete')),
  },
  {
    fault: 'checks the numbers of events, and not the session',
    failsAt: 'deletes a session among appends to it, with all that they have left in it',
    ...onRows((rows) => new ChecksNumbers(rows)),
  },
  {
    fault: 'checks the ids of events, and not the session',
    failsAt: 'keeps the events of parallel batches together',
    ...onRows((rows) => new ChecksIds(rows)),
  },
  {
    fault: 'updates whole scopes',
    failsAt: "loses none of an app's keys that all kinds of calls change at the same time",
    ...onRows((rows) => new WritesWholeScopes(rows)),
  },
  {
    fault: 'appends with the whole state of the user',
    failsAt: 'loses none of the parallel changes to different `user:` and `app:` keys',
    ...onRows((rows) => new AppendsWholeUsers(rows)),
  },
  {
    fault: 'answers an update with what it has read before',
    failsAt: "answers `updateState` and `create` with the user's state after the write",
    ...onRows((rows) => new AnswersWhatItRead(rows)),
  },
  {
    fault: "answers a create with the user's state before it",
    failsAt: "answers `updateState` and `create` with the app's state after the write",
    ...onRows((rows) => new CreatesWithWhatItRead(rows)),
  },
  {
    fault: 'replaces a session that came while it created one',
    failsAt: 'creates a session once if `create` and `getOrCreate` race',
    ...onRows((rows) => new ReplacesOnCreate(rows)),
  },
  {
    fault: 'appends if the session is as it was just before the commit',
    failsAt: 'folds the state of a session in the order of its events, however they race',
    ...onRows((rows) => new ChecksWhatIsThereByNow(rows, 'append')),
  },
  {
    fault: 'deletes if the session is as it was just before the commit',
    failsAt: 'deletes a session among appends to it, with all that they have left in it',
    ...onRows((rows) => new ChecksWhatIsThereByNow(rows, 'delete')),
  },
  {
    fault: 'deletes in the background',
    failsAt: 'answers true, and the session is gone',
    ...onRows((rows) => new DeletesInTheBackground(rows)),
  },
];
