import type { Event } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';
import { type CallPairs, lastResponse, partsOf, type TrackedCall } from './call-pairs.ts';
import { isRequest, openCall, requestedFor } from './open-calls.ts';

/** Events that are in a window together or not at all. */
export interface Unit {
  /** Where they are in the list, ascending. */
  readonly places: readonly number[];
  /** Whether it waits for a person, or has a summary. */
  readonly isPinned: boolean;
}

/**
 * The units of a history, in the order in which they come into a window: the newest, requests that
 * wait for a person, summaries, then all others from the newest to the oldest. Any number of the
 * first ones is whole in its pairs.
 */
export function unitsOf(
  events: readonly Event[],
  { pairs, asked }: { readonly pairs: CallPairs; readonly asked: ReadonlySet<string> },
): readonly Unit[] {
  const isPending = (tracked: TrackedCall) =>
    isWaitingRequest(tracked) || asked.has(tracked.call.id ?? '');
  const waiting = new Set(pairs.calls.filter(isPending).map(({ index }) => index));
  const rankOf = (places: readonly number[]) => {
    if (places.some((place) => waiting.has(place))) return WAITING;
    return places.some((place) => summaryOf(events[place] as Event)) ? SUMMARY : OTHER;
  };
  const ranked = groupEvents(events, pairs).map((places) => ({ places, rank: rankOf(places) }));
  ranked.sort((a, b) => newestOf(b.places) - newestOf(a.places));
  const [newest, ...others] = ranked;
  if (newest === undefined) return [];
  // Sorting is stable: within a rank, the newest stay first.
  others.sort((a, b) => a.rank - b.rank);
  return [newest, ...others].map(({ places, rank }) => ({ places, isPinned: rank !== OTHER }));
}

const WAITING = 0;
const SUMMARY = 1;
const OTHER = 2;

function newestOf(places: readonly number[]): number {
  return places.at(-1) ?? -1;
}

function isWaitingRequest(tracked: TrackedCall): boolean {
  return isRequest(tracked.call) && openCall(tracked) !== undefined;
}

function groupEvents(
  events: readonly Event[],
  { calls }: CallPairs,
): readonly (readonly number[])[] {
  const groups = new Groups(events.length);
  const byId = new Map<string, number>();
  const outdated = new Map<number, number>();
  for (const tracked of calls) {
    const { call, index, responses } = tracked;
    const last = lastResponse(tracked);
    if (last !== undefined) groups.join(index, last.index);
    // An earlier response is not needed, but cannot be without its call.
    for (const { index: earlier } of responses.slice(0, -1)) {
      outdated.set(earlier, (outdated.get(earlier) ?? 0) + 1);
    }
    if (isWaitingRequest(tracked)) {
      const original = byId.get(requestedFor(tracked) ?? '');
      if (original !== undefined) groups.join(index, original);
    }
    if (call.id) byId.set(call.id, index);
  }
  for (const { index, responses } of calls) {
    for (const { index: earlier } of responses.slice(0, -1)) {
      const isOnlyOutdated = outdated.get(earlier) === partsOf(events[earlier] as Event).length;
      if (!isOnlyOutdated) groups.join(index, earlier);
    }
  }
  return groups.all();
}

/** Disjoint groups of the numbers below a length. */
class Groups {
  readonly #parents: number[];

  constructor(length: number) {
    this.#parents = Array.from({ length }, (_, i) => i);
  }

  join(a: number, b: number): void {
    this.#parents[this.#rootOf(a)] = this.#rootOf(b);
  }

  all(): readonly (readonly number[])[] {
    const groups = new Map<number, number[]>();
    for (const i of this.#parents.keys()) {
      const root = this.#rootOf(i);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [i]);
      else group.push(i);
    }
    return [...groups.values()];
  }

  #rootOf(i: number): number {
    let root = i;
    while (this.#parents[root] !== root) root = this.#parents[root] as number;
    for (let at = i; at !== root; ) {
      const parent = this.#parents[at] as number;
      this.#parents[at] = root;
      at = parent;
    }
    return root;
  }
}
