import type { AppendEventsRequest, Event, SessionService } from '@holdfast/session';
import { type BrokenService, faulty, refuse, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';
import { OpenStore } from './open-store.ts';

type Append = (request: AppendEventsRequest) => Promise<readonly Event[]>;

/** The minimal service with a fault in each batch that skips what is stored. */
function faultySkip(
  skip: (next: Append, request: AppendEventsRequest) => Promise<readonly Event[]>,
  store: MinimalStore = new MinimalStore(),
): SessionService {
  const appendEvents = (next: Append, request: AppendEventsRequest) =>
    request?.onStored === 'skip' ? skip(next, request) : next(request);
  return faulty({ appendEvents }, store);
}

function answersInOrderOfSeq(): SessionService {
  return faultySkip(async (next, request) => {
    const answer = await next(request);
    return Object.freeze(answer.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)));
  });
}

function appliesWhatItSkips(): SessionService {
  const store = new OpenStore();
  return faultySkip(async (next, request) => {
    const revision = store.revisionOf(request);
    const answer = await next(request);
    store.applyAgain(
      request,
      answer.filter(({ seq = 0 }) => seq <= revision),
    );
    return answer;
  }, store);
}

function skipsOtherContent(): SessionService {
  return faultySkip((next, request) =>
    unless(() => next(request), {
      code: 'already_exists',
      instead: ({ path }) => {
        const events = request.events.filter((_, i) => path !== `events[${i}].id`);
        return next({ ...request, events });
      },
    }),
  );
}

function touchesTheSession(): SessionService {
  const store = new OpenStore();
  return faultySkip(async (next, request) => {
    const revision = store.revisionOf(request);
    const answer = await next(request);
    if (store.revisionOf(request) === revision) store.touch(request);
    return answer;
  }, store);
}

function ignoresTheRevisionOfASkip(): SessionService {
  return faultySkip((next, request) =>
    unless(() => next(request), {
      code: 'conflict',
      instead: () => next({ ...request, expectedRevision: undefined }),
    }),
  );
}

function refusesTheRetryOfASkip(): SessionService {
  const store = new OpenStore();
  return faultySkip(async (next, request) => {
    const revision = store.revisionOf(request);
    const answer = await next(request);
    const { expectedRevision = revision } = request;
    return expectedRevision === revision ? answer : refuse(request, 'conflict');
  }, store);
}

function needsSomethingToSkip(): SessionService {
  const store = new OpenStore();
  return faultySkip(async (next, request) => {
    const revision = store.revisionOf(request);
    const answer = await next(request);
    const skips = answer.some(({ seq = revision + 1 }) => seq <= revision);
    return skips ? answer : refuse(request, 'invalid_argument');
  }, store);
}

function overlooksAnUnknownOnStored(): SessionService {
  return faulty({
    appendEvents: (next, request) =>
      unless(() => next(request), {
        code: 'invalid_argument',
        instead: (error) => {
          if (error.path !== 'onStored') throw error;
          return next({ ...request, onStored: undefined });
        },
      }),
  });
}

export const brokenSkips: readonly BrokenService[] = [
  {
    fault: 'answers a skip in the order of `seq`',
    failsAt:
      "appends only what is not stored yet for `onStored: 'skip'`, and answers with all events",
    create: answersInOrderOfSeq,
  },
  {
    fault: 'applies the delta of an event that it skips',
    failsAt: "changes the state only by what it appends for `onStored: 'skip'`",
    create: appliesWhatItSkips,
  },
  {
    fault: 'skips an event with other content',
    failsAt:
      "is `already_exists` for other content even with `onStored: 'skip'`, and writes nothing",
    create: skipsOtherContent,
  },
  {
    fault: 'touches a session to which a skip appends nothing',
    failsAt:
      "answers with the stored events, and writes nothing, if `onStored: 'skip'` skips them all",
    create: touchesTheSession,
  },
  {
    fault: 'ignores `expectedRevision` of a skip',
    failsAt: "appends the rest only at `expectedRevision` for `onStored: 'skip'`",
    create: ignoresTheRevisionOfASkip,
  },
  {
    fault: 'is `conflict` for the retry of a skip',
    failsAt: "answers a retry with `onStored: 'skip'` as it did the first time",
    create: refusesTheRetryOfASkip,
  },
  {
    fault: 'refuses a skip that has nothing to skip',
    failsAt: "appends the whole batch for `onStored: 'skip'` if nothing is stored yet",
    create: needsSomethingToSkip,
  },
  {
    fault: 'takes an `onStored` that it does not know for the default',
    failsAt: 'refuses an unknown `onStored`',
    create: overlooksAnUnknownOnStored,
  },
];
