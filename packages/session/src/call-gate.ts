import { serviceClosed } from './session-errors.ts';

/**
 * The life of a service whose calls take time: `close` waits for the calls that were accepted,
 * and every later one is `closed`.
 */
export class CallGate {
  #running = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  /** Runs a call. What it throws at once is a rejection, too. */
  async run<T>(call: () => T | Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw serviceClosed();
    this.#running++;
    try {
      return await call();
    } finally {
      this.#running--;
      if (this.#running === 0) this.#idle?.();
    }
  }

  /** Waits for the calls that run, then for `release`; the second time for the same. */
  close(release: () => void | Promise<void>): Promise<void> {
    this.#closing ??= this.#whenIdle().then(release);
    return this.#closing;
  }

  async #whenIdle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }
}
