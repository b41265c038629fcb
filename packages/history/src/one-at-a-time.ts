import type { SessionKey } from '@holdfast/session';

const running = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Runs what is asked for one session of a service one after the other. */
export async function oneAtATime<T>(
  service: object,
  { key, run }: { readonly key: SessionKey; run(): Promise<T> },
): Promise<T> {
  const { appName, userId, sessionId } = key;
  const id = JSON.stringify([appName, userId, sessionId]);
  const tails = running.get(service) ?? new Map<string, Promise<unknown>>();
  running.set(service, tails);
  const result = Promise.resolve(tails.get(id)).then(run);
  const tail = result.catch(() => {});
  tails.set(id, tail);
  try {
    return await result;
  } finally {
    if (tails.get(id) === tail) tails.delete(id);
  }
}
