import type { Event } from '@holdfast/core';
import { eventMark, markEvent } from './event-mark.ts';

/** What stays of an event whose body is erased, with the mark of the event. Frozen. */
export function erasedEvent(
  event: Pick<Event, 'id' | 'seq' | 'timestamp' | 'author'>,
  mark: string | undefined = eventMark(event as Event),
): Event {
  const { id, seq, timestamp, author } = event;
  const stub = {
    id,
    ...(seq !== undefined && { seq }),
    timestamp,
    ...(author !== undefined && { author }),
    erased: true,
  };
  if (mark !== undefined) markEvent(stub, mark);
  return Object.freeze(completeErased(stub));
}

/**
 * Gives what stays of an event what every event has. Neither JSON nor a comparison sees it: it is
 * for those who read the actions of any event.
 */
export function completeErased(stub: object): Event {
  Object.defineProperty(stub, 'invocationId', { value: '' });
  Object.defineProperty(stub, 'actions', { value: noActions });
  return stub as Event;
}

const noActions = Object.freeze({ stateDelta: Object.freeze({}) });
