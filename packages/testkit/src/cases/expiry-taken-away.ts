import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { aPause } from '../race.ts';
import { idsOf } from '../scenario.ts';

// How long a session would have had, at first and at most.
const SHORT_MS = 100;
const LONGEST_MS = 30_000;

export const expiryTakenAwayCases = casesOf('expiry', [
  {
    title: 'keeps a session for good whose expiry was taken away in time',
    needs: ['updateSession', 'sweep'],
    async run({ service, newKey }) {
      // A machine that is too slow to take it away in time tries again with more time.
      for (let ms = SHORT_MS; ; ms *= 3) {
        const keys = [newKey(), newKey()];
        const taken = await Promise.allSettled(
          keys.map(async (key, i) => {
            await service.create({
              ...key,
              expires: i === 0 ? { at: Date.now() + ms } : { afterIdle: ms },
            });
            return await service.updateSession({ ...key, expires: null });
          }),
        );
        if (taken.some(({ status }) => status === 'rejected')) {
          assert.ok(ms < LONGEST_MS, 'an expiry that is not over can be taken away');
          continue;
        }
        const over = Date.now() + ms;
        while (Date.now() <= over) await aPause();
        for (const key of keys) {
          const { appName, userId, sessionId } = key;
          assert.equal((await service.sweep({ appName, userId })).deleted, 0);
          assert.notEqual(await service.get(key), undefined, 'it must be there for good');
          const { sessions } = await service.list({ appName, userId });
          assert.deepEqual(idsOf(sessions), [sessionId]);
        }
        return;
      }
    },
  },
]);
