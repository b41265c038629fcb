import type { ReadResult } from '../contestants/bench-store.ts';

/** The least time that is worth looking at the clock for, in ms. */
const SHORTEST_BATCH_MS = 1;

/**
 * The mean time of one call in µs, one after the other. Calls go on until `measureMs` have
 * passed; before, `warmUpMs` of them are not counted. All of it counts, the collection of garbage
 * included.
 */
export async function timeCalls(options: {
  readonly call: () => Promise<unknown>;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** After how many calls it ends earlier. */
  readonly maxCalls?: number;
}): Promise<number> {
  const { call, warmUpMs, measureMs, maxCalls = Number.POSITIVE_INFINITY } = options;
  let batch = 1;
  const run = async (until: number) => {
    let calls = 0;
    let took = 0;
    while (took < until && calls < maxCalls) {
      const start = performance.now();
      for (let i = 0; i < batch; i++) await call();
      const elapsed = performance.now() - start;
      calls += batch;
      took += elapsed;
      if (elapsed < SHORTEST_BATCH_MS) batch *= 2;
    }
    return (took * 1000) / calls;
  };
  await run(warmUpMs);
  return run(measureMs);
}

export interface ReadTiming<Request> {
  readonly read: ((request: Request) => Promise<ReadResult>) | undefined;
  readonly request: Request;
  /** How many it has to find. */
  readonly expected: number;
  /** Ids of which it has to find each. */
  readonly ids?: readonly string[];
}

/**
 * The mean time of a read in µs, whose result is looked at once before; undefined where the store
 * cannot read so. A read that takes longer than all of `measureMs` is done this once.
 */
export async function timeReads<Request>(
  limits: { readonly warmUpMs: number; readonly measureMs: number; readonly maxCalls?: number },
  timing: ReadTiming<Request>,
): Promise<number | undefined> {
  const { read, request } = timing;
  if (read === undefined) return undefined;
  const start = performance.now();
  const result = await read(request);
  const took = performance.now() - start;
  checkResult(result, timing);
  if (took > limits.measureMs) return took * 1000;
  return timeCalls({ ...limits, call: () => read(request) });
}

function checkResult(
  result: ReadResult,
  { expected, ids = [] }: Pick<ReadTiming<unknown>, 'expected' | 'ids'>,
): void {
  const found = result !== undefined && 'events' in result ? result.events : result;
  if (found?.length !== expected) throw new Error(`${found?.length} of ${expected} were read`);
  const text = JSON.stringify(found, (_, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  const missing = ids.find((id) => !text.includes(`${id}"`));
  if (missing !== undefined) throw new Error(`${missing} was not read`);
}
