import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { newSession } from '../scenario.ts';

/** Every user of an app, page by page. */
async function walkUsers(
  service: SessionService,
  request: { readonly appName: string; readonly limit?: number },
): Promise<string[]> {
  const all: string[] = [];
  let afterUserId: string | undefined;
  for (;;) {
    const { userIds, hasMore } = await service.listUsers({ ...request, afterUserId });
    all.push(...userIds);
    if (!hasMore) return all;
    assert.ok(userIds.length > 0, 'a page before the last one is not empty');
    afterUserId = userIds.at(-1);
  }
}

export const listUsersCases = casesOf('export', [
  {
    title: 'lists the users that have sessions or state, in the order of their bytes',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      const ids = [
        'b',
        'a',
        'B',
        'é',
        'e\u0301',
        'a b',
        '10',
        '9',
        'z'.repeat(255),
        '\u{1d11e}',
        '\uff5e',
      ];
      for (const [i, userId] of ids.entries()) {
        if (i % 2 === 0) await service.create({ appName, userId, sessionId: 's' });
        else await service.updateState({ scope: 'user', appName, userId, set: { a: null } });
      }
      await service.create({ appName: newId('app'), userId: 'other', sessionId: 's' });
      const page = await service.listUsers({ appName });
      const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(page, { userIds: sorted, hasMore: false });
      expectFrozen(page, 'a page');
      for (const limit of [1, 2, 3, ids.length]) {
        assert.deepEqual(await walkUsers(service, { appName, limit }), sorted);
      }
    },
  },
  {
    title: 'lists users in pages, behind one that need not be there',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const userId of ['a', 'c', 'e'])
        await service.create({ appName, userId, sessionId: 's' });
      const page = (afterUserId: string, limit?: number) =>
        service.listUsers({ appName, afterUserId, limit });
      assert.deepEqual(await page('b'), { userIds: ['c', 'e'], hasMore: false });
      assert.deepEqual(await page('a', 1), { userIds: ['c'], hasMore: true });
      assert.deepEqual(await page('c', 1), { userIds: ['e'], hasMore: false });
      assert.deepEqual(await page('e'), { userIds: [], hasMore: false });
    },
  },
  {
    title: 'lists no user of whom nothing is left',
    needs: 'listUsers',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const stateful = { scope: 'user', appName, userId: newId('user') } as const;
      await service.updateState({ ...stateful, set: { a: 1 } });
      const sorted = [userId, stateful.userId].sort();
      assert.deepEqual((await service.listUsers({ appName })).userIds, sorted);
      await service.updateState({ ...stateful, remove: ['a'] });
      assert.deepEqual((await service.listUsers({ appName })).userIds, [userId]);
      await service.delete(key);
      assert.deepEqual((await service.listUsers({ appName })).userIds, []);
      await service.create({ ...key, state: { 'user:b': 1 } });
      await service.delete(key);
      assert.deepEqual((await service.listUsers({ appName })).userIds, [userId]);
      assert.deepEqual(await service.listUsers({ appName: newId('app') }), {
        userIds: [],
        hasMore: false,
      });
    },
  },
  {
    title: 'refuses limits and ids of users that are none',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const [request, path] of [
        [{}, 'appName'],
        [{ appName, limit: 0 }, 'limit'],
        [{ appName, limit: 1001 }, 'limit'],
        [{ appName, afterUserId: '' }, 'afterUserId'],
        [{ appName, afterUserId: null }, 'afterUserId'],
      ] as const) {
        const call = () => service.listUsers(request as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
    },
  },
]);
