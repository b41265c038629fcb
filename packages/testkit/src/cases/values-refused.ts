import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, newSession, read } from '../scenario.ts';

const MIB = 1024 * 1024;

class Price {
  readonly amount = 1;
}

/** A case for each kind of value that JSON does not have. */
const kinds: readonly { readonly name: string; readonly value: unknown }[] = [
  { name: 'a function', value: () => 1 },
  { name: 'a symbol', value: Symbol('price') },
  { name: 'a BigInt', value: 1n },
  { name: 'NaN', value: Number.NaN },
  { name: 'an infinite number', value: Number.NEGATIVE_INFINITY },
  { name: 'a Date', value: new Date(0) },
  { name: 'a Map', value: new Map([['a', 1]]) },
  { name: 'a class instance', value: new Price() },
  { name: 'a typed array', value: new Uint8Array(2) },
  { name: 'a boxed string', value: Object('text') },
];

function append(service: SessionService, request: SessionKey & { readonly own: unknown }) {
  const { own, ...key } = request;
  return service.appendEvent({
    ...key,
    event: { timestamp: at(1), actions: { stateDelta: { own } } },
  });
}

const refusedKinds = kinds.map(({ name, value }) => ({
  title: `refuses ${name}, with its path`,
  async run({ service, newKey }: Parameters<typeof newSession>[0]) {
    const key = await newSession({ service, newKey });
    const cart = [0, 1, { price: value }];
    const event = { actions: { stateDelta: { cart } } };
    await expectError(() => service.appendEvent({ ...key, event }), {
      code: 'invalid_argument',
      path: 'actions.stateDelta["cart"][2].price',
    });
  },
}));

export const refusedValuesCases = casesOf('values', [
  ...refusedKinds,
  {
    title: 'gives the path of a value wherever it is',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const bad = { 'a b': [Number.NaN] };
      const refused = (path: string) => ({ code: 'invalid_argument', path }) as const;
      const content = { parts: [{ functionCall: { args: bad } }] };
      await expectError(
        () => service.appendEvent({ ...key, event: { content } }),
        refused('content.parts[0].functionCall.args["a b"][0]'),
      );
      await expectError(
        () => service.appendEvent({ ...key, event: { some: { field: bad } } as never }),
        refused('some.field["a b"][0]'),
      );
      await expectError(
        () =>
          service.appendEvents({ ...key, events: [{}, { actions: { stateDelta: { x: bad } } }] }),
        refused('events[1].actions.stateDelta["x"]["a b"][0]'),
      );
      await expectError(
        () => service.create({ ...newKey(), state: { 'user:x': bad } }),
        refused('state["user:x"]["a b"][0]'),
      );
    },
  },
  {
    title: 'writes nothing of an event with a value that is refused',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      const stateDelta = { good: 1, 'user:good': 1, 'app:good': 1, bad: [() => 1] };
      const event = { id: 'e1', timestamp: at(1), actions: { stateDelta } };
      const expected = { code: 'invalid_argument', path: 'actions.stateDelta["bad"][0]' } as const;
      await expectError(() => service.appendEvent({ ...key, event }), expected);
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'refuses a state delta beside `actions`, with its path, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      for (const path of ['stateDelta', 'state_delta']) {
        const event = { timestamp: at(1), [path]: { own: 1 } } as never;
        const one = { code: 'invalid_argument', path } as const;
        await expectError(() => service.appendEvent({ ...key, event }), one);
        const events = [{ timestamp: at(1) }, event];
        const many = { code: 'invalid_argument', path: `events[1].${path}` } as const;
        await expectError(() => service.appendEvents({ ...key, events }), many);
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'refuses undefined as a value of a state, and inside an array',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await expectError(() => append(service, { ...key, own: undefined }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["own"]',
      });
      await expectError(() => append(service, { ...key, own: { a: [1, undefined] } }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["own"].a[1]',
      });
    },
  },
  {
    title: 'refuses sparse arrays, and arrays with other properties',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sparse: number[] = [1];
      sparse[2] = 3;
      await expectError(() => append(service, { ...key, own: [sparse] }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["own"][0][1]',
      });
      const extended = Object.assign([1], { extra: 2 });
      await expectError(() => append(service, { ...key, own: [extended] }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["own"][0]',
      });
    },
  },
  {
    title: 'refuses cycles',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const object: Record<string, unknown> = {};
      object['self'] = { object };
      const array: unknown[] = [];
      array.push(array);
      for (const own of [object, array]) {
        await expectError(() => append(service, { ...key, own }), { code: 'invalid_argument' });
      }
    },
  },
  {
    title: 'refuses a value of 257 levels, and one of 100,000',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const levels of [257, 100_000]) {
        let own: unknown = [];
        for (let i = 1; i < levels; i++) own = i % 2 === 0 ? [own] : { a: own };
        await expectError(() => append(service, { ...key, own }), { code: 'invalid_argument' });
      }
    },
  },
  {
    title: 'refuses a property that cannot be read',
    async run(context) {
      const key = await newSession(context);
      const own = {
        get price() {
          throw new Error('no price today');
        },
      };
      await expectError(() => append(context.service, { ...key, own }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["own"].price',
      });
    },
  },
  {
    title: 'is `too_large` for an event of more than 8 MiB, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      // The second is larger in bytes of JSON than in characters, or in bytes of UTF-8.
      const bytes = 'é'.repeat(2 * MIB) + '\u0000'.repeat(0.75 * MIB);
      for (const text of ['x'.repeat(8 * MIB), bytes]) {
        const event = { content: { parts: [{ text }] } };
        await expectError(() => service.appendEvent({ ...key, event }), { code: 'too_large' });
      }
      assert.equal((await read(service, key)).revision, 0);
    },
  },
  {
    title: 'is `too_large` for a small object that is huge as JSON',
    async run(context) {
      const key = await newSession(context);
      let own: unknown = ['x'.repeat(200)];
      for (let i = 0; i < 20; i++) own = [own, own];
      await expectError(() => append(context.service, { ...key, own }), { code: 'too_large' });
    },
  },
]);
