import { createUuidV7 } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import type { CaseContext, ConformanceCase } from './conformance-case.ts';
import type { ConformanceOptions } from './conformance-options.ts';
import type { CaseResult } from './conformance-report.ts';

const DEFAULT_PROPERTY_RUNS = 40;

/** Runs one case on a service of its own. It never rejects: the result tells. */
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
    const service = await options.create();
    opened.push(service);
    if (needs !== undefined && !service.capabilities[needs]) {
      return done({ status: 'skipped', reason: `the service has not the capability ${needs}` });
    }
    await run(caseContext(options, opened));
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

/** What goes wrong here is the affair of the cases about `close`. */
async function closeAll(services: readonly SessionService[]): Promise<void> {
  await Promise.allSettled(services.map(async (service) => service.close()));
}
