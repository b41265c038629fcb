import type { RowCommit, RowDatabase, RowWrite } from './row-database.ts';
import { RowStore, type WritingCall } from './row-store.ts';

interface Pieces {
  readonly call: WritingCall;
  /** Which rows are written in the second commit, which has no checks. */
  readonly isLater: (write: RowWrite) => boolean;
  /** How many other operations come between the two. @default 0 */
  readonly between?: number;
}

/** Writes in two commits what belongs into one. */
export class InTwoCommits extends RowStore {
  readonly #pieces: Pieces;

  constructor(database: RowDatabase, pieces: Pieces) {
    super(database);
    this.#pieces = pieces;
  }

  protected override async commit({ checks, writes }: RowCommit, call: WritingCall) {
    const { isLater, between = 0 } = this.#pieces;
    if (call !== this.#pieces.call) return super.commit({ checks, writes }, call);
    const first = writes.filter((write) => !isLater(write));
    const after = await super.commit({ checks, writes: first }, call);
    if (after === undefined) return undefined;
    await operations(this.database, between);
    return super.commit({ checks: [], writes: writes.filter(isLater) }, call);
  }
}

/** Writes before its commit, without a check, what belongs into it. */
export class BeforeTheCommit extends RowStore {
  readonly #pieces: Pieces;

  /** What `isLater` says is written last, with the checks. */
  constructor(database: RowDatabase, pieces: Pieces) {
    super(database);
    this.#pieces = pieces;
  }

  protected override async commit({ checks, writes }: RowCommit, call: WritingCall) {
    const { isLater, between = 0 } = this.#pieces;
    if (call !== this.#pieces.call) return super.commit({ checks, writes }, call);
    const first = writes.filter((write) => !isLater(write));
    await super.commit({ checks: [], writes: first }, call);
    await operations(this.database, between);
    return super.commit({ checks, writes: writes.filter(isLater) }, call);
  }
}

/** Waits for as long as so many operations take. */
export async function operations(database: RowDatabase, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await database.snapshot();
}

/** Whether a row is in one of the tables. */
export const inTable =
  (...names: readonly string[]) =>
  ({ table }: RowWrite) =>
    names.includes(table[0] ?? '');

/** Whether a row is in none of the tables. */
export const notInTable =
  (...names: readonly string[]) =>
  (write: RowWrite) =>
    !inTable(...names)(write);
