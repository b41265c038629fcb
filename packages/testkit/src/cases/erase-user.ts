import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectNobody, userOf } from '../erased-user.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { another } from '../race.ts';
import { at, newSession, read, upTo } from '../scenario.ts';
import { viewOf } from '../storage-view.ts';

// More than go in a step.
const MANY = 104;

export const eraseUserCases = casesOf('eraseUser', [
  {
    title: 'deletes all sessions of a user and the state of the user, and says how many',
    needs: 'eraseUser',
    async run(context) {
      const { service, newId } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      const keys = [key, ...upTo(2).map(() => ({ appName, userId, sessionId: newId('session') }))];
      await service.create({ ...(keys[1] as SessionKey), state: { own: 1 } });
      await service.create(keys[2] as SessionKey);
      await service.updateState({ ...userOf(key), set: { a: 1, b: null, c: 3 }, remove: ['x'] });
      await service.updateState({ ...userOf(key), remove: ['c'] });
      const erased = await service.eraseUser({ appName, userId });
      assert.deepEqual(erased, { sessions: 3, stateKeys: 3 });
      expectFrozen(erased, 'the result');
      for (const each of keys) await expectGone(service, each);
      await expectNobody(service, key);
    },
  },
  {
    title: 'deletes sessions that have expired, too, and counts them',
    needs: ['eraseUser', 'updateSession'],
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      await expire(service, key);
      const erased = await service.eraseUser({ appName, userId });
      assert.deepEqual(erased, { sessions: 1, stateKeys: 1 });
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 0, done: true });
      await service.create(key);
      await expectNothingOld(service, key);
    },
  },
  {
    title: 'deletes forks as well as what they were forked from',
    needs: ['eraseUser', 'fork'],
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      const fork = await service.fork({ ...key, throughSeq: 2 });
      const second = await service.fork({ ...fork.key, throughSeq: 1 });
      assert.equal((await service.eraseUser({ appName, userId })).sessions, 3);
      for (const each of [key, fork.key, second.key]) await expectGone(service, each);
    },
  },
  {
    title: 'leaves other users, their sessions and the state of the app as they are',
    needs: 'eraseUser',
    async run(context) {
      const { service, newId } = context;
      const key = await newFullSession(context);
      const { appName, userId, sessionId } = key;
      const others = [
        { appName, userId: newId('user'), sessionId },
        { appName: newId('app'), userId, sessionId },
      ];
      const state = { own: 1, 'user:name': 'other', 'app:more': 1 };
      for (const other of others) {
        await service.create({ ...other, state, labels: { title: 'other' } });
        await service.appendEvent({ ...other, event: { id: 'e1', timestamp: at(1) } });
      }
      const before = await Promise.all(others.map((other) => viewOf(service, [other])));
      await service.eraseUser({ appName, userId });
      const [first, second] = await Promise.all(others.map((other) => viewOf(service, [other])));
      // The sessions of every user of the app are fewer now.
      const { 'list of all users': all, ...rest } = first ?? {};
      const { 'list of all users': __, ...restBefore } = before[0] ?? {};
      assert.deepEqual(rest, restBefore);
      if (service.capabilities.listAllUsers) assert.deepEqual(all, { ids: [sessionId], total: 1 });
      assert.deepEqual(second, before[1]);
      const app = await service.getState({ scope: 'app', appName });
      assert.deepEqual(app, { everyones: 'kept', more: 1 });
      const { labels } = await read(service, others[0] as SessionKey);
      assert.deepEqual(labels, { title: 'other' });
    },
  },
  {
    title: 'takes the id of a user as it is, not as a pattern or a beginning',
    needs: 'eraseUser',
    async run({ service, newId }) {
      const appName = newId('app');
      const ids = [
        'a',
        'A',
        'ab',
        'a_',
        'a%',
        'a*',
        'a?',
        '[a]',
        'a:b',
        'a\\',
        "a'",
        '_',
        '%',
        '*',
      ];
      for (const userId of ids) {
        await service.create({ appName, userId, sessionId: 's', state: { 'user:of': userId } });
      }
      const left = new Set(ids);
      for (const userId of ['*', '%', '_', 'a?', 'a_', 'a%', '[a]', 'a*', 'a']) {
        const erased = await service.eraseUser({ appName, userId });
        assert.deepEqual(erased, { sessions: 1, stateKeys: 1 });
        left.delete(userId);
        for (const other of ids) {
          const session = await service.get({ appName, userId: other, sessionId: 's' });
          const expected = left.has(other) ? other : undefined;
          assert.equal(session?.state.get('user:of'), expected);
        }
      }
    },
  },
  {
    title: 'can be called again, and for a user that never was',
    needs: 'eraseUser',
    async run(context) {
      const { service, newId } = context;
      const { appName, userId } = await newFullSession(context);
      await service.eraseUser({ appName, userId });
      const nothing = { sessions: 0, stateKeys: 0 };
      assert.deepEqual(await service.eraseUser({ appName, userId }), nothing);
      assert.deepEqual(await service.eraseUser({ appName, userId: newId('user') }), nothing);
      assert.deepEqual(await service.eraseUser({ appName: newId('app'), userId }), nothing);
    },
  },
  {
    title: 'deletes the state of a user without sessions, and sessions of one without state',
    needs: 'eraseUser',
    async run(context) {
      const { service, newKey } = context;
      const [stateful, key] = [newKey(), await newSession(context)];
      await service.updateState({ ...userOf(stateful), set: { a: 1, b: 2 } });
      assert.deepEqual(await service.eraseUser(stateful), { sessions: 0, stateKeys: 2 });
      assert.deepEqual(await service.eraseUser(key), { sessions: 1, stateKeys: 0 });
      await expectNobody(service, stateful);
      await expectNobody(service, key);
    },
  },
  {
    title: 'shows nothing of before to sessions and state whose ids are used again',
    needs: 'eraseUser',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      const { incarnation } = await read(service, key);
      await service.eraseUser({ appName, userId });
      const created = await service.create({ ...key, state: { 'user:new': 1 } });
      assert.notEqual(created.incarnation, incarnation);
      assert.deepEqual(created.state.toJSON(), { 'user:new': 1, 'app:everyones': 'kept' });
      await expectNothingOld(service, key);
      await service.updateState({ ...userOf(key), set: { theirs: 'new' } });
      assert.deepEqual(await service.getState(userOf(key)), { new: 1, theirs: 'new' });
      const erased = await service.eraseUser({ appName, userId });
      assert.deepEqual(erased, { sessions: 1, stateKeys: 2 });
    },
  },
  {
    title: 'erases a user in another instance',
    needs: ['eraseUser', 'shared'],
    async run(context) {
      const { service } = context;
      const other = await another(context);
      const key = await newFullSession(context);
      assert.equal((await read(other, key)).revision, 3);
      const erased = await service.eraseUser({ appName: key.appName, userId: key.userId });
      assert.deepEqual(erased, { sessions: 1, stateKeys: 1 });
      await expectGone(other, key);
      await expectNobody(other, key);
    },
  },
  {
    title: 'has erased a user when its storage is opened again',
    needs: ['eraseUser', 'persistent'],
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      await service.eraseUser({ appName: key.appName, userId: key.userId });
      await service.close();
      const opened = await context.reopen(service);
      await expectGone(opened, key);
      await expectNobody(opened, key);
    },
  },
  {
    title: 'deletes more sessions than go in a step',
    needs: 'eraseUser',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { appName, userId } = key;
      await Promise.all(
        upTo(MANY).map((n) =>
          service.create({ appName, userId, sessionId: `s${n}`, state: { [`user:k${n}`]: n } }),
        ),
      );
      const erased = await service.eraseUser({ appName, userId });
      assert.deepEqual(erased, { sessions: MANY, stateKeys: MANY });
      await expectNobody(service, key);
    },
  },
  {
    title: 'deletes a session with many events as a whole',
    needs: 'eraseUser',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { own: 'old' });
      const events = upTo(1200).map((n) => ({ id: `e${n}`, author: 'old', timestamp: at(n) }));
      await service.appendEvents({ ...key, events });
      const erased = await service.eraseUser({ appName: key.appName, userId: key.userId });
      assert.deepEqual(erased, { sessions: 1, stateKeys: 0 });
      await service.create(key);
      assert.deepEqual((await service.listEvents(key)).events, []);
      await expectNothingOld(service, key);
    },
  },
  {
    title: 'deletes nothing if its signal was aborted before, and rejects with the reason',
    needs: 'eraseUser',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      const before = await viewOf(service, [key]);
      const reason = new Error('not now');
      const erase = { appName, userId, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => service.eraseUser(erase)), reason);
      assert.deepEqual(await viewOf(service, [key]), before);
      const { signal } = new AbortController();
      assert.equal((await service.eraseUser({ appName, userId, signal })).sessions, 1);
    },
  },
  {
    title: 'refuses ids that are none, and a signal that is none',
    needs: 'eraseUser',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      const refused: readonly (readonly [object, string])[] = [
        [{ appName }, 'userId'],
        [{ userId }, 'appName'],
        [{ appName, userId: '' }, 'userId'],
        [{ appName, userId: ' a' }, 'userId'],
        [{ appName, userId, signal: true }, 'signal'],
      ];
      for (const [request, path] of refused) {
        const call = () => service.eraseUser(request as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      assert.equal((await read(service, key)).revision, 3);
    },
  },
]);
