import {
  isHoldfastError,
  type SessionService,
  type SessionServiceMethod,
  type SessionServiceWrapper,
} from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import { type BrokenService, faulty, methods, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

type AnyCall = (request: unknown) => Promise<unknown>;

/** A service that does something else in one call. */
function inCall(
  method: SessionServiceMethod,
  wrap: (next: AnyCall, request: unknown) => Promise<unknown>,
): SessionService {
  const wrapper: SessionServiceWrapper = { [method]: wrap };
  return faulty(wrapper);
}

/** Waits before it makes a call, which finds the service closed then. */
async function makesTheCallLater(next: AnyCall, request: unknown): Promise<unknown> {
  const copy = structuredClone(request);
  await otherCalls();
  return next(copy);
}

/** Answers a while after the call is done: nothing waits for that. */
async function answersLater(next: AnyCall, request: unknown): Promise<unknown> {
  const answer = await next(request);
  for (let turn = 0; turn < 3; turn++) await otherCalls();
  return answer;
}

/** Takes a while for each append, for which `close` waits. */
class IsSlow extends StoredSessionService {
  override appendEvent(
    ...[request]: Parameters<SessionService['appendEvent']>
  ): ReturnType<SessionService['appendEvent']> {
    const appended = super.appendEvent(request);
    return this.run(async () => {
      const event = await appended;
      for (let turn = 0; turn < 3; turn++) await otherCalls();
      return event;
    });
  }
}

class ClosesOnce extends IsSlow {
  #isClosing = false;

  override async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await super.close();
  }
}

/** Makes calls until everything is done that it waits for. */
class ClosesLate extends IsSlow {
  readonly #running = new Set<Promise<unknown>>();

  override appendEvent(
    ...[request]: Parameters<SessionService['appendEvent']>
  ): ReturnType<SessionService['appendEvent']> {
    const event = super.appendEvent(request);
    this.#running.add(event);
    return event;
  }

  override async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await super.close();
  }
}

class FailsWithItsCalls extends StoredSessionService {
  readonly #running: Promise<unknown>[] = [];

  override create(
    ...[request]: Parameters<SessionService['create']>
  ): ReturnType<SessionService['create']> {
    const session = super.create(request);
    this.#running.push(session);
    return session;
  }

  override async close(): Promise<void> {
    await Promise.all(this.#running);
    await super.close();
  }
}

/** Says of each call that fails while it is closing that it is closed. */
function hidesErrors(): SessionService {
  let isClosing = false;
  const service = over(new MinimalStore());
  return faulty({
    async create(next, request) {
      try {
        return await next(request);
      } catch (error) {
        await otherCalls();
        if (!isClosing) throw error;
        await service.close();
        return service.create(request);
      }
    },
    close(next) {
      isClosing = true;
      return next();
    },
  });
}

/** Answers by what it has read before, once it is closed. */
function answersFromACache(method: 'get' | 'list' | 'listEvents' | 'getState'): SessionService {
  const answers = new Map<string, unknown>();
  return inCall(method, async (next, request) => {
    const name = JSON.stringify(request);
    try {
      const answer = await next(request);
      answers.set(name, answer);
      return answer;
    } catch (error) {
      if (isHoldfastError(error, 'closed') && answers.has(name)) return answers.get(name);
      throw error;
    }
  });
}

/** Answers some requests without a look at whether it is closed. */
function answersNothing(
  method: 'appendEvents' | 'updateState' | 'appendEvent',
  {
    isNothing,
    answer,
  }: { readonly isNothing: (request: never) => boolean; readonly answer: unknown },
): SessionService {
  return inCall(method, async (next, request) =>
    isNothing(request as never) ? answer : next(request),
  );
}

const all = 'is `closed` to calls that it has answered before, and to those that change nothing';
const whileClosing = 'is `closed` to calls that are made while `close` waits';
const refused = 'closes although a call that is running is refused';
const finishes = (call: string) => `finishes an accepted \`${call}\` before \`close\` is done`;

export const brokenClosing: readonly BrokenService[] = [
  ...methods.map((method) => ({
    fault: `refuses an accepted ${method} when it is closed`,
    failsAt: finishes(method),
    create: () => inCall(method, makesTheCallLater),
  })),
  ...methods.map((method) => ({
    fault: `does not wait for ${method} when it is closed`,
    failsAt: finishes(method),
    create: () => inCall(method, answersLater),
  })),
  {
    fault: 'is done at once when it is closed a second time',
    failsAt: 'waits for accepted calls in every `close`, not only in the first',
    create: () => new ClosesOnce(new MinimalStore()),
  },
  {
    fault: 'does not close if one of its calls fails',
    failsAt: refused,
    create: () => new FailsWithItsCalls(new MinimalStore()),
  },
  {
    fault: 'says `closed` instead of what is wrong with a call',
    failsAt: refused,
    create: hidesErrors,
  },
  {
    fault: 'takes calls until it has closed',
    failsAt: whileClosing,
    create: () => new ClosesLate(new MinimalStore()),
  },
  ...(['get', 'list', 'listEvents', 'getState'] as const).map((method) => ({
    fault: `answers ${method} from a cache after it is closed`,
    failsAt: all,
    create: () => answersFromACache(method),
  })),
  {
    fault: 'answers an update of nothing after it is closed',
    failsAt: all,
    create: () =>
      answersNothing('updateState', {
        isNothing: ({ set, remove }: { set?: object; remove?: object }) => !set && !remove,
        answer: {},
      }),
  },
  {
    fault: 'answers an append of no event after it is closed',
    failsAt: all,
    create: () =>
      answersNothing('appendEvents', {
        isNothing: ({ events }: { events: readonly unknown[] }) => events.length === 0,
        answer: [],
      }),
  },
  {
    fault: 'answers a partial event while it closes',
    failsAt: whileClosing,
    create: () =>
      answersNothing('appendEvent', {
        isNothing: ({ event }: { event: { partial?: boolean } }) => event.partial === true,
        answer: {},
      }),
  },
];
