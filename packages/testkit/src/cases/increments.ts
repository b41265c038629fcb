import assert from 'node:assert/strict';
import type { JsonValue, SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { another } from '../race.ts';
import { at, newSession, newSibling, read, readState, upTo } from '../scenario.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const LEAST = Number.MIN_SAFE_INTEGER;

/** The prefixes of the scopes that are stored. */
const prefixes = ['', 'user:', 'app:'] as const;

type Increments = Readonly<Record<string, number>>;

function event(stateIncrements: Increments, more: object = {}) {
  return { timestamp: at(1), actions: { stateIncrements, ...more } };
}

function add(service: SessionService, key: SessionKey, increments: Increments) {
  return service.appendEvent({ ...key, event: event(increments) });
}

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
      await add(service, key, increments);
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
    title: 'stores increments in their event, and leaves those of `temp:` keys out',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const given = event({ a: 1, 'user:b': 2, 'temp:c': 3 }, { stateDelta: { d: 4 } });
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
    title: 'gives the next snapshot of a session with what was added',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      let session = await read(service, key);
      for (const n of upTo(3)) {
        const stored = await add(service, key, { a: n, 'user:b': -n, 'app:c': 10 * n });
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
      await add(service, key, { a: 0, new: 0, 'user:new': -0 });
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
      await add(service, key, { a: 1, 'user:b': 2, 'app:c': 3 });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 2, 'app:c': 3 });
      await service.delete(key);
      await service.create(key);
      await add(service, key, { a: 1, 'user:b': 2 });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 4, 'app:c': 3 });
    },
  },
  {
    title: 'reaches the largest and the smallest safe integer, and not beyond',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { most: MOST - 1, least: LEAST + 1 });
      await add(service, key, { most: 1, least: -1, 'app:most': MOST, 'user:least': LEAST });
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
        const call = () => add(service, key, { [name]: by, other: 1, 'user:other': 1 });
        await expectError(call, { code: 'conflict', path, key });
      }
      assert.deepEqual(await readState(service, key), full);
      await add(service, key, { most: LEAST, least: MOST });
      assert.deepEqual(await readState(service, key), { ...full, most: 0, least: 0 });
    },
  },
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
            event: { id, ...event({ ...others, [name]: 1 }, actions) },
          });
        await expectError(call, { code: 'conflict', path, key });
        const batch = [
          { id: 'e0', timestamp: at(0) },
          { id, ...event({ [name]: 1 }) },
        ];
        const inBatch = () => service.appendEvents({ ...key, events: batch });
        await expectError(inBatch, { code: 'conflict', path, key });
        assert.deepEqual((await read(service, key)).toJSON(), before, `after ${what}`);
        assert.deepEqual((await service.listEvents(key)).events, []);
        // The id is not taken: what was refused was not stored.
        const fixed = { id, timestamp: at(2), actions: { stateDelta: { [name]: 1 } } };
        await service.appendEvent({ ...key, event: fixed });
        await add(service, key, { [name]: 1 });
        assert.equal((await read(service, key)).state.get(name), 2);
      }
    },
  })),
  {
    title: 'counts a retry once',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const one = { id: 'e1', ...event({ a: 1, 'user:b': 2, 'app:c': 3 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      for (const _ of upTo(3)) {
        assert.deepEqual(await service.appendEvent({ ...key, event: one }), stored);
      }
      assert.deepEqual(await service.appendEvents({ ...key, events: [one] }), [stored]);
      await service.appendEvent({ ...key, event: stored, expectedRevision: 0 });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 2, 'app:c': 3 });
      const other = { ...one, ...event({ a: 2, 'user:b': 2, 'app:c': 3 }) };
      const call = () => service.appendEvent({ ...key, event: other });
      await expectError(call, { code: 'already_exists' });
      assert.equal((await read(service, key)).revision, 1);
    },
  },
  {
    title: 'counts a retry once even if the key has no place for it any more',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const one = { id: 'e1', ...event({ a: MOST, 'user:b': 1 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      const stateDelta = { 'user:b': 'text' };
      await service.appendEvent({ ...key, event: { timestamp: at(2), actions: { stateDelta } } });
      assert.deepEqual(await service.appendEvent({ ...key, event: one }), stored);
      assert.deepEqual(await readState(service, key), { a: MOST, 'user:b': 'text' });
    },
  },
  {
    title: 'counts what `onStored: skip` has skipped once',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = upTo(4).map((n) => ({ id: `e${n}`, ...event({ n, 'app:n': n }) }));
      await service.appendEvents({ ...key, events: events.slice(0, 2) });
      await service.appendEvents({ ...key, events, onStored: 'skip' });
      await service.appendEvents({ ...key, events, onStored: 'skip' });
      assert.deepEqual(await readState(service, key), { n: 10, 'app:n': 10 });
    },
  },
  {
    title: 'counts a retry on another instance once',
    needs: ['increments', 'shared'],
    async run(context) {
      const { service } = context;
      const other = await another(context);
      const key = await newSession(context);
      const one = { id: 'e1', ...event({ a: 1, 'app:c': 3 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      assert.deepEqual(await other.appendEvent({ ...key, event: one }), stored);
      await add(other, key, { a: 10, 'app:c': 10 });
      assert.deepEqual(await readState(service, key), { a: 11, 'app:c': 13 });
    },
  },
  {
    title: 'has what was added when its storage is opened again',
    needs: ['increments', 'persistent'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      await add(service, key, { a: 1, 'user:b': 2, 'app:c': 3 });
      const before = (await read(service, key)).toJSON();
      await service.close();
      const opened = await context.reopen(service);
      assert.deepEqual((await read(opened, key)).toJSON(), before);
      await add(opened, key, { a: 1, 'user:b': 2, 'app:c': 3 });
      assert.deepEqual(await readState(opened, key), { a: 3, 'user:b': 4, 'app:c': 6 });
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
          event(named({ added: 1, last: 1, removed: 1, new: 1 })),
          event({}, { stateDelta: named({ set: 5 }), removedStateKeys: [`${prefix}removed`] }),
          event(named({ added: 2, set: 3, removed: 4, new: 2 })),
          event({}, { stateDelta: named({ last: 7 }) }),
          event(named({ added: -4 }), { removedStateKeys: [`${prefix}new`] }),
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
        const events = [event({}, { stateDelta: { a: value, b: 1 } }), event({ a: 1 })];
        const path = 'actions.stateIncrements["a"]';
        await expectError(() => service.appendEvents({ ...key, events }), {
          code: 'conflict',
          path,
        });
      }
      assert.equal((await read(service, key)).revision, 0);
      assert.deepEqual(await readState(service, key), { a: 1 });
      const events = [
        event({}, { stateDelta: { a: 'text' } }),
        event({}, { stateDelta: { a: 2 } }),
      ];
      await service.appendEvents({ ...key, events: [...events, event({ a: 1 })] });
      assert.deepEqual(await readState(service, key), { a: 3 });
    },
  },
  {
    title: 'adds nothing if the session is not at `expectedRevision`, or not there',
    needs: 'increments',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context, { 'app:c': 1 });
      const request = { ...key, event: event({ a: 1, 'user:b': 1, 'app:c': 1 }) };
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
      const partial = { ...event({ a: 1, 'app:c': 1 }), partial: true };
      await service.appendEvent({ ...key, event: partial });
      await service.appendEvents({ ...key, events: [partial, event({ a: 10 }), partial] });
      assert.deepEqual(await readState(service, key), { a: 11 });
      assert.equal((await read(service, key)).revision, 1);
    },
  },
  {
    title: 'creates a missing session with what is added, if the append asks for it',
    needs: 'increments',
    async run({ service, newKey }) {
      const key = newKey();
      const request = { ...key, event: { id: 'e1', ...event({ a: 1, 'app:c': 2 }) } };
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
        const append = { ...key, event: event({ a: 1, [name]: 1 }), ifMissing: 'create' } as const;
        const path = `actions.stateIncrements["${name}"]`;
        await expectError(() => service.appendEvent(append), { code: 'conflict', path });
        assert.equal(await service.get(key), undefined);
      }
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
      await add(service, key, increments);
      await add(service, key, increments);
      const doubled = Object.entries(increments).map(([name, by]) => [name, 2 * by] as const);
      const { state } = await read(service, key);
      assert.deepEqual(new Map(state), new Map(doubled));
    },
  },
  {
    title: 'refuses increments that are no safe integers, with their path, and writes nothing',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const { appName } = key;
      for (const by of refused) {
        const increments = { ok: 1, a: by } as never;
        const append = () => add(service, key, increments);
        const path = 'actions.stateIncrements["a"]';
        await expectError(append, { code: 'invalid_argument', path });
        const update = () =>
          service.updateState({ scope: 'app', appName, set: { b: 1 }, increment: increments });
        await expectError(update, { code: 'invalid_argument', path: 'increment["a"]' });
      }
      for (const increments of [[1], 'a', null, 1]) {
        const append = () => add(service, key, increments as never);
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
        const call = () => service.appendEvent({ ...key, event: event({ a: 1 }, more) });
        await expectError(call, { code: 'invalid_argument', path });
      }
      for (const more of [{ set: { a: 1 } }, { remove: ['a'] }]) {
        const call = () => service.updateState({ ...owner, increment: { a: 1 }, ...more });
        await expectError(call, { code: 'invalid_argument', path: 'increment["a"]' });
      }
      assert.deepEqual(await readState(service, key), { a: 1 });
      // The same name in another scope is another key.
      const more = { stateDelta: { 'user:a': 5 }, removedStateKeys: ['app:a'] };
      await service.appendEvent({ ...key, event: event({ a: 1 }, more) });
      assert.deepEqual(await readState(service, key), { a: 2, 'user:a': 5 });
    },
  },
  {
    title: 'adds by `updateState`, together with what it sets and removes, and gives the state',
    needs: 'increments',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const owner of [
        { scope: 'app', appName },
        { scope: 'user', appName, userId },
      ] as const) {
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
  {
    title:
      'is `conflict` for an `updateState` of a value that is no safe integer, and writes nothing',
    needs: 'increments',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const owner of [
        { scope: 'app', appName },
        { scope: 'user', appName, userId },
      ] as const) {
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
