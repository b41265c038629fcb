import { describe, expect, it } from 'vitest';
import { measureAppend } from './append.ts';

describe('measureAppend', () => {
  it('measures both sides at every length of history', async () => {
    const costs = await measureAppend({ histories: [20, 200], stateKeys: 5 });
    expect(costs.map(({ history, stateKeys }) => [history, stateKeys])).toEqual([
      [20, 5],
      [200, 5],
    ]);
    for (const { holdfast, map } of costs) {
      expect(holdfast).toBeGreaterThan(0);
      expect(map).toBeGreaterThan(0);
    }
  });
});
