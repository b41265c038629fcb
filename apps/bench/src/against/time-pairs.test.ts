import { describe, expect, it } from 'vitest';
import type { Build } from './build.ts';
import { type Repeated, timePairs } from './time-pairs.ts';

const effort = { pairs: 4, blockMs: 1, warmUpMs: 0 };

/** A call that waits, and writes down what happens to it. */
function waiting(build: Build, { ms, said }: { readonly ms: number; readonly said: string[] }) {
  const call: Repeated = {
    async block(count) {
      said.push(`${build} block of ${count}`);
      return {
        run: async () => {
          said.push(`${build} run`);
          await new Promise((resolve) => setTimeout(resolve, ms * count));
        },
        tidy: async () => said.push(`${build} tidy`),
      };
    },
  };
  return call;
}

describe('timePairs', () => {
  it('measures each build in every pair, the one that was second first', async () => {
    const said: string[] = [];
    const calls = {
      before: waiting('before', { ms: 1, said }),
      now: waiting('now', { ms: 3, said }),
    };
    const pairs = await timePairs(calls, effort);
    expect(pairs).toHaveLength(4);
    for (const { before, now } of pairs) {
      expect(before).toBeGreaterThan(0);
      expect(now).toBeGreaterThan(before);
    }
    // The first pair is not counted.
    const runs = said.filter((text) => text.endsWith('run')).map((text) => text.split(' ')[0]);
    expect(runs.join(' ')).toBe('before now now before before now now before before now');
  });

  it('makes both ready before the first runs, and tidies up after the second', async () => {
    const said: string[] = [];
    const calls = {
      before: waiting('before', { ms: 0, said }),
      now: waiting('now', { ms: 0, said }),
    };
    await timePairs(calls, { ...effort, pairs: 1 });
    expect(said.slice(0, 6)).toStrictEqual([
      ...['before block of 1', 'now block of 1', 'before run', 'now run'],
      ...['before tidy', 'now tidy'],
    ]);
    const blocks = said.filter((text) => text.includes('block')).map((text) => text.split(' ')[3]);
    expect(blocks[2]).toBe(blocks[3]);
  });

  it('tidies up what a call that fails has left', async () => {
    const said: string[] = [];
    const failing: Repeated = {
      block: async () => ({
        run: async () => {
          throw new Error('no such call');
        },
        tidy: async () => said.push('failing tidy'),
      }),
    };
    const calls = { before: waiting('before', { ms: 0, said }), now: failing };
    await expect(timePairs(calls, effort)).rejects.toThrow('no such call');
    expect(said).toContain('failing tidy');
    expect(said).toContain('before tidy');
  });
});
