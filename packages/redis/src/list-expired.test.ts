import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import { MAX_PASSED } from './scripts/list-sessions.ts';

describeEachKind('a list in Redis', ({ open }) => {
  it('goes on behind very many sessions that have expired, in several steps', async () => {
    let time = Date.now();
    const service = open({ now: () => time, callTimeout: 60_000 });
    const owner = { appName: 'app', userId: 'ada' };
    const create = (sessionId: string) =>
      service.create({ ...owner, sessionId, state: { own: sessionId } });
    for (const id of ['a1', 'a2']) await create(id);
    time += 1_000;
    for (let begun = 0; begun < MAX_PASSED + 50; begun += 250) {
      await Promise.all(
        Array.from({ length: 250 }, () => service.create({ ...owner, expires: { afterIdle: 1 } })),
      );
    }
    time += 1_000;
    for (const id of ['b1', 'b2']) await create(id);

    const list = { appName: 'app', includeTotal: true, includeState: true } as const;
    for (const whose of [{ userId: 'ada' }, { allUsers: true }] as const) {
      const pages = async (order: 'asc' | 'desc', limit: number) => {
        const found: (readonly unknown[])[] = [];
        for (let cursor: string | undefined, isLast = false; !isLast; ) {
          const page = await service.list({ ...list, ...whose, order, limit, cursor });
          expect(page.total).toBe(4);
          found.push(page.sessions.map(({ state }) => state?.get('own')));
          cursor = page.nextCursor;
          isLast = cursor === undefined;
        }
        return found;
      };
      expect(await pages('asc', 3)).toEqual([['a1', 'a2', 'b1'], ['b2']]);
      expect(await pages('desc', 3)).toEqual([['b2', 'b1', 'a2'], ['a1']]);
      expect(await pages('desc', 100)).toEqual([['b2', 'b1', 'a2', 'a1']]);
    }
  });
});
