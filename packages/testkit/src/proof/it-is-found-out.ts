import { expect, it } from 'vitest';
import { allCases } from '../all-cases.ts';
import { runCases } from '../run-conformance.ts';
import type { BrokenService } from './broken-service.ts';

/** The test of a broken service: the case about its fault fails. */
export function itIsFoundOut({ fault, failsAt, ...options }: BrokenService): void {
  it('is found by the case about it', async () => {
    const about = allCases.filter(({ title }) => title === failsAt);
    expect(about).toHaveLength(1);
    const report = await runCases(about, { name: fault, seed: 1, ...options });
    expect(report.results[0]).toMatchObject({ status: 'failed' });
  });
}
