import { describe, expect, it } from 'vitest';
import { ratioOf } from './ratio.ts';
import type { Pair } from './time-pairs.ts';

/** Pairs whose ratios are spread by a tenth around `ratio`. */
function pairsAround(ratio: number): readonly Pair[] {
  return Array.from({ length: 61 }, (_, i) => ({
    before: 10,
    now: 10 * (ratio + (i - 30) / 300),
  }));
}

describe('ratioOf', () => {
  it('gives medians, and the ratio of neighbours', () => {
    const found = ratioOf([
      [
        { before: 10, now: 11 },
        { before: 1_000, now: 1_100 },
        { before: 20, now: 22 },
      ],
    ]);
    expect(found).toMatchObject({ before: 20, now: 22, slower: true });
    expect(found.ratio).toBeCloseTo(1.1);
    expect(found.low).toBeCloseTo(1.1);
    expect(found.high).toBeCloseTo(1.1);
  });

  it('calls slower what is slower by more than 3 % in all of its interval', () => {
    const slower = ratioOf([pairsAround(1.1), pairsAround(1.1)]);
    expect(slower).toMatchObject({ slower: true });
    expect(slower.low).toBeLessThan(1.1);
    expect(slower.high).toBeGreaterThan(1.1);
    expect(ratioOf([pairsAround(1.03), pairsAround(1.03)])).toMatchObject({ slower: false });
    expect(ratioOf([pairsAround(0.8), pairsAround(0.8)])).toMatchObject({ slower: false });
  });

  it('has an interval as wide as the rounds are apart', () => {
    const { low, high, byRound, slower } = ratioOf([
      ...[0.95, 1.05, 1.15, 1.25].map((ratio) => pairsAround(ratio)),
    ]);
    expect(byRound.map((ratio) => ratio.toFixed(2))).toStrictEqual([
      '0.95',
      '1.05',
      '1.15',
      '1.25',
    ]);
    expect(low).toBeLessThan(1.03);
    expect(high).toBeGreaterThan(1.15);
    expect(slower).toBe(false);
  });

  it('gives the same for the same pairs', () => {
    const rounds = [pairsAround(1), pairsAround(1.02)];
    expect(ratioOf(rounds)).toStrictEqual(ratioOf(rounds));
  });
});
