import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';
import { isError } from '@holdfast/core/internal';

/** What a driver's error means: its code, and the problem in words, before those of the driver. */
export type ErrorDescription = readonly [code: HoldfastErrorCode, problem: string];

/** A driver's error as callers get it. A `HoldfastError` stays as it is. */
export function translateWith(
  describe: (error: unknown, reason: string) => ErrorDescription,
): (error: unknown) => HoldfastError {
  return (error) => {
    if (isHoldfastError(error)) return error;
    const reason = isError(error) ? error.message || nameOf(error) : String(error);
    const [code, problem] = describe(error, reason);
    return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
  };
}

// If several addresses were tried, Node's error has no message.
function nameOf(error: Error): string {
  return String((error as { readonly code?: unknown }).code ?? error.name);
}
