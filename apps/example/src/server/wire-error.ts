import {
  HoldfastError,
  type HoldfastErrorCode,
  isHoldfastError,
  type SessionKey,
} from '@holdfast/session';
import type { ErrorBody, WireError } from '../api/wire.ts';
import { Refusal } from './refusal.ts';

/** The status of an answer that is an error, by its code. */
const STATUS = {
  invalid_argument: 400,
  not_found: 404,
  already_exists: 409,
  conflict: 409,
  too_large: 413,
  corrupt: 500,
  internal: 500,
  misconfigured: 500,
  unsupported: 501,
  unavailable: 503,
  closed: 503,
} as const satisfies Record<HoldfastErrorCode, number>;

/** The statuses that errors have. */
export type ErrorStatus = (typeof STATUS)[HoldfastErrorCode] | Refusal['status'];

export interface ErrorAnswer {
  readonly status: ErrorStatus;
  readonly body: ErrorBody;
}

/** There is no such conversation. */
export function conversationNotFound(key: SessionKey): HoldfastError {
  return new HoldfastError('not_found', {
    message: `session ${JSON.stringify(key.sessionId)} does not exist`,
    key,
  });
}

/**
 * An error as the other side may know it. What is unexpected, or is for whoever runs the server
 * to mend, is logged and kept to ourselves.
 */
export function toWireError(error: unknown): WireError {
  if (!isHoldfastError(error) || error.code === 'internal' || error.code === 'misconfigured') {
    console.error(error);
    const code = isHoldfastError(error) ? error.code : 'unavailable';
    return { code, message: 'the server failed; its log says why' };
  }
  const { code, message, path } = error;
  return { code, message, ...(path !== undefined && { path }) };
}

/** An error as an answer. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  return { status: statusOf(error), body: { error: toWireError(error) } };
}

function statusOf(error: unknown): ErrorStatus {
  if (error instanceof Refusal) return error.status;
  return isHoldfastError(error) ? STATUS[error.code] : 500;
}
