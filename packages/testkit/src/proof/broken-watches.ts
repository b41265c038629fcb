import type {
  Event,
  SessionService,
  SessionServiceWrapper,
  WatchSessionRequest,
} from '@holdfast/session';
import { isHoldfastError } from '@holdfast/session';
import { type BrokenService, faulty } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';

type Watch = SessionService['watch'];

/** Watches in its own way. */
function watching(
  watch: (
    next: Watch,
    request: WatchSessionRequest,
    service: SessionService,
  ) => AsyncIterable<Event>,
): () => SessionService {
  return () => {
    const store = new CompleteStore();
    const inner = faulty({}, store);
    const wrapper: SessionServiceWrapper = {
      watch: (next, request) => watch(next, request, inner),
    };
    return faulty(wrapper, store);
  };
}

/** Gives of all events that came meanwhile the last one. */
async function* lastOfMany(next: Watch, request: WatchSessionRequest, service: SessionService) {
  let shown = request.afterSeq ?? 0;
  for await (const event of next(request)) {
    const { seq = 0 } = event;
    if (seq <= shown) continue;
    const { events } = await service.listEvents({ ...request, order: 'desc', limit: 1 });
    const latest = events[0] ?? event;
    shown = latest.seq ?? seq;
    yield latest;
  }
}

async function* repeatsOften(next: Watch, request: WatchSessionRequest) {
  for await (const event of next(request)) {
    yield event;
    if ((event.seq ?? 0) % 5 === 0) yield event;
  }
}

async function* repeatsAtFirst(next: Watch, request: WatchSessionRequest) {
  let before: Event | undefined;
  for await (const event of next(request)) {
    if (before !== undefined && event.seq === (request.afterSeq ?? 0) + 2) yield before;
    before = event;
    yield event;
  }
}

function fromItsPlace(next: Watch, request: WatchSessionRequest) {
  const { afterSeq = 0 } = request;
  return next({ ...request, afterSeq: Math.max(0, afterSeq - 1) });
}

function fromTheFirst(next: Watch, request: WatchSessionRequest) {
  return next({ ...request, afterSeq: undefined });
}

async function* fromNowOn(next: Watch, request: WatchSessionRequest, service: SessionService) {
  const session = await service.get({ ...request, numRecentEvents: 0 });
  yield* next({ ...request, afterSeq: session?.revision ?? 0 });
}

/** Begins anew when there is a session again. */
async function* goesOn(next: Watch, request: WatchSessionRequest, service: SessionService) {
  let begun = request;
  for (;;) {
    try {
      for await (const event of next(begun)) yield event;
      return;
    } catch (error) {
      if (!isHoldfastError(error, 'not_found') || !(await service.get(request))) throw error;
      begun = { ...request, afterSeq: 0 };
    }
  }
}

async function* endsInSilence(next: Watch, request: WatchSessionRequest) {
  try {
    yield* next(request);
  } catch (error) {
    if (!isHoldfastError(error, 'not_found')) throw error;
  }
}

async function* endsWithTheEvents(
  _next: Watch,
  request: WatchSessionRequest,
  service: SessionService,
) {
  const { events } = await service.listEvents({ ...request, limit: 1000 });
  yield* events;
}

async function* waitsForMissing(
  next: Watch,
  request: WatchSessionRequest,
  service: SessionService,
) {
  while ((await service.get({ ...request, numRecentEvents: 0 })) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    request.signal?.throwIfAborted();
  }
  yield* next(request);
}

function ignoresTheSignal(next: Watch, request: WatchSessionRequest) {
  return next({ ...request, signal: undefined });
}

async function* endsQuietlyWithTheSignal(next: Watch, request: WatchSessionRequest) {
  try {
    yield* next(request);
  } catch (error) {
    if (!request.signal?.aborted) throw error;
  }
}

async function* skipsEmptyEvents(next: Watch, request: WatchSessionRequest) {
  for await (const event of next(request)) if (event.erased !== true) yield event;
}

