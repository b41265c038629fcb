import type { Ground } from './ground.ts';
import type { Repeated } from './time-pairs.ts';

/** One way to use a call of a session service. */
export interface MeasuredCall {
  /** The name of the call, and of the way. */
  readonly id: string;
  /** As a table shows it. */
  readonly title: string;
  on(ground: Ground): Repeated;
}

/** A call that is made with one request after the other. */
export function repeated<Request>(options: {
  /** That many requests, made before anything is measured. */
  readonly requests: (count: number) => Promise<readonly Request[]> | readonly Request[];
  readonly call: (request: Request) => Promise<unknown>;
  /** Undoes what the calls of a block have done. */
  readonly tidy?: (requests: readonly Request[]) => Promise<unknown>;
}): Repeated {
  const { call, tidy } = options;
  return {
    async block(count) {
      const requests = await options.requests(count);
      return {
        async run() {
          for (const request of requests) await call(request);
        },
        tidy: async () => tidy?.(requests),
      };
    },
  };
}

/** A call that is made with the same request each time, and changes nothing that lasts. */
export function repeatedly<Request>(
  request: Request | (() => Promise<Request>),
  call: (request: Request) => Promise<unknown>,
): Repeated {
  return repeated({
    call,
    requests: async (count) => {
      const same = request instanceof Function ? await request() : request;
      return Array.from({ length: count }, () => same);
    },
  });
}
