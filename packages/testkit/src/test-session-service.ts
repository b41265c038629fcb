import { allCases } from './all-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { ConformanceOptions } from './conformance-options.ts';
import { CASE_TIMEOUT_MS, runCase } from './run-case.ts';

/** What a runner hands to a test. */
export interface TestHandle {
  readonly skip: (reason?: string) => unknown;
}

/** The functions of a test runner: those of vitest and of `node:test` both fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (
    title: string,
    options: { readonly timeout: number },
    body: (handle: TestHandle) => Promise<void>,
  ) => unknown;
}

// The case itself ends first, and says why.
const TIMEOUT_MS = CASE_TIMEOUT_MS * 3;

/**
 * Registers one test for each case with the runner that is given. A case whose capability is
 * denied shows as skipped, with the reason.
 *
 * @example
 * testSessionService(
 *   { describe, it },
 *   { name: 'my store', create: () => new MySessionService() },
 * );
 */
export function testSessionService(runner: TestRunner, options: ConformanceOptions): void {
  const byConcern = new Map<string, ConformanceCase[]>();
  for (const each of allCases) {
    byConcern.set(each.concern, [...(byConcern.get(each.concern) ?? []), each]);
  }
  runner.describe(options.name, () => {
    for (const [concern, cases] of byConcern) {
      runner.describe(concern, () => {
        for (const each of cases) registerCase(runner, { each, options });
      });
    }
  });
}

function registerCase(
  { it }: TestRunner,
  { each, options }: { readonly each: ConformanceCase; readonly options: ConformanceOptions },
): void {
  it(each.title, { timeout: TIMEOUT_MS }, async (handle) => {
    const { status, reason, error } = await runCase(each, options);
    if (status === 'failed') throw error;
    if (status === 'skipped') handle.skip(reason);
  });
}
