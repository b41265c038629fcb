/** A call that is under way. */
export interface TimedCall {
  readonly end: number;
  readonly expire: () => void;
}

/**
 * Ends calls that take too long. All may take the same time, so the first to begin is the first
 * to end, and one timer does for all: to start and clear one for each call costs more than the
 * rest of what is done with it.
 */
export class CallTimer {
  readonly #timeout: number;
  readonly #calls = new Set<TimedCall>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `timeout` in ms. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** Runs `expire` when the time is over, unless the call was stopped before. */
  start(expire: () => void): TimedCall {
    const call = { end: performance.now() + this.#timeout, expire };
    this.#calls.add(call);
    if (this.#timer === undefined) this.#wait(this.#timeout);
    else if (this.#calls.size === 1) this.#timer.ref();
    return call;
  }

  stop(call: TimedCall): void {
    this.#calls.delete(call);
    // Nobody waits for anything: a process may end.
    if (this.#calls.size === 0) this.#timer?.unref();
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#expire(), ms);
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
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
