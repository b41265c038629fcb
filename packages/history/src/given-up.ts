import type { Event } from '@holdfast/session';
import { partsOf, type TrackedCall } from './call-pairs.ts';
import { openCall } from './open-calls.ts';
import { summaryOf } from './summary-of.ts';

/**
 * The calls that can be given up: they wait for a tool that should have answered at once, and their
 * own branch has gone on. That a summary follows does not say so: it may be of other branches.
 */
export function givenUpOf(
  events: readonly Event[],
  calls: readonly TrackedCall[],
): ReadonlySet<TrackedCall> {
  const lastSaid = new Map<string | undefined, number>();
  for (const [i, event] of events.entries()) {
    const isSaid = partsOf(event).some(({ functionResponse }) => functionResponse === undefined);
    if (isSaid && summaryOf(event) === undefined) lastSaid.set(event.branch, i);
  }
  const isGivenUp = (tracked: TrackedCall) =>
    openCall(tracked)?.waitsFor === 'response' &&
    (lastSaid.get(tracked.event.branch) ?? 0) > tracked.index;
  return new Set(calls.filter(isGivenUp));
}
