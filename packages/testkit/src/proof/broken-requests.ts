import { HoldfastError, Session, type SessionService } from '@holdfast/session';
import { type BrokenService, faulty, over, refuse, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

function saysNotWhichRevision(): SessionService {
  return faulty({
    appendEvent: (next, request) =>
      unless(() => next(request), {
        code: 'conflict',
        instead: ({ code, message, key }) => {
          throw new HoldfastError(code, { message, key });
        },
      }),
  });
}

function overlooksAStateDelta(): SessionService {
  return faulty({
    appendEvent: (next, request) =>
      unless(() => next(request), {
        code: 'invalid_argument',
        instead: (error) => {
          if (error.path !== 'state_delta') throw error;
          const { state_delta: _, ...event } = request.event as Record<string, unknown>;
          return next({ ...request, event });
        },
      }),
  });
}

function ignoresTheWindow(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      async getOrCreate(next, request) {
        const session = await next(request);
        return (await another.get(session.key)) ?? session;
      },
    },
    store,
  );
}

function doesNotCreateWithAWindow(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      async getOrCreate(next, request) {
        const { numRecentEvents } = request ?? {};
        const found = numRecentEvents === undefined || (await another.get(request));
        return found ? next(request) : refuse(request, 'not_found');
      },
    },
    store,
  );
}

function doesNotCheckTheWindow(): SessionService {
  return faulty({
    getOrCreate: (next, request) =>
      unless(() => next(request), {
        code: 'invalid_argument',
        instead: (error) => {
          if (error.path !== 'numRecentEvents') throw error;
          return next({ ...request, numRecentEvents: undefined });
        },
      }),
  });
}

function takesNoSessionForAKey(): SessionService {
  return faulty({
    get: (next, request) =>
      request instanceof Session ? refuse(request, 'invalid_argument') : next(request),
  });
}

function takesNoFieldsOfASession(): SessionService {
  return faulty({
    appendEvent: (next, request) =>
      Object.hasOwn(Object(request), 'createTime')
        ? refuse(request, 'invalid_argument')
        : next(request),
  });
}

function visitsNothing(): SessionService {
  return faulty({
    async get(next, request) {
      const session = await next(request);
      if (session !== undefined) Object.assign(session.state, { forEach: () => {} });
      return session;
    },
  });
}

export const brokenRequests: readonly BrokenService[] = [
  {
    fault: 'does not say on `conflict` which revision the session is at',
    failsAt: 'says on `conflict` which revision the session is at',
    create: saysNotWhichRevision,
  },
  {
    fault: 'overlooks a state delta beside `actions`',
    failsAt: 'refuses a state delta beside `actions`, with its path, and writes nothing',
    create: overlooksAStateDelta,
  },
  {
    fault: 'ignores the window of `getOrCreate`',
    failsAt: 'loads the same window of events by `getOrCreate` as by `get`',
    create: ignoresTheWindow,
  },
  {
    fault: 'does not create if `getOrCreate` has a window',
    failsAt: 'creates the session by `getOrCreate` with a window, too, if there is none',
    create: doesNotCreateWithAWindow,
  },
  {
    fault: 'does not check the window of `getOrCreate`',
    failsAt: 'refuses a window of `getOrCreate` that is out of range, and creates nothing',
    create: doesNotCheckTheWindow,
  },
  {
    fault: 'refuses a session as a key',
    failsAt: 'accepts a session, or a summary of one, as its key',
    create: takesNoSessionForAKey,
  },
  {
    fault: 'refuses the fields of a session in an append',
    failsAt: 'accepts the fields of a session, or of a summary, in an append',
    create: takesNoFieldsOfASession,
  },
  {
    fault: 'gives a state whose `forEach` visits nothing',
    failsAt: 'can be read as a Map: keys, values, entries, `forEach`, size and iteration',
    create: visitsNothing,
  },
];
