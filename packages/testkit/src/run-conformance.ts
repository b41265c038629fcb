import { allCases } from './all-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { type ConformanceOptions, checkConformanceOptions } from './conformance-options.ts';
import type { CaseResult, ConformanceReport } from './conformance-report.ts';
import { CaseRunner } from './run-case.ts';

/**
 * Checks a store against the contract, case by case, without a test runner. It never rejects: a
 * service that cannot be opened is a report, too. A case is skipped only if
 * `service.capabilities` denies what it needs, if it needs another process and the kit was not
 * told how to start one, or if the service hangs: after three time-outs, no other case is run, and the report is not `ok`.
 *
 * @example
 * const report = await runConformance({ name: 'my store', create: () => new MySessionService() });
 * console.log(formatReport(report));
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  checkConformanceOptions(options);
  return runCases(allCases, options);
}

/** The report of some cases. */
export async function runCases(
  cases: readonly ConformanceCase[],
  options: ConformanceOptions,
): Promise<ConformanceReport> {
  const runner = new CaseRunner(options);
  const results: CaseResult[] = [];
  for (const each of cases) {
    const result = await runner.run(each);
    results.push(result);
    options.onResult?.(result, { done: results.length, total: cases.length });
  }
  const count = (status: CaseResult['status']) =>
    results.filter((result) => result.status === status).length;
  const failed = count('failed');
  return Object.freeze({
    name: options.name,
    capabilities: runner.capabilities,
    results: Object.freeze(results),
    passed: count('passed'),
    failed,
    skipped: count('skipped'),
    ok: failed === 0,
  });
}
