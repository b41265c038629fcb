// Not the globals: a test that sets those to a clock of its own would wait for ever.
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers';
import { isBusy } from './sqlite-error.ts';

/**
 * How long SQLite itself waits for another connection, in ms. It does so without giving
 * the event loop back, so most of the waiting is done between tries.
 */
export const BLOCKING_WAIT_MS = 5;

const LONGEST_PAUSE_MS = 20;

/** Tries until the database is not busy, up to `timeout` ms; nothing is frozen meanwhile. */
export async function retryWhileBusy<Result>(
  attempt: () => Result,
  timeout: number,
): Promise<Result> {
  const deadline = performance.now() + timeout;
  for (let length = 1; ; length = Math.min(length * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    // At random, so that processes which wait for each other do not keep in step.
    await pause(length * (0.5 + Math.random()));
  }
}

/** Waits for so many ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Gives the event loop a turn: timers, sockets, and what the garbage collector has found. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
