import type { Session } from '@google/adk';
import { expect, it } from 'vitest';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { changing, openSession, owner } from './live-session.fixture.ts';
import { describeStores } from './stores.fixture.ts';

type Opened = Awaited<ReturnType<typeof openSession>>;

const objects: [string, (opened: Opened) => Promise<Session>][] = [
  ['was created', async ({ session }) => session],
  ['was read', ({ read }) => read()],
  [
    'was asked for or created',
    ({ service, session }) => service.getOrCreateSession({ ...owner, sessionId: session.id }),
  ],
  ['was listed', async ({ service }) => (await service.listSessions(owner)).sessions[0] as Session],
  [
    'came from elsewhere and was appended to',
    async ({ service, session }) => {
      const copy = structuredClone(session);
      await service.appendEvent({ session: copy, event: changing({ copied: true }) });
      return copy;
    },
  ],
];

describeStores((openStore) => {
  it.each(objects)(
    'refuses what goes through an object of a deleted session that %s',
    async (_, get) => {
      const store = await openStore();
      const opened = await openSession(store);
      const { service, session, read } = opened;
      await service.appendEvent({ session, event: changing({ old: true }) });
      const kept = await get(opened);
      const before = JSON.stringify(kept);
      await service.deleteSession({ ...owner, sessionId: session.id });
      await service.createSession({ ...owner, sessionId: session.id, state: { fresh: true } });
      const event = changing({ old: 2, 'user:theirs': 1 }, 'late');
      // Also one that was appended, and whose answer was lost.
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(service.appendEvent({ session: kept, event })).rejects.toMatchObject({
          code: 'conflict',
          path: 'expectedIncarnation',
        });
      }
      expect(JSON.stringify(kept)).toBe(before);
      expect(await read()).toMatchObject({ events: [], state: { fresh: true } });

      const fresh = await read();
      await service.appendEvent({ session: fresh, event });
      expect((await read()).events).toMatchObject([{ id: 'late' }]);
      await new HoldfastSessionService(store).deleteSession({ ...owner, sessionId: session.id });
    },
  );
});
