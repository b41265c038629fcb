const FIRST_MS = 400;
const LONGEST_MS = 4_000;

/** Waits between tries: longer each time, until one succeeds. */
export class RetryDelay {
  #next = FIRST_MS;

  reset(): void {
    this.#next = FIRST_MS;
  }

  /** Returns early where the signal is aborted, or the browser says that it is online again. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = this.#next;
    this.#next = Math.min(ms * 2, LONGEST_MS);
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        removeEventListener('online', end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      addEventListener('online', end);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }
}
