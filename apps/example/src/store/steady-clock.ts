/**
 * The time in epoch ms, and never the same twice: of two conversations, one is the newer,
 * also where lines come faster than milliseconds pass. It knows of one process alone: times
 * of another one can be the same, and then a store goes by the id.
 */
export function createSteadyClock(now: () => number = Date.now): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, now());
    return last;
  };
}
