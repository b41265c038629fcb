import type { Event } from '@holdfast/core';
import { erasedEvent } from './erased-event.ts';
import { markEvent } from './event-mark.ts';

/** A stored event as one of another session, whose mark it gets. What it holds is shared: it is frozen. */
export function copyEvent(event: Event, mark: string): Event {
  if (event.erased === true) return erasedEvent(event, mark);
  const copy = { ...event };
  markEvent(copy, mark);
  return Object.freeze(copy);
}
