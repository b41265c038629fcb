import { allCases } from './all-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { type ConformanceOptions, checkConformanceOptions } from './conformance-options.ts';
import { CASE_TIMEOUT_MS, CaseRunner } from './run-case.ts';

/** What a runner gives a test. */
interface TestHandle {
  readonly skip?: (reason?: string) => unknown;
}

/** The functions of a test runner: those of Vitest, `node:test`, Jest, Mocha and Bun fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  /** The body skips itself by what it is given, if that can `skip`. `timeout` is in ms. */
  readonly it: (
    title: string,
    body: (...given: unknown[]) => Promise<void>,
    timeout: number,
  ) => unknown;
}

/**
 * Registers one test for each case with the runner that is given. A case that does not apply shows
 * as skipped, with the reason: one whose capability is denied, or that needs `startProcess`. After
 * three time-outs, the other cases are skipped, too.
 *
 * @example
 * testSessionService(
 *   { describe, it },
 *   { name: 'my store', create: () => new MySessionService() },
 * );
 */
export function testSessionService(
  { describe, it }: TestRunner,
  options: ConformanceOptions,
): void {
  checkConformanceOptions(options);
  const runner = new CaseRunner(options);
  // The case itself ends first, and says why.
  const timeout = (options.caseTimeout ?? CASE_TIMEOUT_MS) * 3;
  const byConcern = new Map<string, ConformanceCase[]>();
  for (const each of allCases) {
    byConcern.set(each.concern, [...(byConcern.get(each.concern) ?? []), each]);
  }
  describe(options.name, () => {
    for (const [concern, cases] of byConcern) {
      describe(concern, () => {
        for (const each of cases) it(each.title, bodyOf(each, runner), timeout);
      });
    }
  });
}

function bodyOf(each: ConformanceCase, runner: CaseRunner) {
  // A function that asks for an argument is given one to call when it is done, by Jest, Mocha and Bun.
  return async (...[handle]: unknown[]) => {
    const { status, reason, error } = await runner.run(each);
    if (status === 'failed') throw error;
    // These give nothing: what is skipped passes there.
    if (status === 'skipped') (handle as TestHandle | undefined)?.skip?.(reason);
  };
}
