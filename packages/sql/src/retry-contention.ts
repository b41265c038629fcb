const MAX_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 100;

// One wait for a lock may take longer than all of this: then once is enough.
const TIME_FOR_RETRIES_MS = 10_000;

/** Tries again where other transactions were in the way, a bounded number of times. */
export async function retryContention<Result>(
  attempt: () => Promise<Result>,
  isContention: (error: unknown) => boolean,
): Promise<Result> {
  const deadline = performance.now() + TIME_FOR_RETRIES_MS;
  for (let i = 1; ; i++) {
    try {
      return await attempt();
    } catch (error) {
      const isLast = i === MAX_ATTEMPTS || performance.now() >= deadline;
      if (isLast || !isContention(error)) throw error;
    }
    // At random, so that those who met do not meet again.
    const pause = Math.random() * Math.min(2 ** i, LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
