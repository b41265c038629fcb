import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { appendAt, at, idsOf, newSession, newSibling, read, upTo } from '../scenario.ts';

/** Sessions of one user, one for each id, last updated at the times given. */
async function listed(
  service: SessionService,
  sessions: readonly (SessionKey & { readonly time: number })[],
): Promise<void> {
  for (const { time, ...key } of sessions) {
    await service.create(key);
    await service.appendEvent({ ...key, event: { timestamp: time } });
  }
}

export const listCases = casesOf('list', [
  {
    title: 'gives an empty page if there is no session',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const page = await service.list({ appName, userId });
      assert.deepEqual(page, { sessions: [] });
    },
  },
  {
    title: 'summarizes a session, without its events and its state',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { createTime, incarnation } = await read(service, key);
      await service.appendEvent({ ...key, event: { timestamp: at(7) } });
      const { sessions } = await service.list(key);
      const { sessionId: id } = key;
      assert.deepEqual(
        sessions.map((summary) => ({ ...summary, key: { ...summary.key } })),
        [
          {
            key,
            ...key,
            id,
            incarnation,
            createTime,
            lastUpdateTime: at(7),
            revision: 1,
            labels: {},
          },
        ],
      );
    },
  },
  {
    title: 'summarizes a session as `get` gives it, after single events and after a batch',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const expectSame = async () => {
        const session = await read(service, key);
        const [summary] = (await service.list(key)).sessions;
        const { createTime, lastUpdateTime, revision } = session;
        assert.deepEqual({ ...summary?.key }, { ...session.key });
        assert.deepEqual(
          [summary?.createTime, summary?.lastUpdateTime, summary?.revision],
          [createTime, lastUpdateTime, revision],
        );
      };
      await appendAt(service, { key, times: [at(1), at(2), at(3)] });
      await expectSame();
      const events = [{ timestamp: at(4) }, { timestamp: at(5) }];
      await service.appendEvents({ ...key, events });
      await expectSame();
    },
  },
  {
    title: "leaves out other users' sessions",
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      await service.create({ ...key, userId: newId('user'), sessionId: newId('session') });
      assert.deepEqual(idsOf((await service.list(key)).sessions), [key.sessionId]);
    },
  },
  {
    title: "leaves out the same user's sessions in other apps",
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      await service.create({ ...key, appName: newId('app'), sessionId: newId('session') });
      assert.deepEqual(idsOf((await service.list(key)).sessions), [key.sessionId]);
    },
  },
  {
    title: 'begins with the session that was updated last',
    async run({ service, newKey }) {
      const key = newKey();
      const times = [at(2), at(3), at(1)];
      await listed(
        service,
        times.map((time, i) => ({ ...key, sessionId: `s${i}`, time })),
      );
      assert.deepEqual(idsOf((await service.list(key)).sessions), ['s1', 's0', 's2']);
    },
  },
  {
    title: "ends with the session that was updated last, for `order: 'asc'`",
    async run({ service, newKey }) {
      const key = newKey();
      const times = [at(2), at(3), at(1)];
      await listed(
        service,
        times.map((time, i) => ({ ...key, sessionId: `s${i}`, time })),
      );
      const { sessions } = await service.list({ ...key, order: 'asc' });
      assert.deepEqual(idsOf(sessions), ['s2', 's0', 's1']);
    },
  },
  {
    title: 'orders sessions of the same time by id, in the direction of the list',
    async run({ service, newKey }) {
      const key = newKey();
      const ids = ['b', 'a', 'c'];
      await listed(
        service,
        ids.map((sessionId) => ({ ...key, sessionId, time: at(1) })),
      );
      const { sessions: ascending } = await service.list({ ...key, order: 'asc' });
      assert.deepEqual(idsOf(ascending), ['a', 'b', 'c']);
      const { sessions: descending } = await service.list({ ...key, order: 'desc' });
      assert.deepEqual(idsOf(descending), ['c', 'b', 'a']);
    },
  },
  {
    title: 'compares ids by their bytes as UTF-8, not by UTF-16 units or a collation',
    async run({ service, newKey }) {
      const key = newKey();
      const ids = ['\u{10000}', '\uE000', 'é', 'z', 'a', 'B', '_', 'a!'];
      await listed(
        service,
        ids.map((sessionId) => ({ ...key, sessionId, time: at(1) })),
      );
      const { sessions } = await service.list({ ...key, order: 'asc' });
      assert.deepEqual(idsOf(sessions), ['B', '_', 'a', 'a!', 'z', 'é', '\uE000', '\u{10000}']);
    },
  },
  {
    title: 'lists the sessions of every user of the app, and of no other app',
    needs: 'listAllUsers',
    async run(context) {
      const { service, newId, newKey } = context;
      const { appName } = newKey();
      const keys = upTo(3).map(() => ({
        appName,
        userId: newId('user'),
        sessionId: newId('session'),
      }));
      for (const key of keys) await service.create(key);
      await newSession(context);
      const { sessions } = await service.list({ appName, allUsers: true });
      assert.deepEqual(idsOf(sessions).sort(), keys.map((key) => key.sessionId).sort());
    },
  },
  {
    title: 'orders sessions of the same time by user, then by id',
    needs: 'listAllUsers',
    async run({ service, newKey }) {
      const { appName } = newKey();
      const users = ['\u{10000}', '\uE000', 'b', 'a'];
      const keys = users.flatMap((userId) =>
        ['2', '1'].map((sessionId) => ({ appName, userId, sessionId, time: at(1) })),
      );
      await listed(service, keys);
      const { sessions } = await service.list({ appName, allUsers: true, order: 'asc' });
      const expected = users
        .sort(compareIdentifiers)
        .flatMap((userId) => [`${userId} 1`, `${userId} 2`]);
      assert.deepEqual(
        sessions.map(({ userId, id }) => `${userId} ${id}`),
        expected,
      );
    },
  },
  {
    title: 'answers `allUsers` as its capability says: with a page, or `unsupported`',
    async run({ service, newKey }) {
      const { appName } = newKey();
      const call = () => service.list({ appName, allUsers: true });
      if (service.capabilities.listAllUsers) assert.deepEqual(await call(), { sessions: [] });
      else await expectError(call, { code: 'unsupported' });
    },
  },
  {
    title: 'never takes a missing user for all users',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const request of [{ appName }, { appName, userId: undefined }]) {
        await expectError(() => service.list(request as never), {
          code: 'invalid_argument',
          path: 'userId',
        });
      }
      await expectError(() => service.list({ appName, userId, allUsers: false } as never), {
        code: 'invalid_argument',
        path: 'allUsers',
      });
      await expectError(() => service.list({ appName, userId, allUsers: true } as never), {
        code: 'invalid_argument',
        path: 'userId',
      });
    },
  },
  {
    title: 'gives the state of each session for `includeState`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { own: 1, 'user:theirs': 2, 'app:everyones': 3 });
      const sibling = await newSibling(context, key);
      const { sessions } = await service.list({ ...key, includeState: true });
      const states = sessions.map(({ id, state }) => [id, state?.toJSON()]);
      assert.deepEqual(Object.fromEntries(states), {
        [key.sessionId]: { own: 1, 'user:theirs': 2, 'app:everyones': 3 },
        [sibling.sessionId]: { 'user:theirs': 2, 'app:everyones': 3 },
      });
    },
  },
  {
    title: 'refuses an unknown order, and flags that are not true or false',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const wrong = { order: 'up', includeState: 1, includeTotal: 'yes' };
      for (const [path, value] of Object.entries(wrong)) {
        const request = { appName, userId, [path]: value } as never;
        await expectError(() => service.list(request), { code: 'invalid_argument', path });
      }
    },
  },
]);
