import type { RedisClient } from './redis-client.ts';

/** A script that a service is about to run. */
export interface InterceptedCall {
  /** 1 for the first that the client sees. */
  readonly number: number;
  readonly keys: readonly string[];
  readonly run: () => Promise<unknown>;
}

/** A client whose scripts go through `intercept`, which may keep them waiting, or drop them. */
export function interceptedClient(
  client: RedisClient,
  intercept: (call: InterceptedCall) => Promise<unknown>,
): RedisClient {
  let number = 0;
  return {
    isCluster: client.isCluster === true,
    evalsha: (sha, count, ...rest) =>
      intercept({
        number: ++number,
        keys: rest.slice(0, count),
        run: () => client.evalsha(sha, count, ...rest),
      }),
    eval: (script, count, ...rest) => client.eval(script, count, ...rest),
    pipeline: (commands) => client.pipeline(commands),
    quit: () => client.quit(),
    disconnect: () => client.disconnect(),
  };
}

/** Something that a test opens later. */
export class Gate {
  readonly opened: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }
}
