import type { AppendOutcome, PreparedAppend } from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { RowDatabase, RowReader } from './ground/row-database.ts';
import { onRows } from './ground/row-service.ts';
import { type Decision, RowStore } from './ground/row-store.ts';

/** Does for some batches and calls what a correct store does not. */
type Decide = (reader: RowReader, append: PreparedAppend) => Promise<Decision<AppendOutcome>>;

/** Decides otherwise, once a commit was lost. */
class DecidesOtherwise extends RowStore {
  readonly #again: (
    decide: Decide,
    reader: RowReader,
    append: PreparedAppend,
  ) => ReturnType<Decide>;

  constructor(
    database: RowDatabase,
    again: (decide: Decide, reader: RowReader, append: PreparedAppend) => ReturnType<Decide>,
  ) {
    super(database);
    this.#again = again;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    let attempts = 0;
    const decide: Decide = (reader, other) => this.decideAppend(reader, other);
    return this.transact('append', (reader) =>
      attempts++ === 0 ? decide(reader, append) : this.#again(decide, reader, append),
    );
  }
}

/** Finds no ids of events, or only some. */
function findingIds(reader: RowReader, isFound: (id: string) => boolean): RowReader {
  return {
    range: (table, range) => reader.range(table, range),
    count: (table) => reader.count(table),
    get: async (address) =>
      address.table[0] === 'ids' && !isFound(`${address.key[0]}`) ? undefined : reader.get(address),
  };
}

const isBatch = ({ events }: PreparedAppend) => events.length > 1;

/** What is not decided anew after a lost commit. */
export const brokenAfterLostCommits: readonly BrokenService[] = [
  {
    fault: 'looks for the ids of a batch once',
    failsAt: 'stores a batch once if many append it at the same time',
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, (decide, reader, append) =>
          decide(isBatch(append) ? findingIds(reader, () => false) : reader, append),
        ),
    ),
  },
  {
    fault: "looks for the ids of a batch once with `onStored: 'skip'`",
    failsAt:
      "appends the rest of each of many racing batches for `onStored: 'skip'`, on two instances",
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, (decide, reader, append) =>
          decide(isBatch(append) ? findingIds(reader, () => false) : reader, append),
        ),
    ),
  },
  {
    fault: 'looks only for the first id of a batch after a lost commit',
    failsAt: 'appends all or none of each of many racing batches that have events in common',
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, (decide, reader, append) =>
          decide(
            findingIds(reader, (id) => id === append.events[0]?.id),
            append,
          ),
        ),
    ),
  },
  {
    fault: 'looks at the `expectedRevision` of a batch once',
    failsAt:
      "appends the rest of one of many racing batches for `onStored: 'skip'` at one revision",
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, (decide, reader, append) =>
          decide(reader, { ...append, expectedRevision: undefined }),
        ),
    ),
  },
  {
    fault: 'appends behind the expected revision after a lost commit',
    failsAt: 'appends directly after the expected revision, whatever others append meanwhile',
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, (decide, reader, append) =>
          decide(reader, { ...append, expectedRevision: undefined }),
        ),
    ),
  },
  {
    fault: 'looks at `expectedRevision` before it looks for a retry after a lost commit',
    failsAt: 'answers all who append the same at the same time and expect the same revision',
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, async (decide, reader, append) => {
          const decision = await decide(reader, append);
          if (append.expectedRevision === undefined || !('answer' in decision)) return decision;
          const { answer } = decision;
          if (answer.type !== 'refused') return decision;
          return { answer: { ...answer, findEvent: () => undefined } };
        }),
    ),
  },
  {
    fault: 'tells the revision that it has seen before a lost commit',
    failsAt: 'lets one of many appends that expect the same revision win, on two instances',
    ...onRows(
      (rows) =>
        new DecidesOtherwise(rows, async (decide, reader, append) => {
          const decision = await decide(reader, append);
          if (!('answer' in decision) || decision.answer.type !== 'refused') return decision;
          return { answer: { ...decision.answer, revision: decision.answer.revision + 1 } };
        }),
    ),
  },
];
