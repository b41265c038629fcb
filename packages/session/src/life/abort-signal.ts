import type { AbortSignalLike } from '@holdfast/core';
import { describeType, invalidArgument } from '@holdfast/core/internal';

/** Calls back once a signal is aborted, or at once if it is; gives what stops that. */
export function onAbort(
  signal: AbortSignalLike | undefined,
  listener: (reason: unknown) => void,
): () => void {
  if (signal === undefined) return () => {};
  const listen = () => listener((signal as { readonly reason?: unknown }).reason);
  if (signal.aborted) listen();
  else signal.addEventListener('abort', listen);
  // What is a signal to us need not have it.
  const target = signal as { removeEventListener?(type: 'abort', listener: () => void): void };
  return () => target.removeEventListener?.('abort', listen);
}

/** A signal, if there is one. */
export function checkSignal(signal: unknown): AbortSignalLike | undefined {
  if (signal === undefined) return undefined;
  if (typeof (signal as AbortSignalLike | null)?.throwIfAborted === 'function') {
    return signal as AbortSignalLike;
  }
  throw invalidArgument('signal', `must be an AbortSignal, got ${describeType(signal)}`);
}
