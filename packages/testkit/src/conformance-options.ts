import { checkInteger, describeType, invalidArgument } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';

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
   * How often each property is tried.
   * @default 40
   */
  readonly propertyRuns?: number;
  /**
   * The seed of the random input of properties. A failure names its seed.
   * @default another one each time
   */
  readonly seed?: number;
}

/** Refuses options that would make every store look broken. */
export function checkConformanceOptions(options: ConformanceOptions): void {
  const { name, create, propertyRuns, seed } = options;
  if (typeof name !== 'string') {
    throw invalidArgument('name', `must be a string, got ${describeType(name)}`);
  }
  if (typeof create !== 'function') {
    throw invalidArgument('create', `must be a function, got ${describeType(create)}`);
  }
  if (propertyRuns !== undefined) checkInteger(propertyRuns, { path: 'propertyRuns', min: 1 });
  if (seed !== undefined) {
    checkInteger(seed, { path: 'seed', min: -(2 ** 31), max: 2 ** 31 - 1 });
  }
}
