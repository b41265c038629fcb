import { describe, expect, it } from 'vitest';
import { runConformance } from '../../run-conformance.ts';
import { deniedReasons } from '../denied-reasons.fixture.ts';
import { onFiles } from './file-service.ts';

describe('the store in a folder', () => {
  it('passes the whole kit, with other instances and processes', { timeout: 300_000 }, async () => {
    const options = { name: 'files', ...onFiles(), seed: 1, propertyRuns: 3 };
    const report = await runConformance(options);
    const denied = deniedReasons(await options.create());
    const isDenied = (reason = '') => denied.includes(reason);
    const others = report.results.filter(({ status }) => status !== 'passed');
    expect(others.filter(({ reason }) => !isDenied(reason))).toEqual([]);
  });
});
