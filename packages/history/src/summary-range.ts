import type { Event } from '@holdfast/session';
import { type CallPairs, pairCalls, type TrackedCall } from './call-pairs.ts';
import { isAbandoned, openCall, requestedFor } from './open-calls.ts';
import { summaryOf } from './summary-of.ts';

/** A part of the active events that a summary can stand for: from a place to another, exclusive. */
export interface SummaryRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a summary of the first `to` active events may cover: never one half of a pair, and no call that
 * still waits, unless it was given up. That is the beginning, up to such a call. If there is nothing
 * new to be covered, it is what lies behind it, so that one call does not block for ever. Undefined
 * if nothing can be covered.
 */
export function summaryRange(events: readonly Event[], to: number): SummaryRange | undefined {
  const spans = spansOf(events, pairCalls(events));
  let from = 0;
  while (from < to) {
    const range = { from, to: endOf({ from, to }, spans) };
    if (hasNews(events, range)) return range;
    const next = spans.find(({ first }) => first === range.to);
    if (range.to === to || next === undefined) return undefined;
    from = firstBehind(next.last + 1, spans);
  }
  return undefined;
}

/** Events that belong together, by the places of the first and the last one. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Whether none of them can be covered. */
  readonly isOpen: boolean;
}

/** What a range cannot end within, by its first place. */
export function spansOf(events: readonly Event[], { calls }: CallPairs): readonly Span[] {
  const byId = new Map<string, TrackedCall>();
  for (const tracked of calls) if (tracked.call.id) byId.set(tracked.call.id, tracked);
  const spans = calls.flatMap((tracked) => {
    const isOpen = openCall(tracked) !== undefined && !isAbandoned(tracked, events);
    const original = isOpen ? byId.get(requestedFor(tracked) ?? '') : undefined;
    const places = [
      tracked.index,
      ...tracked.responses.map(({ index }) => index),
      ...(original === undefined ? [] : [original.index]),
    ];
    const first = places.reduce((a, b) => Math.min(a, b));
    const last = places.reduce((a, b) => Math.max(a, b));
    return first === last && !isOpen ? [] : [{ first, last, isOpen }];
  });
  return spans.sort((a, b) => a.first - b.first);
}

/** Up to where a range goes that does not end within a span, and has no open one. */
export function endOf({ from, to }: SummaryRange, spans: readonly Span[]): number {
  let end = to;
  for (const { first, last, isOpen } of spans.toReversed()) {
    if (first >= from && first < end && (last >= end || isOpen)) end = first;
  }
  return end;
}

/** The first place from `place` on that is not within a span. */
function firstBehind(place: number, spans: readonly Span[]): number {
  let behind = place;
  for (const { first, last } of spans) {
    if (first < behind && last >= behind) behind = last + 1;
  }
  return behind;
}

/** Whether anything in the range is not a summary already. */
export function hasNews(events: readonly Event[], { from, to }: SummaryRange): boolean {
  return events.slice(from, to).some((event) => summaryOf(event) === undefined);
}
