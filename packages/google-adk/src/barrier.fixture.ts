/** It opens when as many as are expected have come. */
export interface Barrier {
  /** Resolves when it is open. */
  readonly opened: Promise<void>;
  /** Comes, and waits. */
  arrive(): Promise<void>;
}

export function createBarrier(expected = 1): Barrier {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrived = 0;
  return {
    opened,
    arrive() {
      if (++arrived === expected) open();
      return opened;
    },
  };
}
