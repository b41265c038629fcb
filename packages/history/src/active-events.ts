import type { Event } from '@holdfast/session';
import { remainingEvents, type Summary, summaryOf } from '@holdfast/session/store';
import { eventsOf, type History } from './history.ts';

/**
 * What counts of a session's events: without what was rewound or retracted, without the markers of
 * both, and with each summary in place of what it covers. The summary is the event that was stored,
 * with what it says as its `content`; one that a wider summary covers as a whole is left out. All
 * other events are the very objects that were given.
 *
 * The events are in `seq` order, as a service gives them. Earlier ones may be missing. One without a
 * `seq` was never stored, so nothing has taken it back.
 *
 * @example
 * const session = await service.getOrCreate({ ...key, active: true });
 * const last = activeEvents(session).at(-1);
 */
export function activeEvents(history: History): readonly Event[] {
  const remaining = remainingEvents(eventsOf(history));
  const ranges = new Map<Event, Summary>();
  for (const event of remaining) {
    const range = summaryOf(event);
    if (range !== undefined) ranges.set(event, range);
  }
  if (ranges.size === 0) return remaining;

  const said = standing(ranges);
  const inPlace = new Set(said.filter(isInPlace).map(([event]) => event));
  const waiting = said.filter(([event]) => !inPlace.has(event));
  const active: Event[] = [];
  let next = 0;
  for (const event of remaining) {
    if (inPlace.has(event)) active.push(event);
    if (ranges.has(event) || isCovered(event, said)) continue;
    for (; next < waiting.length; next++) {
      const [summary, range] = waiting[next] as Said;
      if (event.seq === undefined || event.seq < range.fromSeq) break;
      active.push(asSaid(summary, range));
    }
    active.push(event);
  }
  for (const [summary, range] of waiting.slice(next)) active.push(asSaid(summary, range));
  return active;
}

type Said = readonly [Event, Summary];

/**
 * The summaries that no other one covers as a whole, by what they cover: each begins and ends behind
 * where the one before does. The later one wins if two cover the same.
 */
function standing(ranges: ReadonlyMap<Event, Summary>): readonly Said[] {
  const latestFirst = [...ranges].reverse();
  latestFirst.sort(([, a], [, b]) => a.fromSeq - b.fromSeq || b.throughSeq - a.throughSeq);
  let through = 0;
  return latestFirst.filter(([, { throughSeq }]) => {
    const isWithin = throughSeq <= through;
    through = Math.max(through, throughSeq);
    return !isWithin;
  });
}

function isCovered({ seq }: Event, said: readonly Said[]): boolean {
  if (seq === undefined) return false;
  // The last one that begins at or before the event: none before it goes further.
  let [from, to] = [0, said.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((said[middle] as Said)[1].fromSeq <= seq) from = middle + 1;
    else to = middle;
  }
  return seq <= (said[from - 1]?.[1].throughSeq ?? 0);
}

/** Whether it was given by `activeEvents`, which has put it where it belongs. */
function isInPlace([event, { content }]: Said): boolean {
  return event.content === content;
}

function asSaid(event: Event, { content }: Summary): Event {
  return Object.freeze({ ...event, content });
}
