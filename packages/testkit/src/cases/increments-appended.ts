import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { adding, MOST, storedPrefixes as prefixes } from '../increments.ts';
import { newSession, read, readState } from '../scenario.ts';

export const incrementAppendCases = casesOf('increments', [
  {
    title: 'stores increments in their event, and leaves those of `temp:` keys out',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const given = adding({ a: 1, 'user:b': 2, 'temp:c': 3 }, { stateDelta: { d: 4 } });
      const stored = await service.appendEvent({ ...key, event: given });
      assert.deepEqual(stored.actions.stateIncrements, { a: 1, 'user:b': 2 });
      assert.deepEqual(stored.actions.stateDelta, { d: 4 });
      const { events, state } = await read(service, key);
      assert.deepEqual(events, [stored]);
      assert.deepEqual(state.toJSON(), { a: 1, 'user:b': 2, d: 4 });
      assert.ok(Object.isFrozen(stored.actions.stateIncrements));
    },
  },
  {
    title: 'folds increments with what a batch sets and removes, in its order',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      for (const prefix of prefixes) {
        const named = (state: Readonly<Record<string, number>>) =>
          Object.fromEntries(Object.entries(state).map(([k, value]) => [`${prefix}${k}`, value]));
        const initial = { added: 100, set: 100, last: 100, removed: 100, kept: 100 };
        const key = await newSession(context, named(initial));
        const events = [
          adding(named({ added: 1, last: 1, removed: 1, new: 1 })),
          adding({}, { stateDelta: named({ set: 5 }), removedStateKeys: [`${prefix}removed`] }),
          adding(named({ added: 2, set: 3, removed: 4, new: 2 })),
          adding({}, { stateDelta: named({ last: 7 }) }),
          adding(named({ added: -4 }), { removedStateKeys: [`${prefix}new`] }),
        ];
        await service.appendEvents({ ...key, events });
        const after = { added: 99, set: 8, last: 7, removed: 4, kept: 100 };
        assert.deepEqual(await readState(service, key), named(after));
        // One after the other, they come to the same.
        const single = await newSession(context, named(initial));
        for (const each of events) await service.appendEvent({ ...single, event: each });
        assert.deepEqual(await readState(service, single), named(after));
      }
    },
  },
  {
    title: 'is `conflict` for a batch that adds to what it has set to another value',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      for (const value of [null, 'text', 0.5, MOST]) {
        const events = [adding({}, { stateDelta: { a: value, b: 1 } }), adding({ a: 1 })];
        const path = 'events[1].actions.stateIncrements["a"]';
        await expectError(() => service.appendEvents({ ...key, events }), {
          code: 'conflict',
          path,
        });
      }
      assert.equal((await read(service, key)).revision, 0);
      assert.deepEqual(await readState(service, key), { a: 1 });
      const events = [
        adding({}, { stateDelta: { a: 'text' } }),
        adding({}, { stateDelta: { a: 2 } }),
      ];
      await service.appendEvents({ ...key, events: [...events, adding({ a: 1 })] });
      assert.deepEqual(await readState(service, key), { a: 3 });
    },
  },
  {
    title: 'adds nothing if the session is not at `expectedRevision`, or not there',
    needs: 'increments',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context, { 'app:c': 1 });
      const request = { ...key, event: adding({ a: 1, 'user:b': 1, 'app:c': 1 }) };
      const late = { code: 'conflict', path: 'expectedRevision', revision: 0 } as const;
      await expectError(() => service.appendEvent({ ...request, expectedRevision: 1 }), late);
      const missing = { ...request, sessionId: newKey().sessionId };
      await expectError(() => service.appendEvent(missing), { code: 'not_found' });
      assert.deepEqual(await readState(service, key), { 'app:c': 1 });
      await service.appendEvent({ ...request, expectedRevision: 0 });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 1, 'app:c': 2 });
    },
  },
  {
    title: 'adds nothing for a partial event',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const partial = { ...adding({ a: 1, 'app:c': 1 }), partial: true };
      await service.appendEvent({ ...key, event: partial });
      await service.appendEvents({ ...key, events: [partial, adding({ a: 10 }), partial] });
      assert.deepEqual(await readState(service, key), { a: 11 });
      assert.equal((await read(service, key)).revision, 1);
    },
  },
  {
    title: 'creates a missing session with what is added, if the append asks for it',
    needs: 'increments',
    async run({ service, newKey }) {
      const key = newKey();
      const request = { ...key, event: { id: 'e1', ...adding({ a: 1, 'app:c': 2 }) } };
      await service.appendEvent({ ...request, ifMissing: 'create' });
      await service.appendEvent({ ...request, ifMissing: 'create' });
      assert.deepEqual(await readState(service, key), { a: 1, 'app:c': 2 });
    },
  },
  {
    title: 'creates no session for an append whose increments are refused',
    needs: 'increments',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { appName, userId } = key;
      await service.updateState({ scope: 'app', appName, set: { text: 'a' } });
      await service.updateState({ scope: 'user', appName, userId, set: { text: 'a' } });
      for (const name of ['app:text', 'user:text']) {
        const append = { ...key, event: adding({ a: 1, [name]: 1 }), ifMissing: 'create' } as const;
        const path = `actions.stateIncrements["${name}"]`;
        await expectError(() => service.appendEvent(append), { code: 'conflict', path });
        assert.equal(await service.get(key), undefined);
      }
    },
  },
]);
