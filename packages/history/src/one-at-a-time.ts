import type { AbortSignalLike, SessionKey } from '@holdfast/session';
import { onAbort } from '@holdfast/session/store';

const running = new WeakMap<object, Map<string, Promise<unknown>>>();

export interface OneAtATime<T> {
  readonly key: SessionKey;
  /** Ends the wait for those before it. @default nothing does */
  readonly signal: AbortSignalLike | undefined;
  run(): Promise<T>;
}

/** Runs what is asked for one session of a service one after the other. */
export async function oneAtATime<T>(
  service: object,
  { key, signal, run }: OneAtATime<T>,
): Promise<T> {
  const { appName, userId, sessionId } = key;
  const id = JSON.stringify([appName, userId, sessionId]);
  const tails = running.get(service) ?? new Map<string, Promise<unknown>>();
  running.set(service, tails);
  const before = Promise.resolve(tails.get(id));
  const result = untilAborted(before, signal).then(run);
  // Who does not wait any more lets nobody else begin.
  const tail = Promise.allSettled([before, result]);
  tails.set(id, tail);
  try {
    return await result;
  } finally {
    void tail.then(() => {
      if (tails.get(id) === tail) tails.delete(id);
    });
  }
}

/** What a promise gives, or the reason of the abort if that comes first. */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignalLike | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    promise.then(resolve, reject).finally(stop);
  });
}
