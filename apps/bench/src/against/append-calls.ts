import type { AppendEventRequest, AppendEventsRequest, SessionKey } from '@holdfast/session';
import { type Delta, sampleDelta, sampleEvent } from '../contestants/sample-event.ts';
import { type Ground, LONG_SESSION } from './ground.ts';
import { type MeasuredCall, repeated, repeatedly } from './measured-call.ts';

const WRITERS = 16;
const NO_DELTA: Delta = {};

export const APPEND_CALLS: readonly MeasuredCall[] = [
  {
    id: 'append-plain',
    title: 'appendEvent',
    on: (ground) => appendOne(ground, (n) => ({ event: sampleEvent(n, NO_DELTA) })),
  },
  {
    id: 'append-delta',
    title: 'appendEvent, changes in 3 scopes',
    on: (ground) => appendOne(ground, (n) => ({ event: sampleEvent(n, sampleDelta(n)) })),
  },
  {
    id: 'append-expected',
    title: 'appendEvent, at a revision',
    on: (ground) =>
      appendOne(ground, (n) => ({ event: sampleEvent(n, NO_DELTA), expectedRevision: n })),
  },
  {
    id: 'append-retry',
    title: 'appendEvent, of a stored event',
    on: ({ service, history }) =>
      repeatedly({ ...LONG_SESSION, event: sampleEvent(history >> 1) }, (request) =>
        service.appendEvent(request),
      ),
  },
  {
    id: 'append-10',
    title: 'appendEvents, 10',
    on: (ground) => appendMany(ground, 10),
  },
  {
    id: 'append-100',
    title: 'appendEvents, 100',
    on: (ground) => appendMany(ground, 100),
  },
  {
    id: 'append-together',
    title: `appendEvent, ${WRITERS} at once to ${WRITERS} sessions`,
    on: appendTogether,
  },
];

/** Appends to a session that is new in each block. */
function appendOne(ground: Ground, nth: (n: number) => Omit<AppendEventRequest, keyof SessionKey>) {
  return repeated<AppendEventRequest>({
    requests: async (count) => {
      const [key] = await ground.newSessions(1);
      return Array.from({ length: count }, (_, n) => ({ ...(key as SessionKey), ...nth(n) }));
    },
    call: (request) => ground.service.appendEvent(request),
    tidy: (requests) => ground.remove(requests.slice(0, 1)),
  });
}

function appendMany(ground: Ground, size: number) {
  return repeated<AppendEventsRequest>({
    requests: async (count) => {
      const [key] = await ground.newSessions(1);
      return Array.from({ length: count }, (_, n) => ({
        ...(key as SessionKey),
        events: Array.from({ length: size }, (_, i) => sampleEvent(n * size + i)),
      }));
    },
    call: (request) => ground.service.appendEvents(request),
    tidy: (requests) => ground.remove(requests.slice(0, 1)),
  });
}

function appendTogether(ground: Ground) {
  return repeated<readonly AppendEventRequest[]>({
    requests: async (count) => {
      const keys = await ground.newSessions(WRITERS);
      return Array.from({ length: count }, (_, n) =>
        keys.map((key) => ({ ...key, event: sampleEvent(n) })),
      );
    },
    call: (requests) => Promise.all(requests.map((request) => ground.service.appendEvent(request))),
    tidy: ([keys = []]) => ground.remove(keys),
  });
}
