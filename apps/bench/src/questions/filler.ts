import type { BenchStore, FillRequest } from '../contestants/bench-store.ts';
import type { Asked } from './question.ts';

const FIRST_PORTION = 20;
const LARGEST_PORTION = 20_000;
const OWN_FILL_MS = 120_000;

/** Thrown where a store could not be filled in time. */
export class OverBudget extends Error {}

/** Fills a store in portions, and gives up when its time is over. */
export class Filler {
  readonly #store: BenchStore;
  readonly #budgetMs: number;
  #spentMs = 0;
  #portion = FIRST_PORTION;

  constructor(store: BenchStore, { contestant, effort }: Pick<Asked, 'contestant' | 'effort'>) {
    this.#store = store;
    this.#budgetMs = contestant.kind === 'peer' ? effort.peerFillMs : OWN_FILL_MS;
  }

  /** Fills; `OverBudget` where the time is over before all is there. */
  async fill(request: FillRequest): Promise<void> {
    const { sessions, count } = request;
    for (let first = 0; first < sessions.length; ) {
      const length = Math.max(1, Math.floor(this.#portion / Math.max(1, count)));
      const some = sessions.slice(first, first + length);
      first += length;
      await this.#fillSome({ ...request, sessions: some });
    }
  }

  async #fillSome(request: FillRequest): Promise<void> {
    const { sessions, from, count } = request;
    let done = 0;
    do {
      const some = Math.min(count - done, Math.ceil(this.#portion / sessions.length));
      const start = performance.now();
      await this.#store.fill({ ...request, from: from + done, count: some });
      const took = performance.now() - start;
      done += some;
      this.#spentMs += took;
      if (this.#spentMs > this.#budgetMs) {
        throw new OverBudget(`not filled within ${this.#budgetMs / 1000} s`);
      }
      // About a tenth of a second for each portion.
      if (took < 50) this.#portion = Math.min(this.#portion * 2, LARGEST_PORTION);
      if (took > 200) this.#portion = Math.max(1, this.#portion >> 1);
    } while (done < count);
  }
}

/** Runs `work`; where it is over budget, the reason, as an answer has it. */
export async function orMissing<Result>(
  work: () => Promise<Result>,
): Promise<Result | { readonly missing: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OverBudget) return { missing: error.message };
    throw error;
  }
}
