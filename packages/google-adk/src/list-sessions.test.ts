import { type BaseSessionService, createEvent, InMemorySessionService } from '@google/adk';
import { describe, expect, it } from 'vitest';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { describeStores } from './stores.fixture.ts';

const appName = 'app';

/** Nine sessions of two users, each with a time of its own. */
async function fill(service: BaseSessionService) {
  const start = Date.now() + 60_000;
  for (let i = 0; i < 9; i++) {
    const userId = i % 3 === 0 ? 'bob' : 'ada';
    const session = await service.createSession({ appName, userId, sessionId: `s${i}` });
    // Not in the order of creation.
    const event = createEvent({ timestamp: start + ((i * 4) % 9) * 1000 });
    await service.appendEvent({ session, event });
  }
}

describe('a list', () => {
  describeStores((open) => {
    it('has the pages and the numbers of ADK', async () => {
      const theirs = new InMemorySessionService();
      const ours = new HoldfastSessionService(await open());
      await fill(theirs);
      await fill(ours);
      const requests = [undefined, 0, 1, 4, 9, 20].flatMap((limit) =>
        [
          {},
          { offset: 3 },
          { offset: 8 },
          { offset: 50 },
          { page: 1 },
          { page: 2, offset: 5 },
          { page: 9 },
        ].flatMap((where) =>
          (['asc', 'desc'] as const).flatMap((order) =>
            [{}, { userId: 'ada' }, { userId: 'nobody' }].map((whose) => ({
              appName,
              order,
              ...where,
              ...whose,
              ...(limit !== undefined && { limit }),
            })),
          ),
        ),
      );
      for (const request of requests) {
        const expected = await theirs.listSessions(request);
        const found = await ours.listSessions(request);
        const idsOf = (page: typeof found) => page.sessions.map(({ id }) => id);
        expect({ ...found, sessions: idsOf(found) }, JSON.stringify(request)).toEqual({
          ...expected,
          sessions: idsOf(expected),
        });
      }
    });
  });

  it('goes on behind a thousand sessions', async () => {
    const { InMemorySessionService: Store } = await import('@holdfast/in-memory');
    const store = new Store();
    for (let i = 0; i < 2100; i++) {
      await store.create({ appName, userId: 'ada', sessionId: `s${i}`, state: { i } });
    }
    const service = new HoldfastSessionService(store);
    const all = await service.listSessions({ appName, userId: 'ada' });
    expect(all.sessions).toHaveLength(2100);
    expect(all.totalItems).toBe(2100);
    const page = await service.listSessions({ appName, limit: 1500, page: 2, order: 'asc' });
    expect(page).toMatchObject({ page: 2, limit: 1500, totalItems: 2100, totalPages: 2 });
    expect(new Set(page.sessions.map(({ id }) => id)).size).toBe(600);
    expect(page.sessions[0]?.events).toEqual([]);
    expect(page.sessions[0]?.state).toHaveProperty('i');
  });

  it.each([
    ['limit', { limit: -1 }],
    ['limit', { limit: 1.5 }],
    ['offset', { offset: -1 }],
    ['page', { page: 0, limit: 1 }],
  ])('refuses a %s that makes no sense', async (path, request) => {
    const { InMemorySessionService: Store } = await import('@holdfast/in-memory');
    const service = new HoldfastSessionService(new Store());
    await expect(service.listSessions({ appName, ...request })).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
    });
  });
});
