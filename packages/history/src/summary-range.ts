import type { Event } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';
import type { CallPairs, TrackedCall } from './call-pairs.ts';
import { givenUpOf } from './given-up.ts';
import { openCall, requestedFor } from './open-calls.ts';

/** A part of the active events that a summary can stand for: from a place to another, exclusive. */
export interface SummaryRange {
  readonly from: number;
  readonly to: number;
}

/** Events that belong together, by the places of the first and the last one. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Whether none of them can be covered. */
  readonly isOpen: boolean;
}

/**
 * What a summary of the first `to` active events may cover: never one half of a pair, and no call that
 * still waits. Of the parts between such calls, it is the one that has most to summarize, so that one
 * call does not block for ever. Undefined if nothing that is new can be covered.
 */
export function summaryRange(
  events: readonly Event[],
  { to, spans }: { readonly to: number; readonly spans: readonly Span[] },
): SummaryRange | undefined {
  let best: SummaryRange | undefined;
  let most = 0;
  const consider = (range: SummaryRange) => {
    const news = countNews(events, range);
    if (news <= most) return;
    most = news;
    best = range;
  };
  let from = 0;
  for (const { first, last, isOpen } of spans) {
    if (first >= to) break;
    if (!isOpen && last < to) continue;
    consider({ from, to: first });
    from = last + 1;
  }
  consider({ from, to });
  return best;
}

/** What a range cannot end within: disjoint, ascending. */
export function spansOf(events: readonly Event[], { calls }: CallPairs): readonly Span[] {
  const byId = new Map<string, TrackedCall>();
  for (const tracked of calls) if (tracked.call.id) byId.set(tracked.call.id, tracked);
  const givesUp = givenUpOf(events, calls);
  const runs = new Set<string>();
  const spans = calls.flatMap((tracked): Span[] => {
    const { index, responses } = tracked;
    const answer = responses.at(-1)?.index;
    if (openCall(tracked) === undefined) {
      return [{ first: index, last: answer ?? index, isOpen: false }];
    }
    if (givesUp.has(tracked)) return [];
    // A workflow goes on from what its nodes have done.
    if (tracked.event.nodeInfo !== undefined) runs.add(tracked.event.invocationId);
    // What is between the call and what came back so far can be covered.
    const original = byId.get(requestedFor(tracked) ?? '');
    const waiting = [index, answer, original?.index];
    return waiting.flatMap((place) =>
      place === undefined ? [] : [{ first: place, last: place, isOpen: true }],
    );
  });
  for (const [place, { invocationId }] of events.entries()) {
    if (runs.has(invocationId)) spans.push({ first: place, last: place, isOpen: true });
  }
  return joined(spans.sort((a, b) => a.first - b.first));
}

/** Up to where a range from the beginning goes that ends within no span, and has no open one. */
export function endOf(to: number, spans: readonly Span[]): number {
  const inTheWay = spans.find(({ last, isOpen }) => isOpen || last >= to);
  return Math.min(to, inTheWay?.first ?? to);
}

/** How many events of the range are not a summary already. */
export function countNews(events: readonly Event[], { from, to }: SummaryRange): number {
  let news = 0;
  for (let i = from; i < to; i++) if (summaryOf(events[i] as Event) === undefined) news++;
  return news;
}

/** Spans in the order of their first places, those that overlap as one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const disjoint: Span[] = [];
  for (const span of spans) {
    const before = disjoint.at(-1);
    if (before === undefined || span.first > before.last) {
      disjoint.push(span);
      continue;
    }
    disjoint[disjoint.length - 1] = {
      first: before.first,
      last: Math.max(before.last, span.last),
      isOpen: before.isOpen || span.isOpen,
    };
  }
  return disjoint;
}
