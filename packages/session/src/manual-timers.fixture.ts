import { vi } from 'vitest';
import { realTimers } from './real-timers.ts';

interface Timer {
  readonly at: number;
  callback(): void;
}

/** Puts timers that only a test lets run in the place of the real ones, until mocks are restored. */
export class ManualTimers {
  #now = 0;
  #timers: Timer[] = [];

  constructor() {
    vi.spyOn(realTimers, 'setTimeout').mockImplementation((callback, ms) => {
      this.#timers.push({ at: this.#now + ms, callback });
    });
  }

  /** How many wait for their time. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets time pass, and whatever follows from it happen. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.callback();
      await settle();
    }
    this.#now = end;
  }
}

/** All that needs no time has happened. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
