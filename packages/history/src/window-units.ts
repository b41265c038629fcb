import type { Event } from '@holdfast/session';
import { type CallPairs, lastResponse, partsOf, type TrackedCall } from './call-pairs.ts';
import { isRequest, openCall, requestedFor } from './open-calls.ts';
import { summaryOf } from './summary-of.ts';

/** Events that are in a window together or not at all: their places in the list, ascending. */
export type Unit = readonly number[];

/**
 * The units of a history, in the order in which they come into a window: the newest, requests that
 * wait for a person, summaries, then all others from the newest to the oldest. Any number of the
 * first ones is whole in its pairs.
 */
export function unitsOf(events: readonly Event[], pairs: CallPairs): readonly Unit[] {
  const groups = groupEvents(events, pairs);
  const waiting = new Set(pairs.calls.filter(isWaitingRequest).map(({ index }) => index));
  const units = [...groups].sort((a, b) => newestOf(b) - newestOf(a));
  const [newest, ...others] = units;
  if (newest === undefined) return [];
  const rankOf = (unit: Unit) => {
    if (unit.some((index) => waiting.has(index))) return 0;
    return unit.some((index) => summaryOf(events[index] as Event)) ? 1 : 2;
  };
  // Sorting is stable: within a rank, the newest stay first.
  const ranked = others.map((unit) => ({ unit, rank: rankOf(unit) }));
  ranked.sort((a, b) => a.rank - b.rank);
  return [newest, ...ranked.map(({ unit }) => unit)];
}

/** The place of the last event of a unit. */
export function newestOf(unit: Unit): number {
  return unit.at(-1) ?? -1;
}

function isWaitingRequest(tracked: TrackedCall): boolean {
  return isRequest(tracked.call) && openCall(tracked) !== undefined;
}

function groupEvents(events: readonly Event[], { calls }: CallPairs): readonly Unit[] {
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

  all(): readonly Unit[] {
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
