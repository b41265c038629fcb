import { aPause } from './race.ts';

// A machine that is too slow for this is too slow to tell.
const MOST_MS = 15_000;

/** Waits until the clock has passed a time. */
export async function untilPast(time: number): Promise<void> {
  while (Date.now() <= time) await aPause();
}

/**
 * Tries with so many ms, and with twice as many each time that the machine was too slow to tell:
 * then `tell` gives false.
 */
export async function withTimeEnough(
  first: number,
  tell: (ms: number) => Promise<boolean>,
): Promise<void> {
  for (let ms = first; ms <= MOST_MS; ms *= 2) if (await tell(ms)) return;
}
