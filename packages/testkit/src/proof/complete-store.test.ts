import { StoredSessionService } from '@holdfast/session/store';
import { expect, it } from 'vitest';
import { formatReport } from '../conformance-report.ts';
import { runConformance } from '../run-conformance.ts';
import { CompleteStore } from './complete-store.ts';

it('passes the whole kit with every capability but `persistent` and `shared`', async () => {
  const create = () => new StoredSessionService(new CompleteStore());
  const denied = Object.entries(create().capabilities).filter(([, has]) => !has);
  expect(denied.map(([name]) => name)).toEqual(['persistent', 'shared', 'evicts']);
  const report = await runConformance({ name: 'complete', create, seed: 1 });
  const [summary, ...skipped] = formatReport(report).split('\n');
  expect(summary).toMatch(/^complete: ok, \d+ passed, 0 failed, \d+ skipped$/);
  for (const line of skipped) {
    expect(line).toMatch(/\(the service does not have the capability (persistent|shared)\)$/);
  }
}, 120_000);
