import assert from 'node:assert/strict';
import type { Event, SessionKey, SessionService, WatchSessionRequest } from '@holdfast/session';
import { nextTurn, someTurns } from './race.ts';
import { at, seqsOf } from './scenario.ts';

/** The first events that a watch gives, after which it is ended. */
export async function watched(
  service: SessionService,
  { count, ...request }: WatchSessionRequest & { readonly count: number },
): Promise<Event[]> {
  const events: Event[] = [];
  if (count === 0) return events;
  for await (const event of service.watch(request)) {
    events.push(event);
    if (events.length === count) break;
  }
  assert.equal(events.length, count, 'a watch goes on');
  return events;
}

/** Someone who watches a session until the watch ends. */
export interface Watching {
  readonly events: readonly Event[];
  /** What the watch ended with, once it has: an error always. */
  readonly end: Promise<unknown>;
  /** Waits until so many events have come, or the watch has ended. */
  until(count: number): Promise<void>;
}

/** Watches a session; `slowly`, with a pause after each event. */
export function watching(
  service: SessionService,
  { slowly = false, ...request }: WatchSessionRequest & { readonly slowly?: boolean },
): Watching {
  const events: Event[] = [];
  let isEnded = false;
  const watch = async (): Promise<unknown> => {
    try {
      for await (const event of service.watch(request)) {
        events.push(event);
        if (slowly) await someTurns(3);
      }
    } catch (error) {
      return error;
    } finally {
      isEnded = true;
    }
    return new Error('a watch ended as if there were no more events');
  };
  return {
    events,
    end: watch(),
    async until(count) {
      while (events.length < count && !isEnded) await nextTurn();
    },
  };
}

/** Fails unless the events are those behind `afterSeq` up to `last`, each once and in order. */
export function expectSeqs(
  events: readonly Event[],
  { afterSeq = 0, last }: { readonly afterSeq?: number; readonly last: number },
): void {
  const expected = Array.from({ length: last - afterSeq }, (_, i) => afterSeq + i + 1);
  assert.deepEqual(seqsOf(events), expected, 'each event comes once, in order');
}

/** Appends an event for each id, one after the other. */
export async function appendEach(
  service: SessionService,
  { key, ids }: { readonly key: SessionKey; readonly ids: readonly string[] },
): Promise<void> {
  for (const id of ids) await service.appendEvent({ ...key, event: { id, timestamp: at(1) } });
}
