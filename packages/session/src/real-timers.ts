/** What a call is timed with. */
export interface Timers {
  /** In Node, what it gives says whether it keeps the process running. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** A clock, in ms. */
  now(): number;
}

/** A module of Node, without an import, which nothing else could load. */
export function builtIn<Module>(name: string): Module | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): Module | undefined };
  };
  return process?.getBuiltinModule?.(name);
}

/**
 * Timers and a clock that no test stops. They are looked up when the module is loaded, as a test may
 * put others in their place later; and asked of Node, if this is Node, as it may have done so before.
 */
export const realTimers: Timers = findTimers();

function findTimers(): Timers {
  const { setTimeout } =
    builtIn<{ readonly setTimeout: Timers['setTimeout'] }>('node:timers') ?? globalThis;
  const { performance: clock } =
    builtIn<{ readonly performance?: Performance }>('node:perf_hooks') ?? globalThis;
  const now = clock?.now.bind(clock) ?? Date.now;
  return {
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    now,
  };
}
