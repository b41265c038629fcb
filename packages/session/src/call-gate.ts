import { dueTurn, dueTurnOfMany } from './event-loop-turn.ts';
import { serviceClosed } from './session-errors.ts';

/** What a store answers: the value itself if there was nothing to wait for, or a promise. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value: at once if it is there, so that a store without I/O costs no wait. */
export function andThen<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

// In Jest, what Node itself gives is a promise of another realm. No answer has a method `then`.
function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  if (value instanceof Promise) return true;
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * The life of a service: `close` waits for the calls that were accepted, later ones are `closed`.
 * Calls that are answered without I/O, one after the other, let the event loop have a turn about
 * every 10 ms.
 */
export class CallGate {
  #running = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  /** Runs a call. What it throws at once is a rejection, too. */
  run<T>(call: () => MaybePromise<T>): Promise<T> {
    let answer: Promise<T>;
    try {
      if (this.#closing !== undefined) throw serviceClosed();
      const result = call();
      if (isPromise(result)) return this.#count(result);
      answer = Promise.resolve(result);
    } catch (error) {
      answer = Promise.reject(error);
    }
    return dueTurnOfMany() === undefined ? answer : this.#count(answer);
  }

  /** Waits for the calls that are running, then for `release`; the second time for the same. */
  close(release: () => MaybePromise<void>): Promise<void> {
    if (this.#closing !== undefined) return this.#turnBefore(this.#closing);
    this.#closing = this.#whenIdle().then(release);
    return this.#closing;
  }

  async #turnBefore(answer: Promise<void>): Promise<void> {
    await dueTurnOfMany();
    return await answer;
  }

  async #count<T>(call: Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await call;
    } finally {
      // A driver that is synchronous may have answered without a turn, too.
      const turn = dueTurn();
      if (turn !== undefined) await turn;
      this.#running--;
      if (this.#running === 0) this.#idle?.();
    }
  }

  async #whenIdle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }
}
