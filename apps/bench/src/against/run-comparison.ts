import type { Places } from '../run/places.ts';
import { type ProcessLimits, runProcess } from '../run/run-process.ts';
import { BUILDS, type Build, type OfBoth } from './build.ts';
import { isNamed, MEASURED_CALLS } from './calls.ts';
import type { CallPairs, Comparison } from './compare-store.ts';
import type { PairedEffort } from './effort.ts';
import { type Ratio, ratioOf } from './ratio.ts';
import type { ComparedStore } from './stores.ts';
import type { Pair } from './time-pairs.ts';

// In little room, whose events outlive a collection of garbage, and are copied, is a matter of luck.
const NODE_OPTIONS = ['--max-semi-space-size=64'];

/** What a process is told. */
export interface ComparisonJob extends Comparison {
  /** Where each build is installed. */
  readonly installed: OfBoth<string>;
}

export interface ComparisonOptions extends ProcessLimits {
  readonly store: ComparedStore;
  /** Names of calls, or what the names of several begin with. */
  readonly calls: readonly string[] | undefined;
  readonly installed: OfBoth<string>;
  readonly rounds: number;
  readonly effort: PairedEffort;
  readonly places: Places;
  readonly log: (line: string) => void;
}

/** How two builds compare in one call; or why that is not known. */
export type CallResult = { readonly call: string } & (Ratio | { readonly failure: string });

/** Compares two builds on one store: each round is a process of its own. */
export async function runComparison(options: ComparisonOptions): Promise<readonly CallResult[]> {
  const { store, rounds, log } = options;
  const calls = MEASURED_CALLS.filter(
    (call) => options.calls?.some((name) => isNamed(call, name)) ?? true,
  ).map(({ id }) => id);
  const pairs = new Map<string, (readonly Pair[])[]>(calls.map((call) => [call, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    // Who is loaded first has the memory first, and teaches the compiler.
    const order = round % 2 === 0 ? BUILDS : [...BUILDS].reverse();
    for (const found of await runRound(options, { calls, order })) {
      if (found.failure === undefined) pairs.get(found.call)?.push(found.pairs);
      else failures.set(found.call, found.failure);
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    log(`${store.id}: round ${round + 1} of ${rounds}, ${seconds} s`);
  }
  return calls.map((call) => {
    const failure = failures.get(call);
    return failure === undefined ? { call, ...ratioOf(pairs.get(call) ?? []) } : { call, failure };
  });
}

async function runRound(
  options: ComparisonOptions,
  { calls, order }: { readonly calls: readonly string[]; readonly order: readonly Build[] },
): Promise<readonly CallPairs[]> {
  const { store, installed, effort, places } = options;
  const outcome = await places.within(store.group, (before) =>
    places.within(store.group, (now) => {
      const job: ComparisonJob = {
        ...{ store: store.id, calls, order, effort, installed },
        places: { before, now },
      };
      return runProcess<readonly CallPairs[]>(
        { args: ['--against'], nodeOptions: NODE_OPTIONS, job, folder: before.folder },
        options,
      );
    }),
  );
  if (outcome.failure === undefined) return outcome.answers;
  const { failure } = outcome;
  return calls.map((call) => ({ call, failure }));
}
