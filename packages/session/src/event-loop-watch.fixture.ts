// This package is not compiled for Node, which only its tests run on.
const { process, setImmediate } = globalThis as unknown as {
  readonly process: {
    cpuUsage(since?: CpuUsage): CpuUsage;
  };
  setImmediate(callback: () => void): void;
};

/** In microseconds. */
interface CpuUsage {
  readonly user: number;
  readonly system: number;
}

/** What a watch over the event loop has seen. */
export interface EventLoopWatch {
  /** The longest time in ms that this process held its event loop by working. */
  longestHold(): number;
  stop(): void;
}

/**
 * Watches the event loop from turn to turn. A hold is the time between two turns, or the CPU time
 * that this process spent in it, whichever is less: so a busy machine, which takes the CPU away,
 * is not taken for a fault of ours, and neither is a thread that works beside the loop.
 */
export function watchEventLoop(): EventLoopWatch {
  let longest = 0;
  let isWatching = true;
  let turn = performance.now();
  let cpu = process.cpuUsage();

  function look(): void {
    if (!isWatching) return;
    const now = performance.now();
    const used = process.cpuUsage(cpu);
    longest = Math.max(longest, Math.min(now - turn, (used.user + used.system) / 1000));
    turn = now;
    cpu = process.cpuUsage();
    setImmediate(look);
  }

  setImmediate(look);
  return {
    longestHold: () => longest,
    stop() {
      isWatching = false;
    },
  };
}
