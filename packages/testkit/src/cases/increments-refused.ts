import assert from 'node:assert/strict';
import type { JsonValue } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { adding, LEAST, MOST, storedPrefixes as prefixes } from '../increments.ts';
import { at, newSession, ownersOf, read, readState } from '../scenario.ts';

/** Values that nothing can be added to. */
const unfit: readonly (readonly [string, JsonValue])[] = [
  ['null', null],
  ['text', 'a'],
  ['text of digits', '1'],
  ['an empty text', ''],
  ['a truth', true],
  ['a list', [1]],
  ['an object', { value: 1 }],
  ['a fraction', 0.5],
  ['a number beyond safe integers', MOST + 1],
  ['a number far below them', -1e300],
];

/** Increments that are none. */
const refused: readonly unknown[] = [
  0.5,
  '1',
  null,
  true,
  [1],
  {},
  MOST + 1,
  LEAST - 1,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1n,
];

export const incrementRefusedCases = casesOf('increments', [
  ...prefixes.map((prefix) => ({
    title: `is \`conflict\` for a value of ${prefix || 'the session'} that is no safe integer, and writes nothing`,
    needs: 'increments' as const,
    async run(context: CaseContext) {
      const { service } = context;
      for (const [what, value] of unfit) {
        const name = `${prefix}a`;
        const key = await newSession(context, { [name]: value, [`${prefix}n`]: 1 });
        const before = (await read(service, key)).toJSON();
        const path = `actions.stateIncrements["${name}"]`;
        const others = { n: 1, 'user:n': 1, 'app:n': 1 };
        const actions = { stateDelta: { set: 1, 'user:set': 1, 'app:set': 1 } };
        const id = 'e1';
        const call = () =>
          service.appendEvent({
            ...key,
            event: { id, ...adding({ ...others, [name]: 1 }, actions) },
          });
        await expectError(call, { code: 'conflict', path, key });
        const batch = [
          { id: 'e0', timestamp: at(0) },
          { id, ...adding({ [name]: 1 }) },
        ];
        const inBatch = () => service.appendEvents({ ...key, events: batch });
        await expectError(inBatch, { code: 'conflict', path: `events[1].${path}`, key });
        assert.deepEqual((await read(service, key)).toJSON(), before, `after ${what}`);
        assert.deepEqual((await service.listEvents(key)).events, []);
        // The id is not taken: what was refused was not stored.
        const fixed = { id, timestamp: at(2), actions: { stateDelta: { [name]: 1 } } };
        await service.appendEvent({ ...key, event: fixed });
        await service.appendEvent({ ...key, event: adding({ [name]: 1 }) });
        assert.equal((await read(service, key)).state.get(name), 2);
      }
    },
  })),
  {
    title: 'refuses increments that are no safe integers, with their path, and writes nothing',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const { appName } = key;
      for (const by of refused) {
        const increments = { ok: 1, a: by } as never;
        const append = () => service.appendEvent({ ...key, event: adding(increments) });
        const path = 'actions.stateIncrements["a"]';
        await expectError(append, { code: 'invalid_argument', path });
        const update = () =>
          service.updateState({ scope: 'app', appName, set: { b: 1 }, increment: increments });
        await expectError(update, { code: 'invalid_argument', path: 'increment["a"]' });
      }
      for (const increments of [[1], 'a', null, 1]) {
        const append = () => service.appendEvent({ ...key, event: adding(increments as never) });
        const path = 'actions.stateIncrements';
        await expectError(append, { code: 'invalid_argument', path });
      }
      assert.equal((await read(service, key)).revision, 0);
      assert.deepEqual(await service.getState({ scope: 'app', appName }), {});
    },
  },
  {
    title: 'refuses a key that is added to, and set or removed as well',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const { appName, userId } = key;
      const owner = { scope: 'user', appName, userId } as const;
      const path = 'actions.stateIncrements["a"]';
      const refusals = [{ stateDelta: { a: 1 } }, { removedStateKeys: ['b', 'a'] }];
      for (const more of refusals) {
        const call = () => service.appendEvent({ ...key, event: adding({ a: 1 }, more) });
        await expectError(call, { code: 'invalid_argument', path });
      }
      for (const more of [{ set: { a: 1 } }, { remove: ['a'] }]) {
        const call = () => service.updateState({ ...owner, increment: { a: 1 }, ...more });
        await expectError(call, { code: 'invalid_argument', path: 'increment["a"]' });
      }
      assert.deepEqual(await readState(service, key), { a: 1 });
      // The same name in another scope is another key.
      const more = { stateDelta: { 'user:a': 5 }, removedStateKeys: ['app:a'] };
      await service.appendEvent({ ...key, event: adding({ a: 1 }, more) });
      assert.deepEqual(await readState(service, key), { a: 2, 'user:a': 5 });
    },
  },
  {
    title:
      'is `conflict` for an `updateState` of a value that is no safe integer, and writes nothing',
    needs: 'increments',
    async run({ service, newKey }) {
      for (const owner of ownersOf(newKey())) {
        const values = Object.fromEntries(unfit.map(([, value], i) => [`v${i}`, value]));
        const before = await service.updateState({
          ...owner,
          set: { ...values, full: MOST, ok: 1 },
        });
        for (const name of [...Object.keys(values), 'full']) {
          const increment = { ok: 1, [name]: 1, new: 1 };
          const call = () =>
            service.updateState({ ...owner, increment, set: { b: 1 }, remove: ['v0x'] });
          await expectError(call, { code: 'conflict', path: `increment["${name}"]` });
        }
        assert.deepEqual(await service.getState(owner), before);
      }
    },
  },
]);
