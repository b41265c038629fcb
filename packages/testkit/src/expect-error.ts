import assert from 'node:assert/strict';
import { type HoldfastErrorCode, isHoldfastError, type SessionKey } from '@holdfast/core';

export interface ExpectedError {
  readonly code: HoldfastErrorCode;
  /** @default not compared */
  readonly path?: string;
  /** @default not compared */
  readonly key?: SessionKey;
  /** @default not compared */
  readonly revision?: number;
}

/** Fails unless `call` is refused with a `HoldfastError` of that code, path, key and revision. */
export async function expectError(
  call: () => Promise<unknown>,
  expected: ExpectedError,
): Promise<void> {
  const error = await refusalOf(call);
  if (error === undefined)
    assert.fail(`${describe(expected)} was expected, but the call succeeded`);
  assert.ok(
    isHoldfastError(error) && error instanceof Error,
    `${describe(expected)} was expected, not ${error}`,
  );
  assert.equal(error.code, expected.code, `${describe(expected)} was expected: ${error.message}`);
  assert.equal(error.retryable, error.code === 'unavailable');
  if (expected.path !== undefined) assert.equal(error.path, expected.path);
  if (expected.key !== undefined) assert.deepEqual(error.key, expected.key);
  if (expected.revision !== undefined) assert.equal(error.revision, expected.revision);
}

/** What `call` rejects with, or throws; undefined if it succeeds. */
export async function refusalOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

/** What `call` answers; undefined if it is refused with `code`. */
export async function unlessRefused<T>(
  code: HoldfastErrorCode,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isHoldfastError(error, code)) return undefined;
    throw error;
  }
}

function describe({ code, path }: ExpectedError): string {
  return path === undefined ? code : `${code} at ${path}`;
}
