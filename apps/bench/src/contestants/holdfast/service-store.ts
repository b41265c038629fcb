import type { SessionService } from '@holdfast/session';
import type { BenchStore, FillRequest } from '../bench-store.ts';
import { APP, manyKeys, sampleEvent } from '../sample-event.ts';

const EVENTS_PER_CALL = 500;
const CALLS_AT_ONCE = 32;

/** A service of Holdfast. `extras` replace what a store can do quicker, or add to it. */
export function serviceStore(
  service: SessionService,
  extras: Partial<BenchStore> = {},
): BenchStore {
  // What is measured has no function around it that would wait or copy.
  return {
    fill: (request) => fillByCalls(service, request),
    createWithState: ({ user, session, keys }) =>
      service.create({
        ...{ appName: APP, userId: user, sessionId: session },
        state: manyKeys(keys),
      }),
    append: ({ user, session, n, delta }) =>
      service.appendEvent({
        appName: APP,
        userId: user,
        sessionId: session,
        event: sampleEvent(n, delta),
      }),
    recent: ({ user, session, count }) =>
      service.get({ appName: APP, userId: user, sessionId: session, numRecentEvents: count }),
    full: ({ user, session }) => service.get({ appName: APP, userId: user, sessionId: session }),
    list: async ({ user, limit }) =>
      (await service.list({ appName: APP, userId: user, limit })).sessions,
    fork: ({ user, session, target }) =>
      service.fork({
        ...{ appName: APP, userId: user, sessionId: session },
        newSessionId: target,
        numRecentEvents: 0,
      }),
    service,
    async audit({ user, session }) {
      const found = await service.get({ appName: APP, userId: user, sessionId: session });
      if (found === undefined) throw new Error('the session is missing');
      const { events, state } = found;
      return {
        ids: events.map(({ id }) => id),
        seqs: events.map(({ seq }) => seq ?? 0),
        state: state.toJSON(),
      };
    },
    ...extras,
    close: async () => {
      await service.close();
      await extras.close?.();
    },
  };
}

async function fillByCalls(service: SessionService, request: FillRequest): Promise<void> {
  const { user, sessions, from, count } = request;
  const fillOne = async (sessionId: string) => {
    const key = { appName: APP, userId: user, sessionId };
    if (from === 0) await service.create(key);
    for (let first = from; first < from + count; first += EVENTS_PER_CALL) {
      const length = Math.min(EVENTS_PER_CALL, from + count - first);
      const events = Array.from({ length }, (_, i) => sampleEvent(first + i));
      await service.appendEvents({ ...key, events });
    }
  };
  for (let first = 0; first < sessions.length; first += CALLS_AT_ONCE) {
    await Promise.all(sessions.slice(first, first + CALLS_AT_ONCE).map(fillOne));
  }
}
