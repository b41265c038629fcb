import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, newSession, ownersOf, read, readState } from '../scenario.ts';

const scopes = ['', 'user:', 'app:'];
const falsy = ['', 0, false, null, [], {}];

/** The same names in each scope. */
function inEachScope(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    scopes.flatMap((scope) => entries.map(([name, value]) => [`${scope}${name}`, value])),
  );
}

function namesInEachScope(names: readonly string[]): string[] {
  return Object.keys(inEachScope(Object.fromEntries(names.map((name) => [name, 0]))));
}

/** The state of a new session after a batch of deltas, from values of `before` in each scope. */
async function stateAfter(
  context: CaseContext,
  {
    before,
    deltas,
  }: {
    readonly before: Readonly<Record<string, unknown>>;
    readonly deltas: readonly { readonly set?: object; readonly remove?: readonly string[] }[];
  },
): Promise<unknown> {
  const { service } = context;
  const key = await newSession(context, inEachScope(before));
  const events = deltas.map(({ set = {}, remove = [] }, i) => ({
    id: `e${i}`,
    timestamp: at(i),
    actions: {
      stateDelta: inEachScope({ ...set }),
      removedStateKeys: namesInEachScope(remove),
    },
  }));
  await service.appendEvents({ ...key, events });
  const one = await newSession(context, inEachScope(before));
  for (const event of events) await service.appendEvent({ ...one, event });
  const state = await readState(service, key);
  assert.deepEqual(await readState(service, one), state, 'one by one it must be as by the batch');
  const { appName, userId } = key;
  const [summary] = (await service.list({ appName, userId, includeState: true })).sessions;
  assert.deepEqual(summary?.state?.toJSON(), state, 'a list must show what get shows');
  return state;
}

/** What sets a key, to whatever value, and what removes it. */
export const removalCases = casesOf('state', [
  {
    title: 'keeps what was set last if a batch removes a key and sets it again, in every scope',
    async run(context) {
      const deltas = [{ remove: ['a'] }, { set: { a: 2 } }, { set: { b: 1 } }];
      const state = await stateAfter(context, { before: { a: 1, c: 3 }, deltas });
      assert.deepEqual(state, inEachScope({ a: 2, b: 1, c: 3 }));
    },
  },
  {
    title: 'has no key that a batch sets and then removes, in every scope',
    async run(context) {
      const deltas = [{ set: { a: 2, n: 1 } }, { remove: ['a'] }, { set: { b: 1 }, remove: ['n'] }];
      const state = await stateAfter(context, { before: { a: 1, c: 3 }, deltas });
      assert.deepEqual(state, inEachScope({ b: 1, c: 3 }));
    },
  },
  {
    title: 'counts the last of many changes of a key in one batch',
    async run(context) {
      const deltas = [
        { set: { a: 1, b: null } },
        { remove: ['a'] },
        { set: { a: null }, remove: ['b'] },
        { remove: ['a'] },
        { set: { a: false, b: 0 } },
      ];
      const state = await stateAfter(context, { before: {}, deltas });
      assert.deepEqual(state, inEachScope({ a: false, b: 0 }));
    },
  },
  {
    title: 'keeps every falsy and empty value, in the place of another and of none',
    async run(context) {
      const names = falsy.map((_, i) => `k${i}`);
      const values = Object.fromEntries(names.map((name, i) => [name, falsy[i]]));
      const full = Object.fromEntries(names.map((name) => [name, { a: [1] }]));
      for (const before of [{}, full, values]) {
        const state = await stateAfter(context, { before, deltas: [{ set: values }] });
        assert.deepEqual(state, inEachScope(values));
      }
      const back = await stateAfter(context, { before: values, deltas: [{ set: full }] });
      assert.deepEqual(back, inEachScope(full));
    },
  },
  {
    title: 'keeps every falsy and empty value of an initial state and of an update',
    async run(context) {
      const { service } = context;
      const values = Object.fromEntries(falsy.map((value, i) => [`k${i}`, value]));
      const key = await newSession(context, inEachScope(values));
      assert.deepEqual(await readState(service, key), inEachScope(values));
      for (const owner of ownersOf(context.newKey())) {
        await service.updateState({ ...owner, set: { k0: 1, k1: 'a', k2: true, k3: [1] } });
        assert.deepEqual(await service.updateState({ ...owner, set: values }), values);
        assert.deepEqual(await service.getState(owner), values);
        const { k3: _, ...rest } = values;
        assert.deepEqual(await service.updateState({ ...owner, remove: ['k3'] }), rest);
      }
    },
  },
  {
    title:
      'removes a key whose value is null or falsy, and tells null from removed, in every scope',
    async run(context) {
      const before = { zero: 0, text: '', no: false, nothing: null, kept: null };
      const deltas = [{ remove: ['zero', 'text', 'no', 'nothing', 'never'] }];
      const state = await stateAfter(context, { before, deltas });
      assert.deepEqual(state, inEachScope({ kept: null }));
    },
  },
  {
    title: 'changes nothing by partial events of a batch, nor by `temp:` keys',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1, b: 2, 'user:a': 1, 'app:a': 1 });
      const events = [
        {
          partial: true,
          actions: { stateDelta: { a: 9, 'user:new': 9 }, removedStateKeys: ['b'] },
        },
        { actions: { stateDelta: { c: 3, 'temp:a': 1 }, removedStateKeys: ['temp:b'] } },
        { partial: true, actions: { stateDelta: {}, removedStateKeys: ['c', 'user:a', 'app:a'] } },
      ];
      await service.appendEvents({ ...key, events });
      const { state, revision } = await read(service, key);
      assert.deepEqual(state.toJSON(), { a: 1, b: 2, c: 3, 'user:a': 1, 'app:a': 1 });
      assert.equal(revision, 1);
    },
  },
  {
    title: 'leaves other `user:` and `app:` keys as they were when a session is created',
    async run(context) {
      const { service, newId } = context;
      const shared = { 'user:a': 1, 'user:b': { list: [2] }, 'app:a': 1, 'app:b': null };
      const key = await newSession(context, { ...shared, own: 1 });
      const expected = { ...shared, 'user:a': 'new', 'app:c': 3 };
      const state = { 'user:a': 'new', 'app:c': 3 };
      const second = { ...key, sessionId: newId('session') };
      const created = await service.create({ ...second, state });
      assert.deepEqual(created.state.toJSON(), expected);
      const third = await service.getOrCreate({ ...key, sessionId: newId('s'), state: { own: 2 } });
      assert.deepEqual(third.state.toJSON(), { ...expected, own: 2 });
      await service.create({ ...key, sessionId: newId('session') });
      await service.getOrCreate({ ...key, sessionId: newId('session') });
      assert.deepEqual(await readState(service, key), { ...expected, own: 1 });
      assert.equal(await service.delete(second), true);
      assert.deepEqual(await readState(service, key), { ...expected, own: 1 });
    },
  },
]);
