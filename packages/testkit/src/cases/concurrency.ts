import assert from 'node:assert/strict';
import { type HoldfastError, isHoldfastError } from '@holdfast/core';
import { casesOf } from '../conformance-case.ts';
import { at, newSession, read, upTo } from '../scenario.ts';

/** How many of the calls succeeded, and the codes of the others. */
async function outcomes(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls);
  const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  for (const error of refused) assert.ok(isHoldfastError(error), `not a HoldfastError: ${error}`);
  const codes = (refused as HoldfastError[]).map((error) => error.code);
  return { succeeded: settled.length - refused.length, codes: [...new Set(codes)] };
}

export const concurrencyCases = casesOf('concurrency', [
  {
    title: 'leaves nothing of a session that is deleted while others append',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const appends = upTo(10).map((n) => {
        const event = { id: `e${n}`, timestamp: at(n), actions: { stateDelta: { own: n } } };
        return service.appendEvent({ ...key, event });
      });
      const [deleted, { codes }] = await Promise.all([service.delete(key), outcomes(appends)]);
      assert.ok(
        codes.every((code) => code === 'not_found'),
        `an append was refused with ${codes}`,
      );
      assert.equal(deleted, true);
      assert.equal(await service.get(key), undefined);
      const again = await service.create(key);
      assert.deepEqual([again.revision, again.state.size], [0, 0]);
      assert.deepEqual((await read(service, key)).events, []);
    },
  },
  {
    title: 'shows an event and its state change together',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { count: 0, 'user:count': 0 });
      const write = async () => {
        for (const n of upTo(15)) {
          const actions = { stateDelta: { count: n, 'user:count': n } };
          await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
        }
      };
      const look = async () => {
        for (const _ of upTo(15)) {
          const { revision, events, state } = await read(service, key);
          const seen = [events.length, state.get('count'), state.get('user:count')];
          assert.deepEqual(seen, [revision, revision, revision]);
        }
      };
      await Promise.all([write(), look()]);
    },
  },
  {
    title: 'shows an event and its `app:` keys together',
    needs: 'atomicAppState',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { 'app:count': 0 });
      const write = async () => {
        for (const n of upTo(15)) {
          const actions = { stateDelta: { 'app:count': n } };
          await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
        }
      };
      const look = async () => {
        for (const _ of upTo(15)) {
          const { revision, state } = await read(service, key);
          assert.equal(state.get('app:count'), revision);
        }
      };
      await Promise.all([write(), look()]);
    },
  },
  {
    title: 'shows `app:` keys at the latest when the append is acknowledged',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName } = key;
      for (const n of upTo(5)) {
        const actions = { stateDelta: { 'app:count': n } };
        await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
        assert.deepEqual(await service.getState({ scope: 'app', appName }), { count: n });
      }
    },
  },
]);
