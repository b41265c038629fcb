import assert from 'node:assert/strict';
import type { Event, SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { read, upTo, walkList } from '../scenario.ts';

/** Where labels and expiry meet lists, other users, and sessions that are created again. */
export const moreListCases = casesOf('labels', [
  {
    title: 'count those sessions in a total that have them, and no others',
    needs: 'updateSession',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const n of upTo(5)) {
        const labels = { status: n % 2 === 0 ? 'open' : 'done' };
        await service.create({ appName, userId, sessionId: `s${n}`, labels });
      }
      const open = { appName, userId, labels: { status: 'open' }, limit: 1, includeTotal: true };
      assert.equal((await service.list(open)).total, 2);
    },
  },
  {
    title: "are changed of one session, and not of another user's with the same id",
    needs: 'updateSession',
    async run({ service, newKey, newId }) {
      const key = newKey();
      const other = { ...key, userId: newId('other') };
      for (const each of [key, other]) await service.create({ ...each, labels: { a: '1' } });
      await service.updateSession({ ...key, labels: { set: { a: '2' } } });
      assert.deepEqual((await read(service, other)).labels, { a: '1' });
    },
  },
  {
    title: 'fill each page of a list, beside sessions that have expired',
    needs: 'updateSession',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const n of upTo(6)) {
        const key = { appName, userId, sessionId: `s${n}` };
        await service.create(key);
        if (n % 2 === 0) await service.updateSession({ ...key, expires: { at: 1 } });
      }
      const pages = await walkList(service, { appName, userId, limit: 2 });
      assert.deepEqual(
        pages.map((page) => page.length),
        [2, 1],
      );
    },
  },
  {
    title: 'keep an event of a watched session apart from the snapshot of the one before',
    needs: 'watch',
    async run({ service, newKey }) {
      const key = newKey();
      const before = await service.create(key);
      await service.delete(key);
      await service.create(key);
      await service.appendEvent({ ...key, event: { id: 'later' } });
      const event = await firstOf(service, key);
      await expectError(async () => before.withEvent(event), { code: 'conflict' });
    },
  },
]);

async function firstOf(service: SessionService, key: SessionKey): Promise<Event> {
  for await (const event of service.watch(key)) return event;
  throw new Error('the watch must not end');
}
