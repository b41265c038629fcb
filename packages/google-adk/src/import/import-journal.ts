import { HoldfastError } from '@holdfast/core';
import { describeType, invalidArgument, isPlainObject } from '@holdfast/core/internal';
import type {
  AdkImportNote,
  AdkMappedRow,
  AdkRefusalAnswer,
  AdkRefusedRow,
  OnAdkRefused,
  Problem,
} from './refused-row.ts';

/** How often a row may be refused again after it was mapped. */
const MOST_ANSWERS = 100;

/** A row on its way: as it was read at first, and later as it was mapped, or without a part. */
interface Candidate<T> {
  readonly first: T;
  problemOf(row: T): Problem | undefined | Promise<Problem | undefined>;
  /** How the row is shown to who decides about it. */
  describe(row: T, problem: Problem): AdkRefusedRow;
  /** The row as it was mapped. */
  map(row: T, answer: AdkMappedRow): T;
  /** The row without what is refused; undefined if nothing is left of it. */
  without(row: T, problem: Problem): T | undefined;
}

/** Decides about refused rows, as `onRefused` says, and notes what became of which row. */
export class ImportJournal {
  readonly notes: AdkImportNote[] = [];
  /** The first row that is in the way of the import, and how many there are. */
  firstRefusal: { readonly note: AdkImportNote; readonly problem: Problem } | undefined;
  refused = 0;
  skipped = 0;
  changed = 0;
  /** How many integers became text. */
  bigIntegers = 0;
  /** How many values of bytes were written anew. */
  bytes = 0;
  /** How many pieces of streams were left out. */
  partial = 0;
  readonly #onRefused: OnAdkRefused;
  readonly #isWriting: boolean;

  /** If it is written, the first row that is refused ends the import; if not, all are listed. */
  constructor(onRefused: OnAdkRefused, isWriting: boolean) {
    this.#onRefused = onRefused;
    this.#isWriting = isWriting;
  }

  note(note: AdkImportNote): void {
    this.notes.push(note);
    this[note.outcome]++;
  }

  /** The row as it can be imported; undefined if nothing of it can. */
  async settle<T>(candidate: Candidate<T>): Promise<T | undefined> {
    let row = candidate.first;
    for (let answers = 0; ; ) {
      const problem = await candidate.problemOf(row);
      if (problem === undefined) return row;
      const refused = candidate.describe(row, problem);
      const { table, key, path, reason } = refused;
      const answer = this.#answerTo(refused);
      if (typeof answer === 'object') {
        if (++answers > MOST_ANSWERS) throw stillRefused(refused);
        row = candidate.map(row, answer);
        this.note({ table, key, path, reason, outcome: 'changed' });
        continue;
      }
      const outcome = answer === 'stop' ? 'refused' : 'skipped';
      const rest = candidate.without(row, problem);
      const note = { table, key, path, reason, outcome } as const;
      if (answer === 'stop') {
        if (this.#isWriting) throw stopped({ note, problem });
        this.firstRefusal ??= { note, problem };
      }
      this.note(note);
      if (rest === undefined) return undefined;
      row = rest;
    }
  }

  #answerTo(row: AdkRefusedRow): AdkRefusalAnswer {
    const onRefused = this.#onRefused;
    const answer = typeof onRefused === 'function' ? onRefused(row) : onRefused;
    if (answer === 'stop' || answer === 'skip' || isPlainObject(answer)) return answer;
    const got = describeType(answer);
    throw invalidArgument(
      'onRefused',
      `must answer 'stop', 'skip' or a plain object, and not later, got ${got}`,
    );
  }

  /** Ends an import that nothing was written of yet, if a row is in its way. */
  stopIfRefused(): void {
    if (this.firstRefusal === undefined) return;
    const { note, problem } = this.firstRefusal;
    const count = this.refused === 1 ? 'one row' : `${this.refused} rows or parts of rows`;
    throw new HoldfastError(problem.code, {
      message: `${count} of the ADK database cannot be imported, and this run has written nothing. The first is ${describe(note)}. \`dryRun: true\` lists all, and \`onRefused\` says what becomes of them`,
      path: note.path,
    });
  }
}

function stopped({ note, problem }: { note: AdkImportNote; problem: Problem }): HoldfastError {
  return new HoldfastError(problem.code, {
    message: `the import has stopped, with all before it written, at ${describe(note)}. Called again, it goes on there`,
    path: note.path,
  });
}

function stillRefused(row: AdkRefusedRow): HoldfastError {
  return invalidArgument('onRefused', `was asked ${MOST_ANSWERS} times for ${describe(row)}`);
}

function describe({
  table,
  key,
  path,
  reason,
}: Pick<AdkImportNote, 'table' | 'key' | 'path' | 'reason'>): string {
  return `${table} ${JSON.stringify(key)}: ${path} ${reason}`;
}
