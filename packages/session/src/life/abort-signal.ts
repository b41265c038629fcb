import type { AbortSignalLike } from '@holdfast/core';
import { describeType, invalidArgument } from '@holdfast/core/internal';

type Listener = (reason: unknown) => void;

// Of each signal in use. A runtime warns of a leak if one has many listeners of its own.
const listenersOf = new WeakMap<AbortSignalLike, Set<Listener>>();

/** Calls back once a signal is aborted, or at once if it is; gives what stops that. */
export function onAbort(
  signal: AbortSignalLike | undefined,
  listener: (reason: unknown) => void,
): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    listener(reasonOf(signal));
    return () => {};
  }
  const listeners = listenersOf.get(signal) ?? listenTo(signal);
  // The same function may be given twice.
  const own: Listener = (reason) => listener(reason);
  listeners.add(own);
  return () => void listeners.delete(own);
}

function listenTo(signal: AbortSignalLike): Set<Listener> {
  const listeners = new Set<Listener>();
  listenersOf.set(signal, listeners);
  signal.addEventListener('abort', () => {
    for (const listener of listeners) listener(reasonOf(signal));
  });
  return listeners;
}

function reasonOf(signal: AbortSignalLike): unknown {
  return (signal as { readonly reason?: unknown }).reason;
}

/** A signal, if there is one. */
export function checkSignal(signal: unknown): AbortSignalLike | undefined {
  if (signal === undefined) return undefined;
  if (typeof (signal as AbortSignalLike | null)?.throwIfAborted === 'function') {
    return signal as AbortSignalLike;
  }
  throw invalidArgument('signal', `must be an AbortSignal, got ${describeType(signal)}`);
}
