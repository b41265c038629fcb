import { expect, it } from 'vitest';
import { exampleCases } from '../all-cases.ts';
import { runCases } from '../run-conformance.ts';
import type { BrokenService } from './broken-service.ts';

/** The test of a broken service: the cases that it names fail, and every other passes. */
export function itIsFoundOut({ fault, failsAt, alsoFailsAt = [], create }: BrokenService): void {
  it('is found by the case about it', async () => {
    const report = await runCases(exampleCases, { name: fault, create });
    const failed = report.results.filter(({ status }) => status === 'failed');
    expect(failed.map(({ title }) => title).sort()).toEqual([failsAt, ...alsoFailsAt].sort());
  });
}
