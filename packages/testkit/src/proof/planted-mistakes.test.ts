import { describe, expect, it } from 'vitest';
import { allCases } from '../all-cases.ts';
import { seedOf } from '../conformance-options.ts';
import { findMistakes, formatMistakes, foundRate } from './find-mistakes.ts';
import { plantedMistakes } from './planted-mistakes.ts';

const mistakes = plantedMistakes.flatMap((each) => each.mistakes);

describe('the planted mistakes', () => {
  it('are at least 120, and the cases about them exist', () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(120);
    const titles = new Set(allCases.map(({ title }) => title));
    const named = mistakes.flatMap(({ failsAt }) => failsAt ?? []);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });

  it('are found by the cases about them, at least 95 % of all, and 90 % of each kind', async () => {
    const sought = await findMistakes(plantedMistakes, { seed: seedOf({}) });
    console.log(formatMistakes(sought));
    expect(foundRate(sought)).toBeGreaterThanOrEqual(0.95);
    for (const { kind } of plantedMistakes) {
      const rate = foundRate(sought.filter((each) => each.kind === kind));
      expect(rate, kind).toBeGreaterThanOrEqual(0.9);
    }
  }, 300_000);
});
