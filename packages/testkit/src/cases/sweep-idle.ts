import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { untilPast, withTimeEnough } from '../clock.ts';
import { casesOf } from '../conformance-case.ts';
import { expectThere, newSessions } from '../expired-sessions.ts';
import { expire } from '../gone.ts';
import { at, idsOf, upTo } from '../scenario.ts';

// How long a session is left alone between its creation and what touches it.
const LEFT_MS = 60;

/** Each call that touches a session. */
function touchesOf(service: SessionService): readonly ((key: SessionKey) => Promise<unknown>)[] {
  const event = { timestamp: 0 };
  const actions = { stateIncrements: { n: 1 } };
  return [
    (key) => service.appendEvent({ ...key, event }),
    (key) => service.appendEvents({ ...key, events: [event, event] }),
    (key) => service.rewind({ ...key, toSeq: 0 }),
    (key) => service.updateSession({ ...key, labels: { set: { title: 'new' } } }),
    (key) => service.updateSession({ ...key, expires: { afterIdle: 1_000_000 } }),
    ...(service.capabilities.increments
      ? [(key: SessionKey) => service.appendEvent({ ...key, event: { ...event, actions } })]
      : []),
  ];
}

export const sweepIdleCases = casesOf('sweep', [
  {
    title: 'takes sessions that were not touched for the time that it is told, by the clock',
    needs: 'sweep',
    async run(context) {
      const { service, newKey, newId } = context;
      const { appName, userId } = newKey();
      const keys = upTo(4).map(() => ({ appName, userId, sessionId: newId('session') }));
      const [early, late, labelled, expired] = keys as [
        SessionKey,
        SessionKey,
        SessionKey,
        SessionKey,
      ];
      for (const key of keys) await service.create(key);
      await service.appendEvent({ ...early, event: { timestamp: 0 } });
      await service.appendEvent({ ...late, event: { timestamp: at(1_000_000) } });
      await service.updateSession({ ...labelled, expires: { at: at(1) } });
      await expire(service, expired);
      const idleFor = 1_000_000_000;
      const sweep = { appName, userId, idleFor };
      assert.deepEqual(await service.sweep(sweep), { deleted: 1, done: true });
      await expectThere(service, [early, late, labelled]);
      const all = await service.sweep({ appName, allUsers: true, idleFor: 0 });
      assert.deepEqual(all, { deleted: 3, done: true });
      for (const key of keys) assert.equal(await service.get(key), undefined);
    },
  },
  {
    title: 'stops at its limit among idle sessions, too',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSessions(context, { expired: 2, kept: 3 });
      const idle = { appName, userId, idleFor: 0 };
      const first = await service.sweep({ ...idle, limit: 4 });
      assert.deepEqual(first, { deleted: 4, done: false });
      assert.deepEqual(await service.sweep({ ...idle, limit: 4 }), { deleted: 1, done: true });
      assert.deepEqual((await service.list({ appName, userId })).sessions, []);
    },
  },
  {
    title: 'takes sessions by when they were touched last, not by their creation',
    needs: 'sweep',
    async run({ service, newKey, newId }) {
      const touches = touchesOf(service);
      await withTimeEnough(LEFT_MS, async (left) => {
        const { appName, userId } = newKey();
        const keys = touches.map(() => ({ appName, userId, sessionId: newId('session') }));
        for (const key of keys) await service.create(key);
        await service.create({ appName, userId, sessionId: newId('untouched') });
        const created = Date.now();
        await untilPast(created + left);
        const begun = Date.now();
        for (const [i, key] of keys.entries()) await touches[i]?.(key);
        const swept = await service.sweep({ appName, userId, idleFor: left });
        // Otherwise they may have been idle for so long again.
        if (Date.now() >= begun + left) return false;
        assert.deepEqual(swept, { deleted: 1, done: true });
        const { sessions } = await service.list({ appName, userId });
        assert.deepEqual(idsOf(sessions).sort(), keys.map(({ sessionId }) => sessionId).sort());
        return true;
      });
    },
  },
]);
