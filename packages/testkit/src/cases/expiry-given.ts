import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { at, newSession, newSibling, read } from '../scenario.ts';

export const expiryGivenCases = casesOf('expiry', [
  {
    title: 'shows when a session expires wherever it is read, and absent if it does not',
    needs: 'updateSession',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { appName, userId } = key;
      const expires = { at: at(5) };
      const created = await service.create({ ...key, expires });
      const sibling = await newSibling(context, key);
      const [session, other] = [await read(service, key), await read(service, sibling)];
      assert.deepEqual(
        [created.expires, session.expires, session.toJSON().expires],
        [expires, expires, expires],
      );
      assert.ok(!('expires' in other.toJSON()));
      const { sessions } = await service.list({ appName, userId });
      const listed = sessions.map(({ id, expires }) => [id, expires] as const);
      assert.deepEqual(
        new Map(listed),
        new Map([
          [key.sessionId, expires],
          [sibling.sessionId, undefined],
        ]),
      );
      assert.ok(Object.isFrozen(session.expires));
    },
  },
  {
    title: 'uses the expiry of `getOrCreate` only if it creates',
    needs: 'updateSession',
    async run(context) {
      const { service, newKey } = context;
      const [there, created] = [await newSession(context), newKey()];
      const expires = { at: at(7) };
      assert.equal((await service.getOrCreate({ ...there, expires })).expires, undefined);
      assert.equal((await read(service, there)).expires, undefined);
      assert.deepEqual((await service.getOrCreate({ ...created, expires })).expires, expires);
      assert.deepEqual((await read(service, created)).expires, expires);
    },
  },
  {
    title: 'creates a session that is gone at once, if that is asked for',
    needs: 'updateSession',
    async run({ service, newKey }) {
      const key = newKey();
      const created = await service.create({ ...key, expires: { at: 1 }, state: { own: 'old' } });
      assert.deepEqual([created.revision, created.expires], [0, { at: 1 }]);
      await expectGone(service, key);
      await service.create(key);
      await expectNothingOld(service, key);
    },
  },
  {
    title: 'takes an expiry away by null, and changes it as a whole',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const before = await read(service, key);
      for (const expires of [{ at: at(8) }, { afterIdle: 1_000_000 }, { at: at(9) }]) {
        const summary = await service.updateSession({ ...key, expires });
        assert.deepEqual([summary.expires, (await read(service, key)).expires], [expires, expires]);
      }
      const { expires } = await service.updateSession({ ...key, labels: { set: { a: 'b' } } });
      assert.deepEqual(expires, { at: at(9) }, 'a change of labels leaves the expiry');
      const summary = await service.updateSession({ ...key, expires: null });
      assert.ok(!('expires' in summary));
      const after = await read(service, key);
      assert.equal(after.expires, undefined);
      assert.deepEqual(after.labels, { title: 'old', a: 'b' });
      const seen = [after.revision, after.lastUpdateTime, after.incarnation];
      assert.deepEqual(seen, [before.revision, before.lastUpdateTime, before.incarnation]);
    },
  },
  {
    title: 'does not give a fork the expiry of its source',
    needs: ['updateSession', 'fork'],
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const fork = await service.fork(key);
      const own = await service.fork({ ...key, expires: { at: at(3) } });
      assert.deepEqual([fork.expires, own.expires], [undefined, { at: at(3) }]);
      await expire(service, key);
      await service.sweep({ appName: key.appName, userId: key.userId });
      await expectGone(service, key);
      for (const { sessionId, expires, revision } of [fork, own]) {
        const found = await read(service, { ...key, sessionId });
        assert.deepEqual([found.expires, found.revision], [expires, revision]);
      }
    },
  },
  {
    title: 'refuses an expiry that is none, and writes nothing',
    needs: 'updateSession',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const refused: readonly (readonly [unknown, string])[] = [
        [{}, 'expires'],
        [1, 'expires'],
        ['never', 'expires'],
        [{ at: -1 }, 'expires.at'],
        [{ at: 1.5 }, 'expires.at'],
        [{ at: '1' }, 'expires.at'],
        [{ at: 8.64e15 + 1 }, 'expires.at'],
        [{ at: null }, 'expires.at'],
        [{ afterIdle: 0 }, 'expires.afterIdle'],
        [{ afterIdle: 1.5 }, 'expires.afterIdle'],
        [{ afterIdle: Number.POSITIVE_INFINITY }, 'expires.afterIdle'],
        [{ at: at(1), afterIdle: 1 }, 'expires.afterIdle'],
        [{ at: at(1), after: 1 }, 'expires.after'],
      ];
      for (const [given, path] of refused) {
        const expires = given as never;
        const expected = { code: 'invalid_argument', path } as const;
        const other = newKey();
        await expectError(() => service.create({ ...other, expires }), expected);
        await expectError(() => service.getOrCreate({ ...other, expires }), expected);
        assert.equal(await service.get(other), undefined);
        const labels = { set: { title: 'new' } };
        await expectError(() => service.updateSession({ ...key, labels, expires }), expected);
      }
      assert.deepEqual((await read(service, key)).labels, {});
    },
  },
]);
