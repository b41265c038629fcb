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
