import { createUuidV7 } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import type { CaseContext, ConformanceCase } from './conformance-case.ts';
import type { ConformanceOptions } from './conformance-options.ts';
import type { CaseResult } from './conformance-report.ts';

const DEFAULT_PROPERTY_RUNS = 40;

/** How long a case may take. A database on a slow machine is not a broken one. */
export const CASE_TIMEOUT_MS = 60_000;

/** Runs one case on a service of its own. It never rejects: the result says how it went. */
export async function runCase(
  conformanceCase: ConformanceCase,
  options: ConformanceOptions,
): Promise<CaseResult> {
  const { concern, title, needs, run } = conformanceCase;
  const start = performance.now();
  const opened: SessionService[] = [];
  const done = (outcome: Pick<CaseResult, 'status' | 'error' | 'reason'>): CaseResult => {
    return Object.freeze({ concern, title, durationMs: performance.now() - start, ...outcome });
  };
  try {
    const service = await inTime(Promise.resolve(options.create()));
    opened.push(service);
    if (needs !== undefined && !service.capabilities[needs]) {
      return done({
        status: 'skipped',
        reason: `the service does not have the capability ${needs}`,
      });
    }
    await inTime(run(caseContext(options, opened)));
    return done({ status: 'passed' });
  } catch (error) {
    return done({ status: 'failed', error });
  } finally {
    await closeAll(opened);
  }
}

function caseContext(options: ConformanceOptions, opened: SessionService[]): CaseContext {
  const newId = (name: string) => `${name}-${createUuidV7()}`;
  return {
    service: opened[0] as SessionService,
    newId,
    newKey: () => ({ appName: newId('app'), userId: newId('user'), sessionId: newId('session') }),
    async reopen(service) {
      if (options.reopen === undefined) {
        throw new Error('a persistent or shared service needs the option reopen');
      }
      const other = await options.reopen(service);
      opened.push(other);
      return other;
    },
    propertyRuns: options.propertyRuns ?? DEFAULT_PROPERTY_RUNS,
    seed: options.seed,
  };
}

/** What goes wrong here is up to the cases about `close`. */
async function closeAll(services: readonly SessionService[]): Promise<void> {
  await inTime(Promise.allSettled(services.map(async (service) => service.close()))).catch(
    () => {},
  );
}

/** A call that never ends must end its case, and be named in the report. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const error = new Error(`did not finish within ${CASE_TIMEOUT_MS / 1000} s`);
    timer = setTimeout(() => reject(error), CASE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
