import { dueTurn, dueTurnOfMany } from './event-loop-turn.ts';
import { serviceClosed } from './session-errors.ts';

/**
 * What a store answers: the value itself if there was nothing to wait for, or a promise. It has to
 * be a native one, such as an `async` method gives.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value: at once if it is there, so that a store without I/O costs no wait. */
export function andThen<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
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
      if (result instanceof Promise) return this.#count(result);
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
