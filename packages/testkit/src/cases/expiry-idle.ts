import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { untilPast, withTimeEnough } from '../clock.ts';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { expectGone } from '../gone.ts';
import { aPause } from '../race.ts';
import { at, newSession, read } from '../scenario.ts';

// How long an idle session stays in a case that waits for its end.
const IDLE_MS = 700;

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
  await withTimeEnough(IDLE_MS, async (idle) => {
    const key = newKey();
    await service.create({ ...key, expires: { afterIdle: idle } });
    const created = Date.now();
    await untilPast(created + idle / 2);
    const touched = Date.now();
    const isInTime = await touch(key).then(
      () => true,
      () => false,
    );
    if (!isInTime && Date.now() < created + idle / 2 + idle / 4) {
      assert.fail('a session must be there before its idle time is over');
    }
    await untilPast(created + idle);
    const found = await service.get(key);
    if (!isInTime || Date.now() >= touched + idle) return false;
    assert.ok(found !== undefined, 'idle time must be counted from the last touch');
    return true;
  });
}

export const expiryIdleCases = casesOf('expiry', [
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
]);