async function* skipsMarkers(next: Watch, request: WatchSessionRequest) {
  for await (const event of next(request)) {
    const { rewind, retract } = event.actions;
    if (rewind === undefined && retract === undefined) yield event;
  }
}

/** Gives each batch from its end. */
async function* fromTheEnd(next: Watch, request: WatchSessionRequest, service: SessionService) {
  let shown = request.afterSeq ?? 0;
  for await (const { seq = 0 } of next(request)) {
    if (seq <= shown) continue;
    const { events } = await service.listEvents({ ...request, afterSeq: shown, order: 'desc' });
    shown = events[0]?.seq ?? shown;
    yield* events;
  }
}

async function* onceFor(next: Watch, request: WatchSessionRequest) {
  const id = JSON.stringify([request.appName, request.userId, request.sessionId]);
  for await (const event of next(request)) {
    const name = `${id}${event.seq}`;
    if (taken.has(name)) continue;
    taken.add(name);
    yield event;
  }
}

const taken = new Set<string>();

async function* copies(next: Watch, request: WatchSessionRequest) {
  for await (const event of next(request)) yield Object.freeze({ ...event });
}

const faults: readonly BrokenService[] = [
  {
    fault: 'skips events of a watch under load',
    failsAt: 'gives the events that are there, and those that come, each once and in order',
    create: watching(lastOfMany),
  },
  {
    fault: 'repeats events of a watch now and then',
    failsAt: 'gives a slow reader everything, however much comes meanwhile',
    create: watching(repeatsOften),
  },
  {
    fault: 'repeats the first event of a watch',
    failsAt: 'gives the events that are there, and those that come, each once and in order',
    create: watching(repeatsAtFirst),
  },
  {
    fault: 'watches from the event on that it is to be behind',
    failsAt: 'begins behind `afterSeq`, even if that is yet to come',
    create: watching(fromItsPlace),
  },
  {
    fault: 'watches from the first event on',
    failsAt: 'begins behind `afterSeq`, even if that is yet to come',
    create: watching(fromTheFirst),
  },
  {
    fault: 'watches from now on',
    failsAt: 'gives the events that are there, and those that come, each once and in order',
    create: watching(fromNowOn),
  },
  {
    fault: 'goes on watching a session that is created again',
    failsAt: 'ends with `not_found` when the session is deleted and created again',
    create: watching(goesOn),
  },
  {
    fault: 'ends a watch in silence if the session is deleted',
    failsAt: 'ends with `not_found` when the session is deleted',
    create: watching(endsInSilence),
  },
  {
    fault: 'ends a watch with the last event',
    failsAt: 'gives the events that are there, and those that come, each once and in order',
    create: watching(endsWithTheEvents),
  },
  {
    fault: 'waits for a session that does not exist',
    failsAt: 'ends with `not_found` at once if there is no session',
    create: watching(waitsForMissing),
  },
  {
    fault: 'ignores the signal of a watch',
    failsAt: 'ends with the reason of its signal, whether it waits or not',
    create: watching(ignoresTheSignal),
  },
  {
    fault: 'ends a watch in silence if its signal is aborted',
    failsAt: 'ends with the reason of its signal, whether it waits or not',
    create: watching(endsQuietlyWithTheSignal),
  },
  {
    fault: 'leaves erased events out of a watch',
    failsAt: 'gives markers, and what is left of erased events, as `listEvents` does',
    create: watching(skipsEmptyEvents),
  },
  {
    fault: 'leaves markers out of a watch',
    failsAt: 'gives markers, and what is left of erased events, as `listEvents` does',
    create: watching(skipsMarkers),
  },
  {
    fault: 'gives a batch to a watch from its end',
    failsAt: 'gives each event of a batch',
    create: watching(fromTheEnd),
  },
  {
    fault: 'gives each event to one watch only',
    failsAt: 'gives each of several watchers all events, from where it began',
    create: watching(onceFor),
  },
  {
    fault: 'does not mark the events of a watch',
    failsAt: 'keep an event of a watched session apart from the snapshot of the one before',
    create: watching(copies),
  },
];

export const brokenWatches = faults.map((each) => ({ ...each, caseTimeout: 2_000 }));
