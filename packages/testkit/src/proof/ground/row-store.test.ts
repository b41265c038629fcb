import { describe, expect, it } from 'vitest';
import { runConformance } from '../../run-conformance.ts';
import { onRows } from './row-service.ts';

describe('the store over rows', () => {
  it('passes the whole kit, with other services over the same database', async () => {
    const report = await runConformance({ name: 'rows', ...onRows(), seed: 1 });
    expect(report.results.filter(({ status }) => status === 'failed')).toEqual([]);
    const reasons = report.results.flatMap(({ reason }) => reason ?? []);
    expect(new Set(reasons)).toEqual(new Set(['the kit was not given the option startProcess']));
  });
});
