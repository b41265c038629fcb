import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';
import type { SessionServiceMethod } from '@holdfast/session';

/** What the kit asks of another process. */
export type Question =
  | { readonly id: number; readonly type: 'open'; readonly storage: string }
  | {
      readonly id: number;
      readonly type: 'call';
      readonly service: number;
      readonly method: SessionServiceMethod;
      readonly request: unknown;
    };

/** What the other process answers. */
export type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: SentError }
);

interface SentError {
  readonly message: string;
  /** Present for a `HoldfastError`. */
  readonly code?: HoldfastErrorCode;
  readonly path?: string | undefined;
  readonly key?: HoldfastError['key'];
  readonly revision?: number | undefined;
  readonly stack?: string | undefined;
}

export function packError(error: unknown): SentError {
  if (isHoldfastError(error)) {
    const { message, code, path, key, revision } = error;
    return { message, code, path, key, revision };
  }
  if (error instanceof Error) return { message: String(error), stack: error.stack };
  return { message: String(error) };
}

export function unpackError({ code, message, stack, ...details }: SentError): Error {
  if (code !== undefined) return new HoldfastError(code, { message, ...details });
  const error = new Error(`in the other process: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
