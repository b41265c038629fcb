import { StoredSessionService } from '@holdfast/session/store';
import { expect, it } from 'vitest';
import { casesOf } from './conformance-case.ts';
import { formatReport } from './conformance-report.ts';
import { MinimalStore } from './proof/minimal-store.ts';
import { runCases, runConformance } from './run-conformance.ts';

const cases = casesOf('get', [
  { title: 'passes', run: async () => undefined },
  { title: 'fails', run: async () => Promise.reject(new Error('first\nsecond')) },
  { title: 'needs more', needs: 'shared', run: async () => undefined },
]);

it('counts, and prints what failed and what was skipped', async () => {
  const report = await runCases(cases, {
    name: 'store',
    create: () => new StoredSessionService(new MinimalStore()),
  });
  expect([report.passed, report.failed, report.skipped, report.ok]).toEqual([1, 1, 1, false]);
  expect(formatReport(report)).toBe(
    [
      'store: NOT OK, 1 passed, 1 failed, 1 skipped',
      '  FAILED   get: fails',
      '      Error: first',
      '      second',
      '  skipped  get: needs more (the service does not have the capability shared)',
    ].join('\n'),
  );
});

it('reports a store that cannot be opened', async () => {
  const create = () => Promise.reject(new Error('no such host'));
  const report = await runConformance({ name: 'store', create });
  expect([report.passed, report.ok, report.capabilities]).toEqual([0, false, undefined]);
});
