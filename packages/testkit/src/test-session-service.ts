import { allCases } from './all-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { ConformanceOptions } from './conformance-options.ts';
import { CASE_TIMEOUT_MS, runCase } from './run-case.ts';

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
  // A function that asks for an argument is given one to call when it is done, by Jest, Mocha and Bun.
  const body = async (...[handle]: unknown[]) => {
    const { status, reason, error } = await runCase(each, options);
    if (status === 'failed') throw error;
    // These give nothing: what is skipped passes there.
    if (status === 'skipped') (handle as TestHandle | undefined)?.skip?.(reason);
  };
  it(each.title, body, TIMEOUT_MS);
}
