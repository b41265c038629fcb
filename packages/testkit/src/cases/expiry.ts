import assert from 'node:assert/strict';
import type { SessionKey, SessionService, StateInput } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, unlessRefused } from '../expect-error.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { another, aPause } from '../race.ts';
import { at, idsOf, newSession, newSibling, read } from '../scenario.ts';

// How long an idle session stays in a case that waits for its end.
const IDLE_MS = 700;
const MOST_IDLE_MS = 12_000;

type Creator = (service: SessionService, key: SessionKey, state: StateInput) => Promise<unknown>;

/** Each call that creates the session of an id. */
const creators: readonly (readonly [string, Creator])[] = [
  ['create', (service, key, state) => service.create({ ...key, state })],
  ['getOrCreate', (service, key, state) => service.getOrCreate({ ...key, state })],
  [
    'an append with `ifMissing`',
    (service, key, stateDelta) =>
      service.appendEvent({ ...key, event: { actions: { stateDelta } }, ifMissing: 'create' }),
  ],
];

async function untilGone(service: SessionService, key: SessionKey): Promise<void> {
  while ((await service.get({ ...key, numRecentEvents: 0 })) !== undefined) await aPause();
}

/**
 * Touches a session in the midst of its idle time, and looks after that time is over. If the machine
 * was too slow to tell, it tries again with more time.
 */
async function expectStays(
  context: CaseContext,
  touch: (key: SessionKey) => Promise<unknown>,
): Promise<void> {
  const { service, newKey } = context;
  for (let idle = IDLE_MS; idle <= MOST_IDLE_MS; idle *= 2) {
    const key = newKey();
    await service.create({ ...key, expires: { afterIdle: idle } });
    const created = Date.now();
    while (Date.now() < created + idle / 2) await aPause();
    const touched = Date.now();
    const isInTime = await touch(key).then(
      () => true,
      () => false,
    );
    if (!isInTime && Date.now() < created + idle / 2 + idle / 4) {
      assert.fail('a session must be there before its idle time is over');
    }
    while (Date.now() <= created + idle) await aPause();
    const found = await service.get(key);
    if (!isInTime || Date.now() >= touched + idle) continue;
    assert.ok(found !== undefined, 'idle time must be counted from the last touch');
    return;
  }
}

export const expiryCases = casesOf('expiry', [
  {
    title: 'takes an expired session for missing in every call, swept or not',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const sibling = await newSibling(context, key);
      await expire(service, key);
      await expectGone(service, key);
      await service.sweep({ appName: key.appName, userId: key.userId });
      await expectGone(service, key);
      assert.deepEqual(idsOf((await service.list(key)).sessions), [sibling.sessionId]);
    },
  },
  {
    title: 'takes an expired session for missing in another instance',
    needs: ['updateSession', 'shared'],
    async run(context) {
      const other = await another(context);
      const key = await newFullSession(context);
      assert.equal((await read(other, key)).revision, 3);
      await expire(context.service, key);
      await expectGone(other, key);
    },
  },
  {
    title: 'takes an expired session for missing in another process',
    needs: ['updateSession', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service: other } = await context.startProcess(context.service);
      const key = await newFullSession(context);
      assert.equal((await read(other, key)).revision, 3);
      await expire(other, key);
      await expectGone(context.service, key);
      await expectGone(other, key);
    },
  },
  {
    title: 'keeps expiries when its storage is opened again',
    needs: ['updateSession', 'persistent'],
    async run(context) {
      const { service } = context;
      const gone = await newFullSession(context);
      const kept = await newFullSession(context);
      await expire(service, gone);
      await service.close();
      const opened = await context.reopen(service);
      await expectGone(opened, gone);
      const { expires } = await read(opened, kept);
      assert.deepEqual(expires, { at: at(1) });
    },
  },
  {
    title: 'keeps the state of the user and of the app when a session expires',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      await expire(service, key);
      await service.sweep({ appName, allUsers: true });
      const user = await service.getState({ scope: 'user', appName, userId });
      const app = await service.getState({ scope: 'app', appName });
      assert.deepEqual([user, app], [{ theirs: 'kept' }, { everyones: 'kept' }]);
    },
  },
  ...creators.map(([name, create]) => ({
    title: `finds nothing of an expired session that it makes way for in ${name}`,
    needs: 'updateSession' as const,
    async run(context: CaseContext) {
      const { service } = context;
      for (const isSwept of [false, true]) {
        const key = await newFullSession(context);
        const { incarnation } = await read(service, key);
        await expire(service, key);
        if (isSwept) await service.sweep({ appName: key.appName, allUsers: true });
        await create(service, key, { 'user:new': 1 });
        assert.notEqual((await read(service, key)).incarnation, incarnation);
        await expectNothingOld(service, key);
        const { sessions, total } = await service.list({ ...key, includeTotal: true });
        assert.deepEqual([idsOf(sessions), total], [[key.sessionId], 1]);
        const { state } = await read(service, key);
        assert.equal(state.get('user:new'), 1);
        assert.equal(state.get('user:theirs'), 'kept');
      }
    },
  })),
  {
    title: 'lets a fork have the id of an expired session',
    needs: ['updateSession', 'fork'],
    async run(context) {
      const { service, newKey } = context;
      const key = await newFullSession(context);
      const source = { ...key, sessionId: newKey().sessionId };
      await service.create({ ...source, state: { from: 'source' } });
      await expectError(() => service.fork({ ...source, newSessionId: key.sessionId }), {
        code: 'already_exists',
      });
      await expire(service, key);
      await service.fork({ ...source, newSessionId: key.sessionId });
      assert.equal((await read(service, key)).state.get('from'), 'source');
      await expectNothingOld(service, key);
    },
  },
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
    title: 'lets an idle session go, whatever the timestamps of its events are',
    needs: 'updateSession',
    async run(context) {
      const { service, newKey } = context;
      const [created, appended, updated] = [newKey(), newKey(), await newSession(context)];
      await service.create({ ...created, expires: { afterIdle: 1 } });
      await service.create({ ...appended, expires: { afterIdle: 200 } });
      const event = { id: 'e1', timestamp: at(1_000_000) };
      // It may be gone by then, on a slow machine.
      await unlessRefused('not_found', () => service.appendEvent({ ...appended, event }));
      await service.updateSession({ ...updated, expires: { afterIdle: 1 } });
      for (const key of [created, appended, updated]) {
        await untilGone(service, key);
        await expectGone(service, key);
      }
    },
  },
  {
    title: 'keeps an idle session by the clock, not by the timestamps of its events',
    needs: 'updateSession',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      await service.create({ ...key, expires: { afterIdle: 1_000_000 } });
      await service.appendEvents({ ...key, events: [{ timestamp: 0 }, { timestamp: 1 }] });
      const { revision, expires } = await read(service, key);
      assert.deepEqual([revision, expires], [2, { afterIdle: 1_000_000 }]);
      await service.sweep({ appName: key.appName, userId: key.userId });
      assert.equal((await read(service, key)).revision, 2);
    },
  },
  {
    title: 'counts idle time from the last append or update',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const event = { timestamp: 0 };
      await Promise.all([
        expectStays(context, (key) => service.appendEvent({ ...key, event })),
        expectStays(context, (key) => service.appendEvents({ ...key, events: [event, event] })),
        expectStays(context, (key) =>
          service.updateSession({ ...key, labels: { set: { title: 'touched' } } }),
        ),
      ]);
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
