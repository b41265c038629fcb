import { checkInteger, describeType, invalidArgument } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import type { CaseResult } from './conformance-report.ts';

/** A store under test. */
export interface ConformanceOptions {
  /** What the report calls the store. */
  readonly name: string;
  /**
   * Opens a service. It is called once for each case. All services may use the same storage,
   * because every case has ids of its own.
   */
  readonly create: () => SessionService | Promise<SessionService>;
  /**
   * Opens another service over the storage of `service`, which may be closed already, or still
   * be open.
   * @default none: the cases that need it fail if the service is `persistent` or `shared`
   */
  readonly reopen?: (service: SessionService) => SessionService | Promise<SessionService>;
  /**
   * Opens a service in another process, over the storage of `service`, which may be closed already
   * or, if the service is `shared`, still be open. See `startServiceProcess` of
   * `@holdfast/testkit/process`.
   * @default none: the cases about other processes are skipped, and the report says so. They alone
   * find out what is kept, or locked, in the memory of one process.
   */
  readonly startProcess?: (service: SessionService) => ServiceProcess | Promise<ServiceProcess>;
  /**
   * Reads all that the storage of `service`, which is open, has in it, as it is stored: texts and
   * bytes, each value in one piece. What the storage keeps of deleted values until it is cleaned up
   * belongs to it, so clean it up first.
   * @default none: the cases that look for what must be gone are skipped, and the report says so
   */
  readonly scan?: (service: SessionService) => StoragePieces | Promise<StoragePieces>;
  /**
   * How often each property is tried.
   * @default the environment variable `HOLDFAST_PROPERTY_RUNS`; without it, 40
   */
  readonly propertyRuns?: number;
  /**
   * The seed of whatever is random: the input of properties, and how far apart racing calls begin.
   * A failure names its seed.
   * @default the environment variable `HOLDFAST_SEED`; without it, another one each time
   */
  readonly seed?: number;
  /**
   * How long a case may take, in ms. After three that took longer, no other is run.
   * @default 60_000
   */
  readonly caseTimeout?: number;
  /** Called after each case, with the number of cases that are done and of all. */
  readonly onResult?: (result: CaseResult, progress: ConformanceProgress) => void;
}

/** What a storage has: texts, and bytes of UTF-8. */
export type StoragePieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** A service that runs in another process. */
export interface ServiceProcess {
  /** Each call is made in the other process. */
  readonly service: SessionService;
  /** Ends the process at once, wherever it is, as a crash does. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** How far a run is. */
export interface ConformanceProgress {
  readonly done: number;
  readonly total: number;
}

/** Refuses options that would make every store look broken. */
export function checkConformanceOptions(options: ConformanceOptions): void {
  const { name, create, propertyRuns, seed, caseTimeout } = options;
  if (typeof name !== 'string') {
    throw invalidArgument('name', `must be a string, got ${describeType(name)}`);
  }
  if (typeof create !== 'function') {
    throw invalidArgument('create', `must be a function, got ${describeType(create)}`);
  }
  for (const field of ['reopen', 'startProcess', 'scan', 'onResult'] as const) {
    const value: unknown = options[field];
    if (value === undefined || typeof value === 'function') continue;
    throw invalidArgument(field, `must be a function, got ${describeType(value)}`);
  }
  if (propertyRuns !== undefined) checkInteger(propertyRuns, { path: 'propertyRuns', min: 1 });
  if (seed !== undefined) checkInteger(seed, { path: 'seed', ...SEED_RANGE });
  if (caseTimeout !== undefined) {
    checkInteger(caseTimeout, { path: 'caseTimeout', min: 1, max: 2 ** 31 - 1 });
  }
}

const SEED_RANGE = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** The seed of a run: that of the options, of the environment, or one that is new each time. */
export function seedOf({ seed }: Pick<ConformanceOptions, 'seed'>): number {
  return (
    seed ?? fromEnvironment('HOLDFAST_SEED', SEED_RANGE) ?? Math.floor(Math.random() * 2 ** 31)
  );
}

/** How often a property is tried: as the options say, the environment, or 40 times. */
export function propertyRunsOf({ propertyRuns }: Pick<ConformanceOptions, 'propertyRuns'>): number {
  return propertyRuns ?? fromEnvironment('HOLDFAST_PROPERTY_RUNS', { min: 1 }) ?? 40;
}

/** An integer of the environment, which not every runtime has; undefined if it is not set. */
function fromEnvironment(
  name: string,
  range: { readonly min: number; readonly max?: number },
): number | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  };
  const text = process?.env?.[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  checkInteger(value, { path: name, ...range });
  return value;
}
