import { median } from '../numbers.ts';
import type { CellResult, Results, SectionResult } from '../run/results.ts';

export interface Place {
  readonly section: string;
  readonly at: number | string;
}

/** What was measured, to be asked for figures. */
export class Figures {
  readonly results: Results;

  constructor(results: Results) {
    this.results = results;
  }

  section(id: string): SectionResult | undefined {
    return this.results[id];
  }

  /** The columns of a section, in their order. */
  columns(section: string): readonly (number | string)[] {
    const found = new Set(this.section(section)?.cells.map(({ at }) => at));
    const columns = [...found];
    return columns.every((at) => typeof at === 'number')
      ? columns.sort((a, b) => Number(a) - Number(b))
      : columns;
  }

  cell(contestant: string, { section, at }: Place): CellResult | undefined {
    return this.section(section)?.cells.find(
      (cell) => cell.contestant === contestant && cell.at === at,
    );
  }

  /** The median; undefined where there is none. */
  value(contestant: string, place: Place): number | undefined {
    const samples = this.cell(contestant, place)?.samples ?? [];
    return samples.length === 0 ? undefined : median(samples);
  }

  /**
   * How many times the value of `other` that of `contestant` is; round by round where both were
   * asked in the same rounds. Undefined where one of them has none.
   */
  ratio(contestant: string, compared: Place & { readonly other: string }): number | undefined {
    const ours = this.cell(contestant, compared)?.samples ?? [];
    const theirs = this.cell(compared.other, compared)?.samples ?? [];
    if (ours.length === 0 || theirs.length === 0) return undefined;
    if (ours.length !== theirs.length) return median(ours) / median(theirs);
    return median(ours.map((sample, i) => sample / (theirs[i] ?? Number.NaN)));
  }

  /** How many times the smallest of all columns the largest is. */
  growth(contestant: string, section: string): number | undefined {
    const values = this.columns(section)
      .map((at) => this.value(contestant, { section, at }))
      .filter((value) => value !== undefined);
    return values.length < 2 ? undefined : Math.max(...values) / Math.min(...values);
  }
}
