import type { Event } from '@holdfast/session';
import { type CallPairs, isTelling, partsOf } from './call-pairs.ts';
import { isSaidByUser } from './is-said-by-user.ts';
import { countNews, type SummaryRange, spansOf, summaryRange } from './summary-range.ts';

/**
 * What a summary is to cover of the active events if so many of the last ones are kept, of those that
 * say something, as far as there are so many. What is left begins with
 * something that the user said, unless that would leave more than half of it uncovered. Undefined
 * if there is nothing new to cover.
 */
export function planSummary(
  events: readonly Event[],
  { keep, pairs }: { readonly keep: number; readonly pairs: CallPairs },
): SummaryRange | undefined {
  const spans = spansOf(events, pairs);
  const range = summaryRange(events, { to: endBefore(events, keep), spans });
  if (range === undefined) return undefined;
  const { from, to } = range;
  let at = spans.length - 1;
  for (let end = to; end > from + (to - from) / 2; end--) {
    const next = events[end];
    if (next !== undefined && !isSaidByUser(next)) continue;
    let span = spans[at];
    while (span !== undefined && span.first >= end) span = spans[--at];
    const shorter = { from, to: end };
    const isWhole = span === undefined || span.last < end;
    if (isWhole) return countNews(events, shorter) > 0 ? shorter : range;
  }
  return range;
}

function endBefore(events: readonly Event[], keep: number): number {
  let end = events.length - keep;
  let told = 0;
  for (let i = events.length - 1; i >= 0 && told < keep; i--) {
    if (!partsOf(events[i] as Event).some(isTelling)) continue;
    told += 1;
    end = Math.min(end, i);
  }
  return end;
}
