import { StoredSessionService } from '@holdfast/session/store';
import { expect, it } from 'vitest';
import { formatReport } from '../conformance-report.ts';
import { runConformance } from '../run-conformance.ts';
import { CompleteStore } from './complete-store.ts';
import { deniedReasons } from './denied-reasons.fixture.ts';

it('passes the whole kit with every capability but `persistent` and `shared`', async () => {
  const create = () => new StoredSessionService(new CompleteStore());
  const denied = Object.entries(create().capabilities).filter(([, has]) => !has);
  expect(denied.map(([name]) => name)).toEqual(['persistent', 'shared', 'evicts']);
  const report = await runConformance({ name: 'complete', create, seed: 1 });
  const [summary, ...skipped] = formatReport(report).split('\n');
  expect(summary).toMatch(/^complete: ok, \d+ passed, 0 failed, \d+ skipped$/);
  const reasons = [...deniedReasons(create()), 'the kit was not given the option scan'];
  const isGiven = (line: string) => reasons.some((reason) => line.endsWith(`(${reason})`));
  expect(skipped.filter((line) => !isGiven(line))).toEqual([]);
}, 120_000);
