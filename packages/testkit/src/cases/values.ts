import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { at, newSession, read, readState } from '../scenario.ts';

const MIB = 1024 * 1024;

/** Sends `value` through a state and through an event, and expects `expected` back. */
async function expectBack(
  context: CaseContext,
  { value, expected }: { readonly value: unknown; readonly expected: unknown },
): Promise<void> {
  const { service } = context;
  const key = await newSession(context, { initial: value });
  const actions = { stateDelta: { own: value, 'user:theirs': value, 'app:everyones': value } };
  await service.appendEvent({
    ...key,
    event: { id: 'e1', timestamp: at(1), actions, output: value },
  });
  const session = await read(service, key);
  const [event] = session.events;
  for (const name of ['initial', 'own', 'user:theirs', 'app:everyones']) {
    assert.deepEqual(session.state.get(name), expected);
  }
  assert.deepEqual(event?.actions.stateDelta['own'], expected);
  assert.deepEqual(event?.output, expected);
}

const { freeze } = Object;

/** `depth` arrays in one another. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 1; i < depth; i++) value = [value];
  return value;
}

export const valuesCases = casesOf('values', [
  {
    title: 'gives back objects and arrays as they were',
    async run(context) {
      const value = {
        emptyObject: {},
        emptyArray: [],
        nested: [{ a: [[], [null, false, true, '']] }],
        '': 'the empty key',
        ' ': { '': { '': 0 } },
        'a.b': 1,
        'user:x': 2,
        '\u0000': 3,
      };
      await expectBack(context, { value, expected: value });
    },
  },
  {
    title: 'gives back strings of any characters as they were',
    async run(context) {
      const value = [
        'é',
        'e\u0301',
        '日本',
        '\u{1f600}',
        '\u0000',
        'a\u0000b',
        '\u2028',
        '\ufeff',
        '\\"\'\n\t\r',
      ];
      await expectBack(context, { value, expected: value });
    },
  },
  {
    title: 'gives back lone surrogates in strings as they were',
    async run(context) {
      const value = ['\ud800', 'a\udc00b', '\udc00\ud800'];
      await expectBack(context, { value, expected: value });
    },
  },
  {
    title: 'gives back numbers as they were',
    async run(context) {
      const value = [
        0,
        -1,
        0.1,
        1 / 3,
        1e21,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        2 ** 53,
        -(2 ** 60),
      ];
      await expectBack(context, { value, expected: value });
    },
  },
  {
    title: 'turns -0 into 0',
    async run(context) {
      await expectBack(context, { value: [-0, { a: -0 }], expected: [0, { a: 0 }] });
    },
  },
  {
    title: 'treats names that every object has as ordinary keys of a value',
    async run(context) {
      const value = JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":[3],"length":4}');
      await expectBack(context, { value, expected: value });
    },
  },
  {
    // Some engines take one for the other when they parse them one after the other.
    title: 'keeps keys apart that look alike when they are written with escapes',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const names = ['\\', '"', '\\\\', '\\n', '\n', '\\u0041', 'A', '\\"', '\\'];
      const events = names.map((name, i) => ({
        id: `e${i}`,
        timestamp: at(i + 1),
        customMetadata: { p: 0, [name]: i },
        actions: { stateDelta: { [`key${i}`]: { p: 0, [name]: i } } },
      }));
      for (const event of events) {
        await service.appendEvent({ ...key, event });
        const { customMetadata } = await service.appendEvent({ ...key, event });
        assert.deepEqual(customMetadata, event.customMetadata);
      }
      const session = await read(service, key);
      events.forEach(({ customMetadata }, i) => {
        assert.deepEqual(session.events[i]?.['customMetadata' as never], customMetadata);
        assert.deepEqual(session.state.get(`key${i}`), customMetadata);
      });
    },
  },
  {
    title: 'leaves out properties that are undefined, and symbol keys',
    async run(context) {
      const value = { kept: 1, gone: undefined, [Symbol('gone')]: 2 };
      await expectBack(context, { value, expected: { kept: 1 } });
    },
  },
  {
    title: 'treats undefined fields of an event as absent',
    async run(context) {
      const key = await newSession(context);
      const event = {
        id: 'e1',
        author: undefined,
        actions: { escalate: undefined },
        extra: undefined,
      };
      const stored = await context.service.appendEvent({ ...key, event });
      assert.ok(!('author' in stored) && !('extra' in stored) && !('escalate' in stored.actions));
    },
  },
  {
    title: 'treats an object without a prototype as a plain object',
    async run(context) {
      const value = Object.assign(Object.create(null), { a: { b: 1 } });
      await expectBack(context, { value, expected: { a: { b: 1 } } });
    },
  },
  {
    title: 'keeps unknown fields of an event',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const fields = {
        someField: { deep: [1, null] },
        'another field': 'text',
        zero: 0,
        nothing: null,
      };
      const actions = { someAction: { a: [true] }, transferToAgent: 'other' };
      const event = { id: 'e1', timestamp: at(1), ...fields, actions } as never;
      await service.appendEvent({ ...key, event });
      const [stored] = (await read(service, key)).events;
      const expected = { ...actions, stateDelta: {} };
      assert.deepEqual(
        { ...stored },
        { id: 'e1', timestamp: at(1), invocationId: '', seq: 1, ...fields, actions: expected },
      );
    },
  },
  {
    title: 'accepts a value of 256 levels',
    async run(context) {
      const value = nested(256);
      await expectBack(context, { value, expected: value });
    },
  },
  {
    title: 'accepts an event of just under 8 MiB',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const text = 'x'.repeat(8 * MIB - 1000);
      const content = { parts: [{ text }] };
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1), content } });
      const [event] = (await read(service, key)).events;
      assert.ok(event?.content?.parts?.[0]?.text === text, 'the text must come back as it was');
    },
  },
  {
    title: 'freezes everything that it returns',
    async run(context) {
      const { service } = context;
      // Frozen on the way in: whether a store shares it is another question.
      const value = freeze({ list: freeze([freeze({ a: 1 })]) });
      const key = await newSession(context, {
        own: value,
        'user:theirs': value,
        'app:everyones': value,
      });
      const { appName, userId } = key;
      const actions = { stateDelta: { own: value }, removedStateKeys: ['other'] };
      const input = { timestamp: at(1), actions, customMetadata: value };
      expectFrozen(await service.appendEvent({ ...key, event: input }), 'the event');
      expectFrozen(await service.appendEvents({ ...key, events: [input] }), 'the events');
      expectFrozen(
        await service.appendEvent({ ...key, event: { ...input, partial: true } }),
        'the partial event',
      );
      expectFrozen(await service.listEvents(key), 'the page of events');
      expectFrozen(await service.list({ appName, userId }), 'the page of sessions');
      expectFrozen(await service.getState({ scope: 'app', appName }), 'the state of the app');
      const owner = { scope: 'user', appName, userId } as const;
      expectFrozen(
        await service.updateState({ ...owner, set: { value } }),
        'the state of the user',
      );
      for (const session of [await read(service, key), await service.getOrCreate(key)]) {
        assert.ok(Object.isFrozen(session), 'the session must be frozen');
        expectFrozen(session.key, 'the key');
        expectFrozen(session.events, 'the events of the session');
        for (const [name, each] of session.state) expectFrozen(each, `the value of ${name}`);
      }
    },
  },
  {
    title: 'shares nothing with an event that its caller changes later',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const value = { list: [1] };
      const event = {
        id: 'e1',
        timestamp: at(1),
        author: 'user',
        actions: { stateDelta: { own: value } },
      };
      await service.appendEvent({ ...key, event });
      value.list.push(2);
      event.author = 'changed';
      event.actions.stateDelta.own = { list: [3] };
      const session = await read(service, key);
      assert.equal(session.events[0]?.author, 'user');
      assert.deepEqual(session.events[0]?.actions.stateDelta, { own: { list: [1] } });
      assert.deepEqual(session.state.toJSON(), { own: { list: [1] } });
    },
  },
  {
    title: 'shares nothing with a state that its caller changes later',
    async run(context) {
      const { service, newKey } = context;
      const value = { list: [1] };
      const state = { own: value };
      const set = { theirs: value };
      const key = newKey();
      const { appName, userId } = key;
      await service.create({ ...key, state });
      const owner = { scope: 'user', appName, userId } as const;
      await service.updateState({ ...owner, set });
      value.list.push(2);
      state.own = { list: [3] };
      set.theirs = { list: [3] };
      const expected = { own: { list: [1] }, 'user:theirs': { list: [1] } };
      assert.deepEqual(await readState(service, key), expected);
    },
  },
  {
    title: 'reads an event while the call is made, not later',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const event = { id: 'e1', timestamp: at(1), author: 'user' };
      const appended = service.appendEvent({ ...key, event });
      event.author = 'changed';
      assert.equal((await appended).author, 'user');
    },
  },
]);
