import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedUpdateState,
  ScopeState,
  SharedState,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import { InstanceLock } from './ground/instance-lock.ts';
import type { Row, RowCommit, RowDatabase, RowReader } from './ground/row-database.ts';
import type { Head } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { type Decision, RowStore, type WritingCall } from './ground/row-store.ts';

/** One instance makes one write of a session after the other; no commit checks what others wrote. */
class LocksSessions extends RowStore {
  readonly #lock = new InstanceLock();
  readonly #unchecked: readonly WritingCall[];

  constructor(database: RowDatabase, ...unchecked: readonly WritingCall[]) {
    super(database);
    this.#unchecked = unchecked;
  }

  override create(create: PreparedCreate): Promise<SharedState | undefined> {
    return this.#inTurn(create.key, () => super.create(create));
  }

  override append(append: PreparedAppend): Promise<AppendOutcome> {
    return this.#inTurn(append.key, () => super.append(append));
  }

  override delete(key: SessionKey): Promise<boolean> {
    return this.#inTurn(key, () => super.delete(key));
  }

  protected override commit(commit: RowCommit, call: WritingCall): Promise<RowReader | undefined> {
    const isUnchecked = this.#unchecked.includes(call);
    return super.commit(isUnchecked ? { ...commit, checks: [] } : commit, call);
  }

  #inTurn<T>(key: SessionKey, call: () => Promise<T>): Promise<T> {
    return this.#lock.run(JSON.stringify(this.headAddress(key)), call);
  }
}

/** Writes all keys of a shared state as they were read, with the changes; an instance locks it. */
class LocksStates extends RowStore {
  readonly #lock = new InstanceLock();

  override updateState(update: PreparedUpdateState): Promise<ScopeState> {
    const name = JSON.stringify(this.stateTable(update.owner));
    return this.#lock.run(name, () => super.updateState(update));
  }

  protected override async decideUpdate(
    reader: RowReader,
    { owner, changes }: PreparedUpdateState,
  ): Promise<Decision<ScopeState>> {
    const before = await this.state(reader, owner);
    const state = new Map([...before, ...changes]);
    return {
      checks: [],
      writes: this.changeRows(owner, state),
      answerAt: (after) => this.state(after, owner),
    };
  }
}

/** Knows which sessions there are from what it has created itself. */
class KnowsWhatItCreated extends RowStore {
  readonly #created = new Set<string>();

  protected override async decideCreate(
    reader: RowReader,
    create: PreparedCreate,
  ): Promise<Decision<SharedState | undefined>> {
    const name = JSON.stringify(create.key);
    const found = await this.head(reader, create.key);
    if (found !== undefined && this.#created.has(name)) return { answer: undefined };
    this.#created.add(name);
    const decision = await super.decideCreate({ ...reader, get: async () => undefined }, create);
    return { ...decision, checks: [] };
  }
}

/** Looks for ids among those that this instance has stored or looked up before. */
class KnowsIds extends RowStore {
  readonly #ids = new Map<string, Set<string>>();

  protected override async seqRows(
    reader: RowReader,
    { head, ids }: { readonly head: Head; readonly ids: readonly string[] },
  ): Promise<ReadonlyMap<string, Row>> {
    const name = JSON.stringify([head.key, head.incarnation]);
    let known = this.#ids.get(name);
    if (known === undefined) {
      const rows = await reader.range(this.table('ids', head.key));
      known = new Set(rows.map(({ key }) => `${key[0]}`));
      this.#ids.set(name, known);
    }
    const asked = ids.filter((id) => known.has(id));
    for (const id of ids) known.add(id);
    return super.seqRows(reader, { head, ids: asked });
  }
}

/** Counts the events of a session itself, once it has read how many there are. */
class CountsItself extends RowStore {
  readonly #revisions = new Map<string, number>();

  protected override nextHead(head: Head, append: PreparedAppend): Head {
    const name = JSON.stringify([head.key, head.incarnation]);
    const revision = this.#revisions.get(name) ?? head.revision;
    const next = super.nextHead({ ...head, revision }, append);
    this.#revisions.set(name, next.revision);
    return next;
  }

  protected override async commit(
    commit: RowCommit,
    call: WritingCall,
  ): Promise<RowReader | undefined> {
    return super.commit(call === 'append' ? { ...commit, checks: [] } : commit, call);
  }
}

/** What only the memory of one instance guards, or what it takes from there. */
export const brokenInstances: readonly BrokenService[] = [
  {
    fault: 'guards `create` by a lock of the instance',
    failsAt: 'lets one of many racing creates win, whose state is kept, on two instances',
    ...onRows((rows) => new LocksSessions(rows, 'create')),
  },
  {
    fault: 'guards appends by a lock of the instance',
    failsAt: 'gives parallel appends to a session the numbers 1 to N, on two instances',
    ...onRows((rows) => new LocksSessions(rows, 'append')),
  },
  {
    fault: 'guards `delete` by a lock of the instance',
    failsAt: 'tells one of many racing deletes that there was a session, on two instances',
    ...onRows((rows) => new LocksSessions(rows, 'delete')),
  },
  {
    fault: 'guards all writes of a session by a lock of the instance',
    failsAt: 'keeps the events of parallel batches together, on two instances',
    ...onRows((rows) => new LocksSessions(rows, 'create', 'append', 'delete')),
  },
  {
    fault: 'writes whole states under a lock of the instance',
    failsAt:
      'loses none of the parallel `updateState` of different keys of a user, on two instances',
    ...onRows((rows) => new LocksStates(rows)),
  },
  {
    fault: 'knows of sessions by what this instance has created',
    failsAt: 'gives all of many racing `getOrCreate` the same session, on two instances',
    ...onRows((rows) => new KnowsWhatItCreated(rows)),
  },
  {
    fault: 'knows the ids of events by what this instance has stored',
    failsAt: 'stores an event once if many append it at the same time, on two instances',
    ...onRows((rows) => new KnowsIds(rows)),
  },
  {
    fault: 'counts the events of a session in the instance',
    failsAt: 'lets two instances append to one session at the same time',
    ...onRows((rows) => new CountsItself(rows)),
  },
];
