import { describeSessionKey, HoldfastError, type SessionKey } from '@holdfast/core';

/**
 * Another writer may come between a write and the look at why it was refused. So often in a row
 * it is no accident.
 */
export const MAX_ATTEMPTS = 20;

export function changedTooOften(key: SessionKey): HoldfastError {
  return new HoldfastError('unavailable', {
    message: `${describeSessionKey(key)} changed too often while it was written`,
    key,
  });
}
