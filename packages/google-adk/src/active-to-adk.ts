import type { Event as AdkEvent } from '@google/adk';
import { summaryOf } from '@holdfast/history';
import type { Event } from '@holdfast/session';
import { eventToAdk } from './event-to-adk.ts';

/** Before all times, in epoch ms: events may have any time from 0 on. */
const BEFORE_ALL = -1;

/**
 * Active events as ADK's own, which may be changed.
 *
 * The first summary is a `CompactedEvent`. ADK gives a model the latest of these alone, and what is
 * later than its `endTime`: that is before all times, as what it covers is left out already, and
 * all else counts, whatever its time. Further summaries are contents of the user in their place; so is the first
 * one if it is more than text, or if ADK has compacted the session itself, and would leave it out.
 */
export function activeToAdk(events: readonly Event[]): AdkEvent[] {
  const first = events.some(isCompacted) ? undefined : events.find(summaryOf);
  return events.map((event) => {
    if (summaryOf(event) === undefined || isCompacted(event)) return eventToAdk(event);
    const text = event === first ? textOf(event) : undefined;
    if (text === undefined) return eventToAdk(asUserContent(event));
    const times = { startTime: BEFORE_ALL, endTime: BEFORE_ALL };
    return Object.assign(eventToAdk(event), {
      isCompacted: true,
      ...times,
      compactedContent: text,
    });
  });
}

function isCompacted(event: Event): boolean {
  return (event as { readonly isCompacted?: unknown }).isCompacted === true;
}

/** Undefined if there is more than text. Thoughts are not a part of what is said. */
function textOf({ content }: Event): string | undefined {
  const parts = content?.parts ?? [];
  if (parts.some(({ text }) => typeof text !== 'string')) return undefined;
  const said = parts.filter(({ thought }) => thought !== true);
  return said.map(({ text }) => text).join('\n');
}

/** ADK leaves out a content without a role, and one whose first part is an empty text. */
function asUserContent(event: Event): Event {
  const parts = event.content?.parts?.filter(({ text }) => text !== '') ?? [];
  return { ...event, content: { ...event.content, role: 'user', parts } };
}
