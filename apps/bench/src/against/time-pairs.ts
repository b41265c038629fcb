import { BUILDS, type Build, type OfBoth, ofBoth } from './build.ts';
import type { PairedEffort } from './effort.ts';

/** A number of calls, made ready. */
export interface Block {
  /** Makes the calls, one after the other. Nothing else is measured. */
  run(): Promise<void>;
  /** Leaves the store as it was before. */
  tidy(): Promise<unknown>;
}

/** A call that can be made as often as one likes. */
export interface Repeated {
  /** Makes `count` calls ready. */
  block(count: number): Promise<Block>;
}

/** What a call took on each build, in µs: the means of two blocks, one directly after the other. */
export type Pair = OfBoth<number>;

// A block needs a few calls, so that one pause is not all of it, and has no more than fit in memory.
const LEAST_CALLS = 4;
const MOST_CALLS = 2_000;

/**
 * Measures a call of two builds in turn, in short blocks of as many calls, so that whatever else
 * happens meets both. Which one comes first changes with each pair.
 */
export async function timePairs(
  calls: OfBoth<Repeated>,
  { pairs, blockMs, warmUpMs }: Pick<PairedEffort, 'pairs' | 'blockMs' | 'warmUpMs'>,
): Promise<readonly Pair[]> {
  let count = 1;
  let turn = 0;
  const next = () => timePair({ calls, count, order: turn++ % 2 === 0 ? BUILDS : REVERSED });
  for (let spent = 0; spent < warmUpMs || turn === 0; ) {
    const { before, now } = await next();
    const took = (Math.max(before, now) * count) / 1000;
    spent += took;
    const fitting = Math.ceil((count * blockMs) / Math.max(took, blockMs / 2));
    count = Math.min(MOST_CALLS, Math.max(LEAST_CALLS, fitting));
  }
  const found: Pair[] = [];
  while (found.length < pairs) found.push(await next());
  return found;
}

const REVERSED: readonly Build[] = [...BUILDS].reverse();

async function timePair(options: {
  readonly calls: OfBoth<Repeated>;
  readonly count: number;
  readonly order: readonly Build[];
}): Promise<Pair> {
  const { calls, count, order } = options;
  const blocks = await ofBoth((build) => calls[build].block(count), order);
  try {
    return await ofBoth(async (build) => {
      const start = performance.now();
      await blocks[build].run();
      return ((performance.now() - start) * 1000) / count;
    }, order);
  } finally {
    for (const build of order) await blocks[build].tidy();
  }
}
