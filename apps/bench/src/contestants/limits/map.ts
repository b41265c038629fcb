import type { BenchStore } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { type SampleEvent, sampleEvent } from '../sample-event.ts';

export const map: Contestant = {
  id: 'map',
  name: 'a `Map` with a clone',
  kind: 'limit',
  group: 'memory',
  packages: [],
  note: 'A `Map` of arrays that keeps a `structuredClone` of each event. It checks nothing, knows no id twice, has no state, and gives out what it keeps.',
  open: async () => openMap(),
};

function openMap(): BenchStore {
  const users = new Map<string, Map<string, SampleEvent[]>>();
  const names = new Map<string, string[]>();
  const eventsOf = (user: string, session: string) => {
    const events = users.get(user)?.get(session);
    if (events === undefined) throw new Error('the session is missing');
    return events;
  };
  return {
    append: async ({ user, session, n, delta }) => {
      const event = structuredClone(sampleEvent(n, delta));
      eventsOf(user, session).push(event);
      return event;
    },
    async fill({ user, sessions, from, count }) {
      let ofUser = users.get(user);
      if (ofUser === undefined) {
        ofUser = new Map();
        users.set(user, ofUser);
        names.set(user, []);
      }
      for (const session of sessions) {
        if (from === 0) {
          ofUser.set(session, []);
          names.get(user)?.push(session);
        }
        const events = eventsOf(user, session);
        for (let n = from; n < from + count; n++) events.push(structuredClone(sampleEvent(n)));
      }
    },
    recent: async ({ user, session, count }) => eventsOf(user, session).slice(-count),
    full: async ({ user, session }) => eventsOf(user, session).slice(),
    list: async ({ user, limit }) => (names.get(user) ?? []).slice(-limit),
    audit: async ({ user, session }) => ({
      ids: eventsOf(user, session).map(({ id }) => id),
    }),
    close: async () => users.clear(),
  };
}
