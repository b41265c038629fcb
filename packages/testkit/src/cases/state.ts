import assert from 'node:assert/strict';
import type { EventActionsInput, SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newSession, newSibling, read, readState } from '../scenario.ts';

async function change(
  service: SessionService,
  { actions, ...key }: SessionKey & { readonly actions: EventActionsInput },
): Promise<void> {
  await service.appendEvent({ ...key, event: { actions } });
}

const trickyNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0'];

/** An object with each name as its own property. */
function entriesOf(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(`{${names.map((name, i) => `${JSON.stringify(name)}:${i}`).join(',')}}`);
}

export const stateCases = casesOf('state', [
  {
    title: 'merges the three scopes, with their prefixes',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const stateDelta = { name: 'own', 'user:name': 'theirs', 'app:name': 'everyones' };
      await change(service, { ...key, actions: { stateDelta } });
      assert.deepEqual(await readState(service, key), stateDelta);
    },
  },
  {
    title: "keeps a session's own keys from the user's other sessions",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      await change(service, { ...key, actions: { stateDelta: { own: 1 } } });
      assert.deepEqual(await readState(service, sibling), {});
    },
  },
  {
    title: "shares `user:` keys between a user's sessions in an app",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      await change(service, { ...key, actions: { stateDelta: { 'user:theirs': 1 } } });
      assert.deepEqual(await readState(service, sibling), { 'user:theirs': 1 });
    },
  },
  {
    title: 'keeps `user:` keys from other users, and from the user in other apps',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { 'user:theirs': 1 });
      const otherUser = { ...key, userId: newId('user'), sessionId: newId('session') };
      const otherApp = { ...key, appName: newId('app'), sessionId: newId('session') };
      for (const other of [otherUser, otherApp]) {
        assert.deepEqual((await service.create(other)).state.toJSON(), {});
        const { appName, userId } = other;
        assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {});
      }
    },
  },
  {
    title: 'shares `app:` keys between all users of an app',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const other = { ...key, userId: newId('user'), sessionId: newId('session') };
      await service.create(other);
      await change(service, { ...key, actions: { stateDelta: { 'app:everyones': 1 } } });
      assert.deepEqual(await readState(service, other), { 'app:everyones': 1 });
    },
  },
  {
    title: 'keeps `app:` keys from other apps',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { 'app:everyones': 1 });
      const other = { ...key, appName: newId('app'), sessionId: newId('session') };
      assert.deepEqual((await service.create(other)).state.toJSON(), {});
      assert.deepEqual(await service.getState({ scope: 'app', appName: other.appName }), {});
    },
  },
  {
    title: 'changes the keys of a delta, and no other',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1, b: 1, 'user:a': 1, 'user:b': 1, 'app:b': 1 });
      const stateDelta = { a: 2, 'user:a': 2, 'app:a': 2 };
      await change(service, { ...key, actions: { stateDelta } });
      const expected = { a: 2, b: 1, 'user:a': 2, 'user:b': 1, 'app:a': 2, 'app:b': 1 };
      assert.deepEqual(await readState(service, key), expected);
    },
  },
  {
    title: 'replaces a value as a whole',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { cart: { apples: 1, pears: 2 } });
      await change(service, { ...key, actions: { stateDelta: { cart: { apples: 3 } } } });
      assert.deepEqual(await readState(service, key), { cart: { apples: 3 } });
    },
  },
  {
    title: 'keeps null as a value',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1, 'user:a': 1, 'app:a': 1 });
      const stateDelta = { a: null, 'user:a': null, 'app:a': null };
      await change(service, { ...key, actions: { stateDelta } });
      assert.deepEqual(await readState(service, key), stateDelta);
    },
  },
  {
    title: 'removes keys of every scope',
    async run(context) {
      const { service } = context;
      const state = { a: 1, b: 2, 'user:a': 1, 'user:b': 2, 'app:a': 1, 'app:b': 2 };
      const key = await newSession(context, state);
      const removedStateKeys = ['a', 'user:a', 'app:a'];
      await change(service, { ...key, actions: { removedStateKeys } });
      assert.deepEqual(await readState(service, key), { b: 2, 'user:b': 2, 'app:b': 2 });
      const { appName, userId } = key;
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), { b: 2 });
    },
  },
  {
    title: 'accepts the removal of a missing key, and a key that is set again',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      await change(service, { ...key, actions: { removedStateKeys: ['a', 'b'] } });
      await change(service, { ...key, actions: { removedStateKeys: ['a'] } });
      await change(service, { ...key, actions: { stateDelta: { a: 2 } } });
      assert.deepEqual(await readState(service, key), { a: 2 });
    },
  },
  {
    title: 'refuses a key that is both set and removed',
    async run(context) {
      const key = await newSession(context);
      const actions = { stateDelta: { a: 1, b: 1 }, removedStateKeys: ['c', 'b'] };
      await expectError(() => change(context.service, { ...key, actions }), {
        code: 'invalid_argument',
        path: 'actions.removedStateKeys[1]',
      });
    },
  },
  {
    title: 'treats names that every object has as ordinary keys',
    async run(context) {
      const { service } = context;
      const scoped = trickyNames.flatMap((name) => [name, `user:${name}`, `app:${name}`]);
      const state = entriesOf(scoped);
      const key = await newSession(context, state);
      assert.deepEqual(await readState(service, key), state);
      await change(service, { ...key, actions: { removedStateKeys: scoped } });
      assert.deepEqual(await readState(service, key), {});
      await change(service, { ...key, actions: { stateDelta: state } });
      assert.deepEqual(await readState(service, key), state);
    },
  },
  {
    title: 'tells keys apart by case, accents and normalization',
    async run(context) {
      const names = ['key', 'Key', 'KEY', 'ké', 'ke\u0301', 'ke'];
      const state = entriesOf(names.flatMap((name) => [name, `user:${name}`, `app:${name}`]));
      const key = await newSession(context, state);
      assert.deepEqual(await readState(context.service, key), state);
    },
  },
  {
    title: 'treats the prefix of a scope inside a key as part of its name',
    async run(context) {
      const state = {
        'x:y': 1,
        'user:app:z': 2,
        'app:temp:z': 3,
        User: 4,
        'APP:z': 5,
        'a user:b': 6,
      };
      const key = await newSession(context, state);
      assert.deepEqual(await readState(context.service, key), state);
    },
  },
  {
    title: 'accepts a key of 255 bytes, not counting its prefix',
    async run(context) {
      const name = `${'é'.repeat(127)}x`;
      const state = { [name]: 1, [`user:${name}`]: 2, [`app:${name}`]: 3 };
      const key = await newSession(context, state);
      assert.deepEqual(await readState(context.service, key), state);
    },
  },
  {
    title: 'refuses an invalid state key, with its path',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const wrong = [
        '',
        'user:',
        'app:',
        'temp:',
        ' a',
        'a ',
        'a\nb',
        'x\u007f',
        '\ud800',
        'é'.repeat(128),
      ];
      for (const name of wrong) {
        const set = { ...key, actions: { stateDelta: { [name]: 1 } } };
        await expectError(() => change(service, set), {
          code: 'invalid_argument',
          path: `actions.stateDelta[${JSON.stringify(name)}]`,
        });
        const remove = { ...key, actions: { removedStateKeys: [name] } };
        await expectError(() => change(service, remove), {
          code: 'invalid_argument',
          path: 'actions.removedStateKeys[0]',
        });
      }
    },
  },
  {
    title: 'can be read as a Map: keys, values, entries, `forEach`, size and iteration',
    async run(context) {
      const state = { a: [1], 'user:b': { c: 2 }, 'app:d': null };
      const key = await newSession(context, state);
      const { state: map } = await read(context.service, key);
      const visited: [string, unknown][] = [];
      map.forEach((value, name) => {
        visited.push([name, value]);
      });
      assert.equal(map.size, 3);
      for (const entries of [map, map.entries(), visited]) {
        assert.deepEqual(Object.fromEntries(entries), state);
      }
      const names = [...map.keys()];
      const values = [...map.values()];
      assert.deepEqual(Object.fromEntries(names.map((name, i) => [name, values[i]])), state);
      for (const [name, value] of Object.entries(state)) {
        assert.deepEqual([map.has(name), map.get(name)], [true, value]);
      }
      assert.deepEqual([map.has('b'), map.get('b')], [false, undefined]);
    },
  },
  {
    title: 'holds many keys',
    async run(context) {
      const names = Array.from({ length: 300 }, (_, i) => `key-${i}`);
      const state = entriesOf(names.flatMap((name) => [name, `user:${name}`]));
      const key = await newSession(context, state);
      assert.deepEqual(await readState(context.service, key), state);
    },
  },
]);
