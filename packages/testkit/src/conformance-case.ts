import type { SessionKey } from '@holdfast/core';
import type { SessionCapabilities, SessionService } from '@holdfast/session';
import type { ServiceProcess } from './conformance-options.ts';
import type { Random } from './random.ts';

/** What a case is about: the call, or the promise that spans calls. */
export type Concern =
  | 'create'
  | 'get'
  | 'list'
  | 'delete'
  | 'append'
  | 'incarnation'
  | 'events'
  | 'state'
  | 'identity'
  | 'values'
  | 'errors'
  | 'concurrency'
  | 'moments'
  | 'labels'
  | 'fork'
  | 'rewind'
  | 'retract'
  | 'active'
  | 'expiry'
  | 'sweep'
  | 'eraseUser'
  | 'increments'
  | 'turns'
  | 'watch'
  | 'export'
  | 'storage'
  | 'lifecycle'
  | 'processes'
  | 'properties';

/** The name of a capability. */
export type Capability = keyof SessionCapabilities;

/** What a case works with. */
export interface CaseContext {
  /** Opened for this case, and closed after it. */
  readonly service: SessionService;
  /** Three ids that nobody has used yet. */
  readonly newKey: () => SessionKey;
  /** An id that nobody has used yet; it begins with `name`. */
  readonly newId: (name: string) => string;
  /** Another service over the storage of `service`, closed after the case. */
  readonly reopen: (service: SessionService) => Promise<SessionService>;
  /** A service in another process over the storage of `service`, closed after the case. */
  readonly startProcess: (service: SessionService) => Promise<ServiceProcess>;
  /** All that the storage of a service has, as it is stored. */
  readonly scan: (service: SessionService) => Promise<readonly (string | Uint8Array)[]>;
  /** How often a property is tried. */
  readonly propertyRuns: number;
  /** The seed of the random input of properties. */
  readonly seed: number;
  /** The same numbers for the same seed and case. */
  readonly random: Random;
}

/** One rule of the contract, and how to find out whether a service keeps it. */
export interface ConformanceCase {
  readonly concern: Concern;
  /** The rule, in words that follow "it". */
  readonly title: string;
  /** The case is skipped if the service does not have this, or one of these. */
  readonly needs?: Capability | readonly Capability[];
  /** The case is skipped if the kit was not told how to start another process. */
  readonly needsProcess?: true;
  /** The case is skipped if the kit was not told how to look into the storage. */
  readonly needsScan?: true;
  /** Rejects if the rule is broken. */
  readonly run: (context: CaseContext) => Promise<void>;
}

/** Puts the cases of one file under their concern. */
export function casesOf(
  concern: Concern,
  cases: readonly Omit<ConformanceCase, 'concern'>[],
): readonly ConformanceCase[] {
  return cases.map((each) => ({ concern, ...each }));
}
