import type { SessionKey } from './session-key.ts';

/**
 * Why a call failed. The set is closed.
 *
 * - `not_found`: the session is not there.
 * - `already_exists`: the session, or another event with the same id, is there.
 * - `conflict`: the session has moved on since the expected revision.
 * - `invalid_argument`: the input is wrong; `path` says where.
 * - `too_large`: the input is larger than the service takes.
 * - `unsupported`: this service cannot do that; see its `capabilities`.
 * - `unavailable`: the store could not be reached, or was too busy. Try again.
 * - `corrupt`: what is stored cannot be read.
 * - `closed`: the service was closed.
 */
export type HoldfastErrorCode =
  | 'not_found'
  | 'already_exists'
  | 'conflict'
  | 'invalid_argument'
  | 'too_large'
  | 'unsupported'
  | 'unavailable'
  | 'corrupt'
  | 'closed';

export interface HoldfastErrorDetails {
  readonly message: string;
  /** Where in the input the fault is, such as `actions.stateDelta["cart"][2].price`. */
  readonly path?: string | undefined;
  /** The session that is meant. */
  readonly key?: SessionKey | undefined;
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

  constructor(code: HoldfastErrorCode, details: HoldfastErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = code === 'unavailable';
    if (details.path !== undefined) this.path = details.path;
    if (details.key !== undefined) this.key = details.key;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether `error` is a `HoldfastError`, of this copy of the package or of another. */
export function isHoldfastError(error: unknown): error is HoldfastError {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, brand);
}

/** An `invalid_argument` whose message begins with the path. */
export function invalidArgument(path: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('invalid_argument', {
    message: `${path} ${problem}`,
    path,
    cause,
  });
}
