import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, upTo, walkList } from '../scenario.ts';

/** Two sessions of each of three users, all updated at the same time; users have the same ids. */
async function newTies({ service, newId }: CaseContext): Promise<SessionKey[]> {
  const appName = newId('app');
  const keys = ['ann', 'bob', 'eve'].flatMap((userId) =>
    ['s1', 's2'].map((sessionId) => ({ appName, userId, sessionId })),
  );
  for (const key of keys) {
    await service.create(key);
    await service.appendEvent({ ...key, event: { timestamp: at(1) } });
  }
  return keys;
}

/** What needs several users to go wrong. */
export const listAllUsersCases = casesOf('list', [
  {
    title: "gives each session of all users its own user's state for `includeState`",
    needs: 'listAllUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const userId of ['ann', 'bob']) {
        const state = { own: userId, 'user:name': userId, [`user:of ${userId}`]: true };
        await service.create({ appName, userId, sessionId: 's1', state });
      }
      const { sessions } = await service.list({ appName, allUsers: true, includeState: true });
      const states = sessions.map(({ userId, state }) => [userId, state?.toJSON()]);
      assert.deepEqual(Object.fromEntries(states), {
        ann: { own: 'ann', 'user:name': 'ann', 'user:of ann': true },
        bob: { own: 'bob', 'user:name': 'bob', 'user:of bob': true },
      });
    },
  },
  {
    title: 'walks sessions of the same time once, across users, in both orders',
    needs: 'listAllUsers',
    async run(context) {
      const keys = await newTies(context);
      const [{ appName }] = keys as [SessionKey];
      const expected = keys.map(({ userId, sessionId }) => `${userId} ${sessionId}`);
      for (const order of ['asc', 'desc'] as const) {
        for (const limit of [1, 2]) {
          const request = { appName, allUsers: true, order, limit } as const;
          const pages = await walkList(context.service, request);
          const walked = pages.flat().map(({ userId, id }) => `${userId} ${id}`);
          assert.deepEqual(walked, order === 'asc' ? expected : expected.toReversed());
        }
      }
    },
  },
  {
    title: 'counts the sessions of all users for `includeTotal`, not the users',
    needs: 'listAllUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const n of upTo(3)) {
        await service.create({ appName, userId: n === 3 ? 'bob' : 'ann', sessionId: `s${n}` });
      }
      const request = { appName, allUsers: true, includeTotal: true, limit: 1 } as const;
      assert.equal((await service.list(request)).total, 3);
    },
  },
]);
