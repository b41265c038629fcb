import { createUuidV7 } from '@holdfast/core';
import type { SessionCapabilities, SessionService } from '@holdfast/session';
import { CallTrace } from './call-trace.ts';
import type { CaseContext, ConformanceCase } from './conformance-case.ts';
import { type ConformanceOptions, propertyRunsOf, seedOf } from './conformance-options.ts';
import type { CaseResult } from './conformance-report.ts';
import { seededRandom } from './random.ts';

/** How long a case may take. A database on a slow machine is not a broken one. */
export const CASE_TIMEOUT_MS = 60_000;

/** After so often that something did not end in time, no other case is run. */
const MOST_TIMEOUTS = 3;

type Outcome = Pick<CaseResult, 'status' | 'error' | 'reason'>;

/** What did not end in time. */
class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Runs cases, each on a service of its own, until too many of them hang. */
export class CaseRunner {
  /** Those of the first service that was opened; undefined before any. */
  capabilities: SessionCapabilities | undefined;
  readonly #options: ConformanceOptions;
  readonly #timeout: number;
  readonly #seed: number;
  readonly #propertyRuns: number;
  #timeouts = 0;

  constructor(options: ConformanceOptions) {
    this.#options = options;
    this.#timeout = options.caseTimeout ?? CASE_TIMEOUT_MS;
    this.#seed = seedOf(options);
    this.#propertyRuns = propertyRunsOf(options);
  }

  /** It never rejects: the result says how it went. */
  async run(conformanceCase: ConformanceCase): Promise<CaseResult> {
    const { concern, title } = conformanceCase;
    const start = performance.now();
    const outcome = await this.#outcomeOf(conformanceCase);
    return Object.freeze({ concern, title, durationMs: performance.now() - start, ...outcome });
  }

  async #outcomeOf(conformanceCase: ConformanceCase): Promise<Outcome> {
    if (this.#timeouts >= MOST_TIMEOUTS) {
      return skipped(`not run, after ${MOST_TIMEOUTS} time-outs`);
    }
    const opened: SessionService[] = [];
    const trace = new CallTrace();
    let outcome: Outcome;
    try {
      outcome = await this.#tryCase(conformanceCase, { opened, trace });
    } catch (error) {
      outcome = { status: 'failed', error: this.#withSteps(error, trace) };
    }
    const closed = await this.#closeAll(opened);
    return outcome.status === 'failed' ? outcome : (closed ?? outcome);
  }

  async #tryCase(
    { title, needs, needsProcess, needsScan, run }: ConformanceCase,
    { opened, trace }: CaseTools,
  ): Promise<Outcome> {
    const service = await this.#inTime(async () => this.#options.create());
    opened.push(service);
    this.capabilities ??= service.capabilities;
    const denied = [needs ?? []].flat().find((capability) => !service.capabilities[capability]);
    if (denied !== undefined) return skipped(`the service does not have the capability ${denied}`);
    if (needsProcess === true && this.#options.startProcess === undefined) {
      return skipped('the kit was not given the option startProcess');
    }
    if (needsScan === true && this.#options.scan === undefined) {
      return skipped('the kit was not given the option scan');
    }
    await this.#inTime(() => run(this.#context(title, { opened, trace })));
    return { status: 'passed' };
  }

  #context(title: string, { opened, trace }: CaseTools): CaseContext {
    const { reopen, startProcess, scan } = this.#options;
    const newId = (name: string) => `${name}-${createUuidV7()}`;
    let others = 1;
    let processes = 0;
    return {
      service: trace.watch(opened[0] as SessionService, 'service'),
      newId,
      newKey: () => ({ appName: newId('app'), userId: newId('user'), sessionId: newId('session') }),
      async reopen(service) {
        if (reopen === undefined) {
          throw new Error('a persistent or shared service needs the option reopen');
        }
        const other = await reopen(trace.unwatched(service));
        opened.push(other);
        return trace.watch(other, `service${++others}`);
      },
      async startProcess(service) {
        if (startProcess === undefined) throw new Error('the option startProcess is not given');
        const started = await startProcess(trace.unwatched(service));
        opened.push(started.service);
        const watched = trace.watch(started.service, `process${++processes}`);
        return { service: watched, kill: () => started.kill() };
      },
      async scan(service) {
        if (scan === undefined) throw new Error('the option scan is not given');
        const pieces: (string | Uint8Array)[] = [];
        for await (const piece of await scan(trace.unwatched(service))) pieces.push(piece);
        return pieces;
      },
      propertyRuns: this.#propertyRuns,
      seed: this.#seed,
      random: seededRandom(this.#seed, title),
    };
  }

  /** The same error, whose message says after which calls it came. */
  #withSteps(error: unknown, trace: CallTrace): unknown {
    const steps = trace.toString();
    if (steps === '' || !(error instanceof Error)) return error;
    const message = `${error.message}\n\n${steps}\n(seed ${this.#seed})`;
    try {
      error.message = message;
      return error;
    } catch {
      return new Error(message, { cause: error });
    }
  }

  /** A service that cannot be closed fails its case; other errors are up to the cases about it. */
  async #closeAll(services: readonly SessionService[]): Promise<Outcome | undefined> {
    const closing = Promise.allSettled(services.map(async (service) => service.close()));
    try {
      await this.#inTime(() => closing, 'close');
      return undefined;
    } catch (error) {
      return { status: 'failed', error };
    }
  }

  /** A call that never ends must end its case, and be named in the report. */
  async #inTime<T>(work: () => Promise<T>, what?: string): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#timeouts++;
        const subject = what === undefined ? '' : `${what} `;
        reject(new TimedOut(`${subject}did not finish within ${this.#timeout / 1000} s`));
      }, this.#timeout);
    });
    try {
      return await Promise.race([work(), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

interface CaseTools {
  /** What is closed after the case. */
  readonly opened: SessionService[];
  readonly trace: CallTrace;
}

function skipped(reason: string): Outcome {
  return { status: 'skipped', reason };
}
