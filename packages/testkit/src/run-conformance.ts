import type { SessionCapabilities } from '@holdfast/session';
import { allCases } from './all-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { type ConformanceOptions, checkConformanceOptions } from './conformance-options.ts';
import type { CaseResult, ConformanceReport } from './conformance-report.ts';
import { runCase } from './run-case.ts';

/**
 * Checks a store against the contract, case by case, without a test runner. It never rejects: a
 * service that cannot be opened is a report, too. A case is skipped only if
 * `service.capabilities` denies what it needs.
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
  const results: CaseResult[] = [];
  for (const each of cases) results.push(await runCase(each, options));
  const count = (status: CaseResult['status']) =>
    results.filter((result) => result.status === status).length;
  const failed = count('failed');
  return Object.freeze({
    name: options.name,
    capabilities: await readCapabilities(options),
    results: Object.freeze(results),
    passed: count('passed'),
    failed,
    skipped: count('skipped'),
    ok: failed === 0,
  });
}

async function readCapabilities({
  create,
}: ConformanceOptions): Promise<SessionCapabilities | undefined> {
  try {
    const service = await create();
    await service.close().catch(() => undefined);
    return service.capabilities;
  } catch {
    return undefined;
  }
}
