import type { SessionKey } from './session-key.ts';

/**
 * Why a call failed. The set is closed.
 *
 * - `not_found`: there is no such session.
 * - `already_exists`: the session exists, or another event with the same id does.
 * - `conflict`: the session has moved on from the expected revision; `revision` is where it is.
 * - `invalid_argument`: the input is wrong; `path` says where.
 * - `too_large`: the input is larger than the service takes.
 * - `unsupported`: this service cannot do that; see its `capabilities`.
 * - `misconfigured`: a person has to mend something: credentials, permissions, a database or a
 *   table that does not exist, a setting of the server that breaks a promise.
 * - `unavailable`: the store cannot be reached, is busy, full or read-only at the moment, or did
 *   not answer in time. Try again.
 * - `corrupt`: what is stored cannot be read.
 * - `closed`: the service was closed.
 * - `internal`: the store failed in a way that has no code of its own.
 */
export type HoldfastErrorCode =
  | 'not_found'
  | 'already_exists'
  | 'conflict'
  | 'invalid_argument'
  | 'too_large'
  | 'unsupported'
  | 'misconfigured'
  | 'unavailable'
  | 'corrupt'
  | 'closed'
  | 'internal';

export interface HoldfastErrorDetails {
  readonly message: string;
  /** Where in the input the fault is, such as `actions.stateDelta["cart"][2].price`. */
  readonly path?: string | undefined;
  /** The session that is meant. */
  readonly key?: SessionKey | undefined;
  /** The revision that the session is at, on a `conflict`. */
  readonly revision?: number | undefined;
  /** The error behind this one. */
  readonly cause?: unknown;
}

// Registered globally, so that two copies of this package know each other's errors.
const brand = Symbol.for('holdfast.error');

/** The one error class of Holdfast. Tell errors apart by `code`. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: HoldfastErrorCode;
  /** Whether the same call may succeed later: true for `unavailable` alone. */
  readonly retryable: boolean;
  declare readonly path?: string;
  declare readonly key?: SessionKey;
  declare readonly revision?: number;

  constructor(code: HoldfastErrorCode, details: HoldfastErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = code === 'unavailable';
    if (details.path !== undefined) this.path = details.path;
    if (details.key !== undefined) this.key = details.key;
    if (details.revision !== undefined) this.revision = details.revision;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether `error` is a `HoldfastError`, of this copy of the package or of another; and with
 * `code`, whether it is one with that code.
 *
 * @example
 * try {
 *   await service.appendEvent({ ...key, event, expectedRevision: 7 });
 * } catch (error) {
 *   if (!isHoldfastError(error, 'conflict')) throw error;
 *   console.log(`someone else was faster: the session is at ${error.revision}`);
 * }
 */
export function isHoldfastError(error: unknown, code?: HoldfastErrorCode): error is HoldfastError {
  if (typeof error !== 'object' || error === null || !Object.hasOwn(error, brand)) return false;
  // As a callback of `filter` or `some`, it is given a number as well.
  return typeof code !== 'string' || (error as HoldfastError).code === code;
}

/** An `invalid_argument` whose message begins with the path. */
export function invalidArgument(path: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('invalid_argument', {
    message: `${path} ${problem}`,
    path,
    cause,
  });
}
