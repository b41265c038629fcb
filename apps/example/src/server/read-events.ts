import type { Event, SessionKey } from '@holdfast/core';
import type { EventPage, SessionService } from '@holdfast/session';

/** How many events are read at once: others are let in between. */
const AT_ONCE = 20;

/** How much JSON of events one answer has, in characters, if it is more than one event. */
const MAX_LENGTH = 512 * 1024;

export interface ReadEventsRequest {
  readonly key: SessionKey;
  /** How many events at most. There are fewer if they are large. */
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly beforeSeq?: number | undefined;
  readonly afterSeq?: number | undefined;
}

/** A page of a history that never holds up others, nor fills the memory. */
export async function readEvents(
  service: SessionService,
  { key, limit, ...rest }: ReadEventsRequest,
): Promise<EventPage> {
  const events: Event[] = [];
  let length = 0;
  let request = rest;
  for (;;) {
    const count = Math.min(AT_ONCE, limit - events.length);
    const page = await service.listEvents({ ...key, ...request, limit: count });
    for (const event of page.events) {
      length += JSON.stringify(event).length;
      if (length > MAX_LENGTH && events.length > 0) return { events, hasMore: true };
      events.push(event);
    }
    const { hasMore } = page;
    if (!hasMore || events.length >= limit) return { events, hasMore };
    const seq = events.at(-1)?.seq;
    request = request.order === 'asc' ? { ...rest, afterSeq: seq } : { ...rest, beforeSeq: seq };
  }
}
