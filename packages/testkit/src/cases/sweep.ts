import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectThere, newSessions } from '../expired-sessions.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { idsOf, upTo } from '../scenario.ts';

// A sweep of more than it deletes without looking anew.
const MANY = 104;

export const sweepCases = casesOf('sweep', [
  {
    title: 'deletes sessions that have expired, and no others, and says how many',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, there } = await newSessions(context, { expired: 3, kept: 2 });
      const always = { appName, userId, sessionId: context.newId('session') };
      await service.create(always);
      const result = await service.sweep({ appName, userId });
      assert.deepEqual(result, { deleted: 3, done: true });
      expectFrozen(result, 'the result of a sweep');
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 0, done: true });
      await expectThere(service, [...there, always]);
      const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
      assert.deepEqual([sessions.length, total], [3, 3]);
    },
  },
  {
    title: 'deletes those of the user that it is told, or of every user of the app',
    needs: 'sweep',
    async run(context) {
      const { service, newId } = context;
      const first = await newSessions(context, { expired: 2, kept: 1 });
      const { appName } = first;
      const own = { expired: 3, kept: 1, owner: { appName, userId: newId('user') } };
      const second = await newSessions(context, own);
      const otherApp = await newSessions(context, {
        expired: 1,
        kept: 0,
        owner: { appName: newId('app'), userId: first.userId },
      });
      const { userId } = first;
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 2, done: true });
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 0, done: true });
      const all = { appName, allUsers: true } as const;
      assert.deepEqual(await service.sweep(all), { deleted: 3, done: true });
      assert.deepEqual(await service.sweep(all), { deleted: 0, done: true });
      await expectThere(service, [...first.there, ...second.there]);
      assert.deepEqual(await service.sweep(otherApp), { deleted: 1, done: true });
    },
  },
  {
    title: 'finds nothing to be deleted in an app, or of a user, that does not exist',
    needs: 'sweep',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const request of [{ appName, userId }, { appName, allUsers: true } as const]) {
        assert.deepEqual(await service.sweep(request), { deleted: 0, done: true });
        const idle = await service.sweep({ ...request, idleFor: 0 });
        assert.deepEqual(idle, { deleted: 0, done: true });
      }
    },
  },
  {
    title: 'stops at its limit, and says whether it has left any',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, there } = await newSessions(context, { expired: 5, kept: 1 });
      const sweep = { appName, userId, limit: 2 };
      assert.deepEqual(await service.sweep(sweep), { deleted: 2, done: false });
      assert.deepEqual(await service.sweep(sweep), { deleted: 2, done: false });
      assert.deepEqual(await service.sweep(sweep), { deleted: 1, done: true });
      assert.deepEqual(await service.sweep(sweep), { deleted: 0, done: true });
      await newSessions(context, { expired: 2, kept: 0, owner: { appName, userId } });
      const all = { appName, allUsers: true, limit: 2 } as const;
      assert.deepEqual(await service.sweep(all), { deleted: 2, done: true });
      await expectThere(service, there);
    },
  },
  {
    title: 'deletes more sessions than it looks up at once',
    needs: 'sweep',
    async run(context) {
      const { service, newKey } = context;
      const { appName, userId } = newKey();
      await service.create({ appName, userId, sessionId: 'kept' });
      await Promise.all(
        upTo(MANY).map((n) =>
          service.create({ appName, userId, sessionId: `s${n}`, expires: { at: 1 } }),
        ),
      );
      const limited = await service.sweep({ appName, userId, limit: MANY - 2 });
      assert.deepEqual(limited, { deleted: MANY - 2, done: false });
      const rest = await service.sweep({ appName, allUsers: true });
      assert.deepEqual(rest, { deleted: 2, done: true });
      await service.create({ appName, userId, sessionId: 's1' });
      const { sessions } = await service.list({ appName, userId });
      assert.deepEqual(idsOf(sessions).sort(), ['kept', 's1']);
    },
  },
  {
    title: 'takes whole sessions: nothing of one is left for the next of its id',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      await expire(service, key);
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 1, done: true });
      await expectGone(service, key);
      await service.create(key);
      await expectNothingOld(service, key);
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {
        theirs: 'kept',
      });
    },
  },
  {
    title: 'sweeps nothing if its signal was aborted before, and rejects with the reason',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSessions(context, { expired: 2, kept: 0 });
      const reason = new Error('not now');
      const sweep = { appName, userId, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => service.sweep(sweep)), reason);
      const { signal } = new AbortController();
      const result = await service.sweep({ appName, userId, signal });
      assert.deepEqual(result, { deleted: 2, done: true });
    },
  },
  {
    title: 'ends in the midst if its signal is aborted, and can be called again',
    needs: 'sweep',
    async run(context) {
      const { service, newKey } = context;
      const { appName, userId } = newKey();
      const sessionIds = upTo(30).map((n) => `s${n}`);
      await Promise.all(
        sessionIds.map((sessionId) =>
          service.create({ appName, userId, sessionId, expires: { at: 1 } }),
        ),
      );
      const controller = new AbortController();
      const reason = new Error('enough');
      const sweeping = service.sweep({ appName, userId, signal: controller.signal });
      const ended = refusalOf(() => sweeping);
      controller.abort(reason);
      const refusal = await ended;
      // A store that does not wait may have ended before.
      const before = refusal === undefined ? (await sweeping).deleted : undefined;
      if (before === undefined) assert.equal(refusal, reason);
      const { deleted, done } = await service.sweep({ appName, userId });
      assert.ok(done);
      assert.ok(before === undefined ? deleted <= 30 : before + deleted === 30);
      for (const sessionId of sessionIds) {
        assert.equal((await service.create({ appName, userId, sessionId })).revision, 0);
      }
    },
  },
  {
    title: 'refuses what does not say whose sessions are meant, and limits that are none',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, gone } = await newSessions(context, { expired: 1, kept: 1 });
      const refused: readonly (readonly [object, string])[] = [
        [{ appName }, 'userId'],
        [{ userId }, 'appName'],
        [{ appName, userId, allUsers: true }, 'userId'],
        [{ appName, allUsers: false }, 'allUsers'],
        [{ appName, userId, idleFor: -1 }, 'idleFor'],
        [{ appName, userId, idleFor: 0.5 }, 'idleFor'],
        [{ appName, userId, idleFor: null }, 'idleFor'],
        [{ appName, userId, limit: 0 }, 'limit'],
        [{ appName, userId, limit: 100_001 }, 'limit'],
        [{ appName, userId, limit: '1' }, 'limit'],
        [{ appName, userId, signal: 'now' }, 'signal'],
      ];
      for (const [request, path] of refused) {
        const call = () => service.sweep(request as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      assert.deepEqual(await service.sweep({ appName, userId }), {
        deleted: gone.length,
        done: true,
      });
    },
  },
]);
