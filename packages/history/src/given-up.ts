import type { Event } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';
import { partsOf, type TrackedCall } from './call-pairs.ts';
import { type OpenCall, openCall } from './open-calls.ts';

/**
 * The open calls that can be given up: they wait for a tool that should have answered at once, and
 * their own branch has gone on. That a summary follows does not say so: it may be of other branches.
 */
export function givenUpOf(
  events: readonly Event[],
  calls: readonly TrackedCall[],
): ReadonlyMap<TrackedCall, OpenCall> {
  const lastSaid = new Map<string | undefined, number>();
  for (const [i, event] of events.entries()) {
    const isSaid = partsOf(event).some((part) => part.functionCall || !part.functionResponse);
    if (isSaid && summaryOf(event) === undefined) lastSaid.set(event.branch, i);
  }
  const givenUp = new Map<TrackedCall, OpenCall>();
  for (const tracked of calls) {
    const open = openCall(tracked);
    const isLastSaid = lastSaid.get(tracked.event.branch) === tracked.index;
    if (open?.waitsFor === 'response' && !isLastSaid) givenUp.set(tracked, open);
  }
  return givenUp;
}
