import type { Place } from '../contestants/place.ts';
import { type Build, type OfBoth, ofBoth } from './build.ts';
import { MEASURED_CALLS } from './calls.ts';
import type { PairedEffort } from './effort.ts';
import { Ground } from './ground.ts';
import type { Load } from './load-packages.ts';
import { COMPARED_STORES } from './stores.ts';
import { type Pair, timePairs } from './time-pairs.ts';

/** One store, and two builds that are compared on it. */
export interface Comparison {
  /** The id of the store. */
  readonly store: string;
  /** The ids of the calls. */
  readonly calls: readonly string[];
  /** Where each build may write. */
  readonly places: OfBoth<Place>;
  /** Which build is loaded, opened and filled first. */
  readonly order: readonly Build[];
  readonly effort: PairedEffort;
}

/** What came of one call. */
export type CallPairs =
  | { readonly call: string; readonly pairs: readonly Pair[]; readonly failure?: undefined }
  | { readonly call: string; readonly failure: string };

/** Opens a service of each build, fills both in the same way, and measures their calls in pairs. */
export async function compareStore(
  comparison: Comparison,
  loads: OfBoth<Load>,
): Promise<readonly CallPairs[]> {
  const { places, order, effort } = comparison;
  const store = COMPARED_STORES.find(({ id }) => id === comparison.store);
  if (store === undefined) throw new Error(`there is no store ${comparison.store}`);
  const services = await ofBoth((build) => store.open(loads[build], places[build]), order);
  try {
    const grounds = await ofBoth((build) => Ground.fill(services[build], effort), order);
    for (const build of order) await store.settle?.(places[build]);
    const calls = MEASURED_CALLS.filter(({ id }) => comparison.calls.includes(id));
    const found: CallPairs[] = [];
    for (const { id: call, on } of calls) {
      const sides = await ofBoth(async (build) => on(grounds[build]), order);
      // What the calls before have left is not this one's.
      globalThis.gc?.();
      try {
        found.push({ call, pairs: await timePairs(sides, effort) });
      } catch (error) {
        found.push({ call, failure: error instanceof Error ? error.message : String(error) });
      }
    }
    return found;
  } finally {
    for (const build of order) await services[build].close();
  }
}
