import { HoldfastError } from '@holdfast/session';
import type { AppendOutcome, PreparedAppend } from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { RowCommit, RowDatabase, RowReader } from './ground/row-database.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore, type WritingCall } from './ground/row-store.ts';

type Repeated = 'ids' | 'revision' | 'incarnation';

/** Decides about one thing once, and after a lost commit only on top of which revision. */
class DecidesOnce extends RowStore {
  readonly #once: Repeated;

  constructor(database: RowDatabase, once: Repeated) {
    super(database);
    this.#once = once;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    let attempts = 0;
    return this.transact('append', (reader) => {
      const again = attempts++ > 0;
      if (!again) return this.decideAppend(reader, append);
      if (this.#once === 'ids') return this.decideAppend(withoutIds(reader), append);
      return this.decideAppend(reader, {
        ...append,
        ...(this.#once === 'revision'
          ? { expectedRevision: undefined }
          : { expectedIncarnation: undefined }),
      });
    });
  }
}

/** After a lost commit it does something else than to decide again. */
class AfterALostCommit extends RowStore {
  readonly #call: WritingCall;
  readonly #instead: (commit: RowCommit, database: RowDatabase) => Promise<RowReader | undefined>;

  constructor(
    database: RowDatabase,
    {
      call,
      instead,
    }: {
      readonly call: WritingCall;
      readonly instead: (
        commit: RowCommit,
        database: RowDatabase,
      ) => Promise<RowReader | undefined>;
    },
  ) {
    super(database);
    this.#call = call;
    this.#instead = instead;
  }

  protected override async commit(commit: RowCommit, call: WritingCall) {
    const after = await super.commit(commit, call);
    return after !== undefined || call !== this.#call
      ? after
      : this.#instead(commit, this.database);
  }
}

const writeAnyway = (commit: RowCommit, database: RowDatabase) =>
  database.commit({ ...commit, checks: [] });

const answerAnyway = (_: RowCommit, database: RowDatabase) => database.snapshot();

const fail = async () => {
  throw new HoldfastError('conflict', { message: 'the session was changed meanwhile' });
};

/** Says of a session that was changed meanwhile that it is missing. */
class TakesALostCommitForMissing extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const decision = await this.decideAppend(await this.reader(), append);
    if ('answer' in decision) return decision.answer;
    const after = await this.commit(decision, 'append');
    return after === undefined ? { type: 'missing' } : decision.answerAt(after);
  }
}

/** Looks at the expected revision before it reads what it writes on top of. */
class ChecksExpectedFirst extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const head = await this.head(await this.reader(), append.key);
    if (head === undefined || !this.isExpected(head, append)) return super.append(append);
    return super.append({ ...append, expectedRevision: undefined });
  }
}

/** Loads the session to look at its incarnation, and appends then. */
class ChecksIncarnationFirst extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key } = append;
    const head = await this.get({ key, numRecentEvents: undefined, afterTimestamp: undefined });
    if (head === undefined || !this.isExpected(head, append)) return super.append(append);
    return super.append({ ...append, expectedIncarnation: undefined });
  }
}

/** Looks for the ids before it reads what it writes on top of. */
class LooksForIdsFirst extends RowStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const reader = await this.reader();
    const head = await this.head(reader, append.key);
    if (head === undefined) return { type: 'missing' };
    const ids = append.events.map(({ id }) => id);
    const stored = await this.storedEvents(reader, { head, ids });
    return this.transact('append', async (now) => {
      const decision = await this.decideAppend(withoutIds(now), append);
      if (stored.size === 0) return decision;
      const { revision, incarnation } = head;
      return {
        answer: { type: 'refused', revision, incarnation, findEvent: (id) => stored.get(id) },
      };
    });
  }
}

function withoutIds(reader: RowReader): RowReader {
  return {
    range: (table, range) => reader.range(table, range),
    count: (table) => reader.count(table),
    get: async (address) => (address.table[0] === 'ids' ? undefined : reader.get(address)),
  };
}

/** Decisions that were taken too early, or not again after a lost commit. */
export const brokenDecisions: readonly BrokenService[] = [
  {
    fault: 'looks for the ids of events once, whatever comes between',
    failsAt: 'stores an event once if many append it at the same time',
    ...onRows((rows) => new DecidesOnce(rows, 'ids')),
  },
  {
    fault: 'looks at `expectedRevision` once, whatever comes between',
    failsAt: 'lets one of many appends that expect the same revision win',
    ...onRows((rows) => new DecidesOnce(rows, 'revision')),
  },
  {
    fault: 'looks at `expectedIncarnation` once, whatever comes between',
    failsAt: 'keeps appends to a session out of the next one with its id, however soon it comes',
    ...onRows((rows) => new DecidesOnce(rows, 'incarnation')),
  },
  {
    fault: 'creates anyway after a lost commit',
    failsAt: 'lets one of many racing creates win, whose state is kept, on two instances',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'create', instead: writeAnyway })),
  },
  {
    fault: 'writes the same again after a lost commit of an append',
    failsAt: 'gives parallel appends to a session the numbers 1 to N, on two instances',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'append', instead: writeAnyway })),
  },
  {
    fault: 'deletes what it has read before a lost commit',
    failsAt: 'leaves nothing of a session that is deleted while others append',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'delete', instead: writeAnyway })),
  },
  {
    fault: 'says that a session was created by it after a lost commit',
    failsAt: 'gives all of many racing `getOrCreate` the same session',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'create', instead: answerAnyway })),
  },
  {
    fault: 'says that an append was written after a lost commit',
    failsAt: 'moves each session to the time of its latest event, however they race',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'append', instead: answerAnyway })),
  },
  {
    fault: 'says that a session was deleted after a lost commit',
    failsAt: 'tells one of many racing deletes that there was a session, on two instances',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'delete', instead: answerAnyway })),
  },
  {
    fault: 'fails an append after a lost commit',
    failsAt: 'keeps the events of parallel batches together',
    ...onRows((rows) => new AfterALostCommit(rows, { call: 'append', instead: fail })),
  },
  {
    fault: 'takes a session for missing after a lost commit',
    failsAt: 'loses none of the parallel changes to different `user:` and `app:` keys',
    ...onRows((rows) => new TakesALostCommitForMissing(rows)),
  },
  {
    fault: 'looks at `expectedRevision` in a read of its own',
    failsAt: 'lets a counter be kept by `expectedRevision`, whoever writes meanwhile',
    ...onRows((rows) => new ChecksExpectedFirst(rows)),
  },
  {
    fault: 'looks at `expectedIncarnation` in a read of its own',
    failsAt: 'keeps appends to a session out of the next one with its id, however soon it comes',
    ...onRows((rows) => new ChecksIncarnationFirst(rows)),
  },
  {
    fault: 'looks for the ids of events in a read of its own',
    failsAt: 'stores one of many events that race for an id with other content',
    ...onRows((rows) => new LooksForIdsFirst(rows)),
  },
];
