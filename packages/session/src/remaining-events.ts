import type { Event } from '@holdfast/core';

/**
 * The events that count: without those that a rewind has taken back or that were retracted, and
 * without the markers of both. The events are in `seq` order; earlier ones may be missing. A summary
 * is one of them, beside what it covers. So is an event without a `seq`: it was never stored.
 */
export function remainingEvents(events: readonly Event[]): readonly Event[] {
  const active: Event[] = [];
  // A rewind brings back what counted at its point: whatever came between, rewinds too, does not.
  let before = Number.POSITIVE_INFINITY;
  let retractedThrough = 0;
  const retractedIds = new Set<string>();
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i] as Event;
    const { seq } = event;
    if (event.erased === true || (seq !== undefined && seq >= before)) continue;
    const { rewind, retract } = event.actions ?? {};
    if (isSeq(rewind?.toSeq)) {
      before = rewind.toSeq + 1;
    } else if (isSeq(retract?.throughSeq)) {
      retractedThrough = Math.max(retractedThrough, retract.throughSeq);
    } else if (Array.isArray(retract?.eventIds)) {
      for (const id of retract.eventIds) retractedIds.add(id);
    } else if (seq === undefined || (seq > retractedThrough && !retractedIds.has(event.id))) {
      active.push(event);
    }
  }
  return active.reverse();
}

// Anything may stand in the actions of an event that was appended as it is.
function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
