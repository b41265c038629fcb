import { describe, expect, it } from 'vitest';
import { allCases } from '../../all-cases.ts';
import { runCases, runConformance } from '../../run-conformance.ts';
import { deniedReasons } from '../denied-reasons.fixture.ts';
import { aMillisecond } from './row-database.ts';
import { onRows } from './row-service.ts';
import { RowStore } from './row-store.ts';

describe('the store over rows', () => {
  it('passes the whole kit, with other services over the same database', async () => {
    const options = { name: 'rows', ...onRows(), seed: 1 };
    const report = await runConformance(options);
    expect(report.results.filter(({ status }) => status === 'failed')).toEqual([]);
    const reasons = report.results.flatMap(({ reason }) => reason ?? []);
    const denied = deniedReasons(await options.create());
    expect(new Set(reasons.filter((reason) => !denied.includes(reason)))).toEqual(
      new Set(['the kit was not given the option startProcess']),
    );
  }, 300_000);

  it('lets one of many win if each step takes a millisecond, too', async () => {
    const cases = allCases.filter(({ title }) => title.startsWith('lets one of many'));
    expect(cases.length).toBeGreaterThan(0);
    const slow = onRows((rows) => new RowStore(rows), aMillisecond);
    const report = await runCases(cases, { name: 'slow rows', ...slow, seed: 1 });
    expect(report.results.filter(({ status }) => status === 'failed')).toEqual([]);
  });
});
