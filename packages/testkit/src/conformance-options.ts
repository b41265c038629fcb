import { checkInteger, describeType, invalidArgument } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';

/** A store under test. */
export interface ConformanceOptions {
  /** How the report calls the store. */
  readonly name: string;
  /**
   * Opens a service. It is called once for each case; the storages may be one and the
   * same, because every case has ids of its own.
   */
  readonly create: () => SessionService | Promise<SessionService>;
  /**
   * Opens another service over the storage of `service`, which may be closed already, or
   * still be open. Needed where the capabilities `persistent` or `shared` are true.
   */
  readonly reopen?: (service: SessionService) => SessionService | Promise<SessionService>;
  /** How often each property is tried; 40 where it is missing. */
  readonly propertyRuns?: number;
  /** Where the random input of properties begins: a report with a failure names it. */
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
