import { median } from '../numbers.ts';
import type { Pair } from './time-pairs.ts';

/** What is slower by more than this is called slower. */
const TOLERATED = 1.03;

const RESAMPLES = 1_000;
const CONFIDENCE = 0.95;

/** How two builds compare in one call. */
export interface Ratio {
  /** Medians, in µs. */
  readonly before: number;
  readonly now: number;
  /** The median of the ratios of all pairs: above 1, the build of now is slower. */
  readonly ratio: number;
  /** An interval that has the ratio with a confidence of 95 %. */
  readonly low: number;
  readonly high: number;
  /** The median of each round. */
  readonly byRound: readonly number[];
  /** Whether all of the interval is above 1.03. */
  readonly slower: boolean;
}

/**
 * The ratio of the pairs of several rounds. A process has some luck of its own, with what is
 * compiled when, and what lies where. So the interval is a bootstrap of rounds, and then of the
 * pairs in each: it is narrow only where the rounds agree.
 */
export function ratioOf(rounds: readonly (readonly Pair[])[]): Ratio {
  const pairs = rounds.flat();
  const ratios = rounds.map((round) => round.map(({ before, now }) => now / before));
  const random = seededRandom();
  const oneOf = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const resampled = Array.from({ length: RESAMPLES }, () =>
    median(
      ratios.flatMap(() => {
        const round = oneOf(ratios);
        return round.map(() => oneOf(round));
      }),
    ),
  ).sort((a, b) => a - b);
  const outside = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2);
  const low = resampled[outside] ?? Number.NaN;
  return {
    before: median(pairs.map(({ before }) => before)),
    now: median(pairs.map(({ now }) => now)),
    ratio: median(ratios.flat()),
    low,
    high: resampled[RESAMPLES - 1 - outside] ?? Number.NaN,
    byRound: ratios.map(median),
    slower: low > TOLERATED,
  };
}

// The same figures have the same interval. https://en.wikipedia.org/wiki/Xorshift
function seededRandom(): () => number {
  let state = 2_463_534_242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
