import type { BenchStore } from '../contestants/bench-store.ts';
import { OverBudget, orMissing } from './filler.ts';
import type { Answer, Asked, Cell } from './question.ts';

export interface MeasuredSize {
  /** The column: how large the store is made for it. */
  readonly at: number | string;
  readonly fill: () => Promise<unknown>;
  /** Whether the store can do what is asked; missing: it can. What it cannot is not answered. */
  readonly canAnswer?: (cell: Cell) => boolean;
  /** The value of a cell; undefined where the store cannot do what is asked. */
  readonly measure: (cell: Cell) => Promise<number | undefined>;
}

/**
 * Fills a store for one size and measures the cells of that column, in their order; nothing where
 * none is asked for. What could not be filled in time is said to be missing.
 */
export async function measureCells(
  { store, asked }: { readonly store: BenchStore; readonly asked: Asked },
  { at, fill, measure, canAnswer = () => true }: MeasuredSize,
): Promise<readonly Answer[]> {
  const cells = asked.cells.filter((cell) => cell.at === at && canAnswer(cell));
  if (cells.length === 0) return [];
  const filled = await orMissing(async () => {
    await fill();
    await store.settle?.();
    return undefined;
  });
  if (filled !== undefined) return cells.map((cell) => ({ ...cell, ...filled }));
  const answers: Answer[] = [];
  for (const cell of cells) {
    // What filling has left behind is not the cell's own garbage. To collect all would also throw
    // away code that was compiled in the warm-up.
    globalThis.gc?.({ type: 'minor' });
    const outcome = await orMissing(() => measure(cell));
    if (typeof outcome === 'number') answers.push({ ...cell, value: outcome });
    else if (outcome !== undefined) answers.push({ ...cell, ...outcome });
  }
  return answers;
}

/** Measures sizes that grow. After the first that could not be filled, larger ones can't either. */
export async function measureSizes(
  context: { readonly store: BenchStore; readonly asked: Asked },
  sizes: readonly MeasuredSize[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let missing: string | undefined;
  for (const size of sizes) {
    const given = missing;
    const found = await measureCells(
      context,
      given === undefined ? size : { ...size, fill: () => Promise.reject(new OverBudget(given)) },
    );
    answers.push(...found);
    missing ??= found.every((each) => each.missing !== undefined) ? found[0]?.missing : undefined;
  }
  return answers;
}
