import type { Answer, Cell, Check } from '../questions/question.ts';
import type { CellResult } from './results.ts';

interface Collected {
  readonly contestant: string;
  readonly cell: Cell;
  readonly samples: number[];
  missing?: string;
  check?: Check;
}

/** Puts the answers of all rounds together. */
export class Collector {
  readonly #collected = new Map<string, Collected>();

  add(contestant: string, answers: readonly Answer[]): void {
    for (const answer of answers) {
      const collected = this.#of(contestant, answer);
      if (answer.value !== undefined) collected.samples.push(answer.value);
      if (answer.missing !== undefined) collected.missing = answer.missing;
      if (answer.check !== undefined) collected.check = addChecks(answer.check, collected.check);
    }
  }

  /** The cells of `cells` that are worth asking again. */
  open(contestant: string, cells: readonly Cell[]): readonly Cell[] {
    return cells.filter((cell) => this.#of(contestant, cell).missing === undefined);
  }

  /** The cells of a section, in the order in which they came. */
  section(id: string): readonly CellResult[] {
    const found: CellResult[] = [];
    for (const { contestant, cell, samples, missing, check } of this.#collected.values()) {
      if (cell.section !== id || (samples.length === 0 && missing === undefined)) continue;
      found.push({
        contestant,
        at: cell.at,
        samples,
        ...(missing === undefined ? {} : { missing }),
        ...(check === undefined ? {} : { check }),
      });
    }
    return found;
  }

  #of(contestant: string, { section, at }: Cell): Collected {
    const id = `${contestant} ${section} ${at}`;
    let collected = this.#collected.get(id);
    if (collected === undefined) {
      collected = { contestant, cell: { section, at }, samples: [] };
      this.#collected.set(id, collected);
    }
    return collected;
  }
}

function addChecks(a: Check, b: Check | undefined): Check {
  if (b === undefined) return a;
  const failure = b.failure ?? a.failure;
  return {
    acknowledged: a.acknowledged + b.acknowledged,
    refused: a.refused + b.refused,
    lostEvents: a.lostEvents + b.lostEvents,
    keys: a.keys + b.keys,
    lostKeys: a.lostKeys + b.lostKeys,
    ...(a.gaps === undefined ? {} : { gaps: a.gaps + (b.gaps ?? 0) }),
    ...(failure === undefined ? {} : { failure }),
  };
}
