import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';
import type { SessionServiceMethod } from '@holdfast/session';

/** What the signal of a request is like when it is asked; its abort is told later. */
export type SentSignal = 'waiting' | 'aborted';

interface SentRequest {
  readonly id: number;
  readonly service: number;
  /** Without its signal, which stays in the process that asks. */
  readonly request: unknown;
  readonly signal?: SentSignal | undefined;
}

/** What the kit asks of another process. */
export type Question =
  | { readonly id: number; readonly type: 'open'; readonly storage: string }
  | (SentRequest & { readonly type: 'call'; readonly method: SentMethod })
  /** Begins a watch. The other process asks it for no event before the kit asks for the next. */
  | (SentRequest & { readonly type: 'watch' })
  | { readonly id: number; readonly type: 'next'; readonly watch: number }
  | { readonly id: number; readonly type: 'return'; readonly watch: number };

/** A call that answers once. */
export type SentMethod = Exclude<SessionServiceMethod, 'watch'>;

/** Tells that the signal of a question was aborted. It has no answer. */
export interface Abort {
  readonly type: 'abort';
  readonly of: number;
}

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
  /** Whether it is the reason of the request's signal, of which the one who asks has the original. */
  readonly isReason?: boolean | undefined;
}

/** The reason of a signal in the other process. */
class AbortedFromAfar extends Error {
  override readonly name = 'AbortedFromAfar';
}

export function newReason(): Error {
  return new AbortedFromAfar('the signal was aborted by the process that asked');
}

export function isReason(error: unknown): boolean {
  return error instanceof AbortedFromAfar;
}

export function packError(error: unknown): SentError {
  if (isHoldfastError(error)) {
    const { message, code, path, key, revision } = error;
    return { message, code, path, key, revision };
  }
  if (error instanceof Error) {
    return { message: String(error), stack: error.stack, isReason: isReason(error) };
  }
  return { message: String(error) };
}

export function unpackError({ code, message, stack, isReason, ...details }: SentError): Error {
  if (code !== undefined) return new HoldfastError(code, { message, ...details });
  if (isReason === true) return newReason();
  const error = new Error(`in the other process: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
