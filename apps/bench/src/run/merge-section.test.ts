import { describe, expect, it } from 'vitest';
import { sectionWith } from '../report/figures.fixture.ts';
import { mergeSection } from './merge-section.ts';

const before = sectionWith({ map: { 100: [1] }, memory: { 100: [2] } });
const now = sectionWith({ memory: { 100: [3] } });

describe('mergeSection', () => {
  it('keeps the figures of those who did not take part', () => {
    const { cells } = mergeSection(before, now);
    expect(cells.map(({ contestant, samples }) => [contestant, ...samples])).toStrictEqual([
      ['memory', 3],
      ['map', 1],
    ]);
  });

  it('keeps nothing of another machine, or of the short form', () => {
    const other = { ...before, machine: { ...before.machine, node: '24.0.0' } };
    expect(mergeSection(other, now)).toBe(now);
    expect(mergeSection({ ...before, short: true }, now)).toBe(now);
    expect(mergeSection(undefined, now)).toBe(now);
  });
});
