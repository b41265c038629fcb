import { realTimers, type Timers } from './real-timers.ts';

interface TimedCall {
  readonly end: number;
  readonly expire: () => void;
}

// Only Node has them: they say whether a timer keeps the process running.
interface Timer {
  ref?(): unknown;
  unref?(): unknown;
}

/**
 * Ends calls that take too long. All may take the same time, so the first to begin is the first
 * to end, and one timer does for all: to start and clear one for each call costs more than the
 * rest of what is done with it.
 */
export class CallTimer {
  readonly timeout: number;
  readonly #timers: Timers;
  readonly #calls = new Set<TimedCall>();
  #timer: Timer | undefined;

  /** `timeout` in ms. No test that fakes timers stops a call: it would wait for ever. */
  constructor(timeout: number, timers: Timers = realTimers) {
    this.timeout = timeout;
    this.#timers = timers;
  }

  /** What comes of `work`; or, if that takes too long, the error that `expire` gives. */
  limit<T>(work: () => Promise<T>, expire: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = { end: this.#timers.now() + this.timeout, expire: () => reject(expire()) };
      this.#calls.add(call);
      if (this.#timer === undefined) this.#wait(this.timeout);
      else if (this.#calls.size === 1) this.#timer.ref?.();
      work().then(
        (result) => {
          this.#end(call);
          resolve(result);
        },
        (error: unknown) => {
          this.#end(call);
          reject(error);
        },
      );
    });
  }

  #end(call: TimedCall): void {
    this.#calls.delete(call);
    // Nobody waits for anything: a process may end.
    if (this.#calls.size === 0) this.#timer?.unref?.();
  }

  #wait(ms: number): void {
    this.#timer = this.#timers.setTimeout(() => this.#expire(), ms) as Timer;
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#timers.now();
    for (const call of this.#calls) {
      if (call.end > now) {
        this.#wait(Math.ceil(call.end - now));
        return;
      }
      this.#calls.delete(call);
      call.expire();
    }
  }
}
