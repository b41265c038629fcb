import type { Event } from '@holdfast/session';
import { pairCalls } from './call-pairs.ts';
import { isSaidByUser } from './is-said-by-user.ts';
import { endOf, hasNews, type SummaryRange, spansOf, summaryRange } from './summary-range.ts';

/**
 * What a summary is to cover of the active events if the last ones are kept. What is left begins with
 * something that the user said, unless that would leave more than half of it uncovered. Undefined
 * if there is nothing new to cover.
 */
export function planSummary(events: readonly Event[], keep: number): SummaryRange | undefined {
  const range = summaryRange(events, events.length - keep);
  if (range === undefined) return undefined;
  const { from, to } = range;
  const spans = spansOf(events, pairCalls(events));
  for (let end = to; end > from + (to - from) / 2; end--) {
    const next = events[end];
    const isGood = next === undefined || isSaidByUser(next);
    const shorter = { from, to: end };
    if (isGood && endOf(shorter, spans) === end && hasNews(events, shorter)) return shorter;
  }
  return range;
}
