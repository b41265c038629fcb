import { describe, expect, it } from 'vitest';
import type { ConformanceCase } from '../conformance-case.ts';
import { propertyCases } from '../model/property-cases.ts';
import { runCases } from '../run-conformance.ts';
import { brokenKeysAndRaces } from './broken-keys-and-races.ts';
import { brokenPagesAndNumbers } from './broken-pages-and-numbers.ts';
import { brokenReads } from './broken-reads.ts';
import { brokenRequests } from './broken-requests.ts';
import { brokenSkips } from './broken-skips.ts';
import { brokenWrites } from './broken-writes.ts';

const modelCase = propertyCases.find(({ title }) => title.includes('model')) as ConformanceCase;

describe('the comparison with the model', () => {
  it('finds these faults on its own, without the cases that name them', async () => {
    const caught: string[] = [];
    const all = [
      ...brokenReads,
      ...brokenWrites,
      ...brokenKeysAndRaces,
      ...brokenPagesAndNumbers,
      ...brokenSkips,
      ...brokenRequests,
    ];
    for (const { fault, create } of all) {
      const options = { name: fault, create, seed: 19 };
      const report = await runCases([modelCase], options);
      if (!report.ok) caught.push(fault);
    }
    expect(caught).toEqual([
      'orders events by timestamp',
      'takes `numRecentEvents: 0` for all',
      'takes `afterTimestamp` for exclusive',
      'shows `temp:` keys in events',
      "lists a user's sessions of other apps",
      'stores `temp:` keys in the state',
      'stores `temp:` keys of the initial state',
      'empties the session that a create would duplicate',
      'ignores `expectedRevision` of a batch',
      'takes an `expectedRevision` that is yet to come',
      'changes the state of the app in spite of a conflict',
      'applies the delta of a retry again',
      'stores partial events',
      'stores a part of a batch',
      'takes null for a removal',
      'lets `lastUpdateTime` go back',
      "deletes the user's state with a session",
      'forgets the user when it deletes',
      "shares a user's state between apps",
      'answers a skip in the order of `seq`',
      'applies the delta of an event that it skips',
      'touches a session to which a skip appends nothing',
      'ignores `expectedRevision` of a skip',
      'is `conflict` for the retry of a skip',
      'refuses a skip that has nothing to skip',
      'ignores the window of `getOrCreate`',
      'does not create if `getOrCreate` has a window',
    ]);
  }, 30_000);

  it('names the seed and the smallest sequence of calls that it found', async () => {
    const broken = brokenWrites.find(({ fault }) => fault === 'takes null for a removal');
    if (broken === undefined) throw new Error('there is no such broken service');
    const options = { name: 'broken', create: broken.create, seed: 7 };
    const report = await runCases(propertyCases, options);
    const [failure] = report.results.filter(({ status }) => status === 'failed');
    expect(failure?.title).toBe('does what the model does, for any sequence of calls');
    expect(String(failure?.error)).toContain('failed with the seed 7');
    expect(String(failure?.error)).toContain('null');
  });
});
