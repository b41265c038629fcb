import type { BenchStore } from '../contestants/bench-store.ts';
import { sampleDelta } from '../contestants/sample-event.ts';
import { type Filler, OverBudget } from './filler.ts';
import type { Effort } from './question.ts';

// To look at the clock costs less than a hundredth of a block.
const BLOCK = 10;
const SLOW_BLOCK_MS = 50;
const LONGEST_CHECKED = 1_000;

export interface AppenderOptions {
  readonly store: BenchStore;
  readonly filler: Filler;
  readonly user: string;
  /** A session that is filled. */
  readonly session: string;
  /** How many events a session has when the first one is appended. */
  readonly history: number;
}

/**
 * Appends one event after the other to sessions of about one length. A session grows by a tenth,
 * by 50 events at least; then a new one is filled, which is not timed.
 */
class Appender {
  readonly #options: AppenderOptions;
  readonly #growth: number;
  #session: string;
  #sessions = 1;
  #appended = 0;

  constructor(options: AppenderOptions) {
    this.#options = options;
    this.#growth = Math.max(50, options.history / 10);
    this.#session = options.session;
  }

  /**
   * The mean time of an append in µs, over calls that take `ms` together, or over `maxCalls`; over
   * fewer where there was no time to fill another session.
   */
  async run(limits: { readonly ms: number; readonly maxCalls: number }): Promise<number> {
    let took = 0;
    let calls = 0;
    while (took < limits.ms && calls < limits.maxCalls) {
      try {
        if (this.#appended >= this.#growth) await this.#nextSession();
      } catch (error) {
        if (error instanceof OverBudget && calls > 0) break;
        throw error;
      }
      const block = took / calls > SLOW_BLOCK_MS / BLOCK || calls === 0 ? 1 : BLOCK;
      took += await this.#timeBlock(block);
      calls += block;
    }
    return (took * 1000) / calls;
  }

  /** Looks whether the last session has all of its events, unless it is too long for that. */
  async check(): Promise<void> {
    const { store, user, history } = this.#options;
    if (store.audit === undefined || history > LONGEST_CHECKED) return;
    const { ids } = await store.audit({ user, session: this.#session });
    const expected = history + this.#appended;
    if (ids.length !== expected) throw new Error(`${ids.length} of ${expected} events are there`);
  }

  async #timeBlock(length: number): Promise<number> {
    const { store, user, history } = this.#options;
    const session = this.#session;
    const first = history + this.#appended;
    const start = performance.now();
    for (let n = first; n < first + length; n++) {
      await store.append({ user, session, writer: 0, n, delta: sampleDelta(n) });
    }
    this.#appended += length;
    return performance.now() - start;
  }

  async #nextSession(): Promise<void> {
    const { filler, user, history } = this.#options;
    this.#session = `${this.#options.session}-${++this.#sessions}`;
    await filler.fill({ user, sessions: [this.#session], from: 0, count: history });
    this.#appended = 0;
  }
}

/** The mean time of an append in µs, after a warm-up. An `Error` where not all of it is there. */
export async function timeAppends(
  options: AppenderOptions & { readonly effort: Effort; readonly maxCalls: number },
): Promise<number> {
  const { effort, maxCalls } = options;
  const appender = new Appender(options);
  await appender.run({ ms: effort.warmUpMs, maxCalls: maxCalls / 2 });
  const time = await appender.run({ ms: effort.measureMs, maxCalls });
  await appender.check();
  return time;
}
