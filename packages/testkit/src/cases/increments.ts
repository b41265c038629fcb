import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { adding, LEAST, MOST, storedPrefixes as prefixes } from '../increments.ts';
import { at, newSession, newSibling, ownersOf, read, readState, upTo } from '../scenario.ts';

export const incrementCases = casesOf('increments', [
  {
    title: 'adds to keys of every scope, a missing one as 0',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1, 'user:b': 2, 'app:c': 3 });
      const sibling = await newSibling(context, key);
      const { appName, userId } = key;
      const increments = { a: 10, 'user:b': -20, 'app:c': 30, new: 5, 'user:new': 6, 'app:new': 7 };
      await service.appendEvent({ ...key, event: adding(increments) });
      const own = { a: 11, new: 5 };
      const shared = { 'user:b': -18, 'user:new': 6, 'app:c': 33, 'app:new': 7 };
      assert.deepEqual(await readState(service, key), { ...own, ...shared });
      assert.deepEqual(await readState(service, sibling), shared);
      const user = await service.getState({ scope: 'user', appName, userId });
      const app = await service.getState({ scope: 'app', appName });
      assert.deepEqual(
        [user, app],
        [
          { b: -18, new: 6 },
          { c: 33, new: 7 },
        ],
      );
      const { sessions } = await service.list({ appName, userId, includeState: true });
      const listed = sessions.find(({ id }) => id === key.sessionId);
      assert.deepEqual(listed?.state?.toJSON(), { ...own, ...shared });
    },
  },
  {
    title: 'gives the next snapshot of a session with what was added',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      let session = await read(service, key);
      for (const n of upTo(3)) {
        const stored = await service.appendEvent({
          ...key,
          event: adding({ a: n, 'user:b': -n, 'app:c': 10 * n }),
        });
        session = session.withEvent(stored);
      }
      assert.deepEqual(session.state.toJSON(), { a: 7, 'user:b': -6, 'app:c': 60 });
      assert.deepEqual(await readState(service, key), session.state.toJSON());
    },
  },
  {
    title: 'adds 0, which makes a missing key 0',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 5 });
      await service.appendEvent({ ...key, event: adding({ a: 0, new: 0, 'user:new': -0 }) });
      const state = (await read(service, key)).state;
      assert.deepEqual(state.toJSON(), { a: 5, new: 0, 'user:new': 0 });
      assert.ok(Object.is(state.get('user:new'), 0), 'a zero has no sign');
    },
  },
  {
    title: 'counts a removed key as missing, and a session created again as new',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 5, 'user:b': 'text', 'app:c': null });
      const removedStateKeys = ['a', 'user:b', 'app:c'];
      await service.appendEvent({
        ...key,
        event: { timestamp: at(1), actions: { removedStateKeys } },
      });
      await service.appendEvent({ ...key, event: adding({ a: 1, 'user:b': 2, 'app:c': 3 }) });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 2, 'app:c': 3 });
      await service.delete(key);
      await service.create(key);
      await service.appendEvent({ ...key, event: adding({ a: 1, 'user:b': 2 }) });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 4, 'app:c': 3 });
    },
  },
  {
    title: 'reaches the largest and the smallest safe integer, and not beyond',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { most: MOST - 1, least: LEAST + 1 });
      await service.appendEvent({
        ...key,
        event: adding({ most: 1, least: -1, 'app:most': MOST, 'user:least': LEAST }),
      });
      const full = { most: MOST, least: LEAST, 'app:most': MOST, 'user:least': LEAST };
      assert.deepEqual(await readState(service, key), full);
      for (const [name, by] of [
        ['most', 1],
        ['least', -1],
        ['app:most', 1],
        ['app:most', MOST],
        ['user:least', -1],
      ] as const) {
        const path = `actions.stateIncrements["${name}"]`;
        const call = () =>
          service.appendEvent({ ...key, event: adding({ [name]: by, other: 1, 'user:other': 1 }) });
        await expectError(call, { code: 'conflict', path, key });
      }
      assert.deepEqual(await readState(service, key), full);
      await service.appendEvent({ ...key, event: adding({ most: LEAST, least: MOST }) });
      assert.deepEqual(await readState(service, key), { ...full, most: 0, least: 0 });
    },
  },
  {
    title: 'has what was added when its storage is opened again',
    needs: ['increments', 'persistent'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      await service.appendEvent({ ...key, event: adding({ a: 1, 'user:b': 2, 'app:c': 3 }) });
      const before = (await read(service, key)).toJSON();
      await service.close();
      const opened = await context.reopen(service);
      assert.deepEqual((await read(opened, key)).toJSON(), before);
      await opened.appendEvent({ ...key, event: adding({ a: 1, 'user:b': 2, 'app:c': 3 }) });
      assert.deepEqual(await readState(opened, key), { a: 3, 'user:b': 4, 'app:c': 6 });
    },
  },
  {
    title: 'adds to keys of odd names',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const names = ['__proto__', 'constructor', 'toString', 'a"b', "a'b", '0', 'a.b/c', 'é', 'E'];
      const increments = Object.fromEntries(
        names.flatMap((name, i) => prefixes.map((prefix) => [`${prefix}${name}`, i + 1])),
      );
      await service.appendEvent({ ...key, event: adding(increments) });
      await service.appendEvent({ ...key, event: adding(increments) });
      const doubled = Object.entries(increments).map(([name, by]) => [name, 2 * by] as const);
      const { state } = await read(service, key);
      assert.deepEqual(new Map(state), new Map(doubled));
    },
  },
  {
    title: 'adds by `updateState`, together with what it sets and removes, and gives the state',
    needs: 'increments',
    async run({ service, newKey }) {
      for (const owner of ownersOf(newKey())) {
        await service.updateState({ ...owner, set: { a: 1, gone: 1, kept: 'text' } });
        const update = { increment: { a: 2, new: -3 }, set: { b: 4 }, remove: ['gone'] };
        const after = { a: 3, new: -3, b: 4, kept: 'text' };
        assert.deepEqual(await service.updateState({ ...owner, ...update }), after);
        assert.deepEqual(await service.getState(owner), after);
        assert.deepEqual(await service.updateState({ ...owner, increment: {} }), after);
        const only = await service.updateState({ ...owner, increment: { new: 3 } });
        assert.deepEqual(only, { ...after, new: 0 });
      }
    },
  },
]);
