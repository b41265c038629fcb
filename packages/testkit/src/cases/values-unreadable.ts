import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { iterateEvents } from '@holdfast/session';
import { type Capability, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, newSession, read } from '../scenario.ts';

const fault = new Error('not today');

function fail(): never {
  throw fault;
}

/** `fields` with one more that cannot be read. */
function withUnreadable<Fields extends object>(fields: Fields, name: string): never {
  return Object.defineProperty({ ...fields }, name, { enumerable: true, get: fail }) as never;
}

function revoked(target: object): never {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy as never;
}

/** Values of which something cannot be read, and where that is. */
const unreadable: readonly { readonly value: unknown; readonly at: string }[] = [
  { value: withUnreadable({ fine: 1 }, 'price'), at: '.price' },
  { value: [0, withUnreadable({}, 'price')], at: '[1].price' },
  { value: new Proxy({ price: 1 }, { get: fail }), at: '.price' },
  { value: new Proxy({}, { ownKeys: fail }), at: '' },
  { value: new Proxy({}, { getPrototypeOf: fail }), at: '' },
  { value: new Proxy([], { getPrototypeOf: fail }), at: '' },
  { value: new Proxy({ price: 1 }, { getOwnPropertyDescriptor: fail }), at: '' },
  { value: revoked({}), at: '' },
  { value: [revoked([])], at: '[0]' },
];

export const unreadableValuesCases = casesOf('values', [
  {
    title: 'refuses a value that cannot be read, with its path, and writes nothing',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      for (const { value, at: place } of unreadable) {
        const refused = (path: string) =>
          ({ code: 'invalid_argument', path: `${path}${place}` }) as const;
        const actions = { stateDelta: { cart: value } };
        const append = (event: object) => () =>
          service.appendEvent({ ...key, event: { timestamp: at(1), ...event } });
        await expectError(append({ actions }), refused('actions.stateDelta["cart"]'));
        await expectError(append({ content: { parts: [value] } }), refused('content.parts[0]'));
        await expectError(append({ customMetadata: value }), refused('customMetadata'));
        await expectError(
          () => service.appendEvents({ ...key, events: [{}, { actions }] }),
          refused('events[1].actions.stateDelta["cart"]'),
        );
        await expectError(
          () => service.create({ ...newKey(), state: { cart: value } }),
          refused('state["cart"]'),
        );
        const { appName } = key;
        await expectError(
          () => service.updateState({ scope: 'app', appName, set: { cart: value } }),
          refused('set["cart"]'),
        );
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'refuses an event, its actions or a state that cannot be read, with its path',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const refused = (path: string) => ({ code: 'invalid_argument', path }) as const;
      for (const broken of [revoked({}), new Proxy({}, { ownKeys: fail })] as never[]) {
        const append = (event: object) => () => service.appendEvent({ ...key, event });
        await expectError(append(broken), refused('event'));
        await expectError(append({ actions: broken }), refused('actions'));
        await expectError(
          append({ actions: { stateDelta: broken } }),
          refused('actions.stateDelta'),
        );
        await expectError(
          () => service.appendEvents({ ...key, events: [{}, broken] }),
          refused('events[1]'),
        );
        await expectError(() => service.create({ ...newKey(), state: broken }), refused('state'));
      }
      const event = withUnreadable({ id: 'e1' }, 'timestamp');
      await expectError(() => service.appendEvent({ ...key, event }), refused('timestamp'));
      assert.equal((await read(service, key)).revision, 0);
    },
  },
  {
    title: 'refuses a request with a field that cannot be read, with its name',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const owner = { scope: 'user', appName, userId };
      const calls: readonly [string, () => Promise<unknown>][] = [
        ['state', () => service.create(withUnreadable({ appName, userId }, 'state'))],
        ['userId', () => service.get(withUnreadable({ ...key }, 'userId'))],
        ['numRecentEvents', () => service.get(withUnreadable(key, 'numRecentEvents'))],
        ['afterTimestamp', () => service.getOrCreate(withUnreadable(key, 'afterTimestamp'))],
        ['cursor', () => service.list(withUnreadable({ appName, userId }, 'cursor'))],
        ['sessionId', () => service.delete(withUnreadable(key, 'sessionId'))],
        ['event', () => service.appendEvent(withUnreadable(key, 'event'))],
        ['events', () => service.appendEvents(withUnreadable(key, 'events'))],
        ['afterSeq', () => service.listEvents(withUnreadable(key, 'afterSeq'))],
        ['scope', () => service.getState(withUnreadable(owner, 'scope'))],
        ['remove', () => service.updateState(withUnreadable(owner, 'remove'))],
        ['signal', () => iterateEvents(service, withUnreadable(key, 'signal')).next()],
      ];
      for (const [path, call] of calls) {
        await expectError(call, { code: 'invalid_argument', path });
      }
      const proxy = new Proxy(key, { get: fail }) as SessionKey;
      await expectError(() => service.get(proxy), { code: 'invalid_argument', path: 'appName' });
    },
  },
  {
    title: 'refuses a request with a list or an object that cannot be read, with its name',
    async run(context) {
      const { service, newId, newKey } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      const { appName, userId } = key;
      const part = withUnreadable({}, 'title');
      const calls: readonly [Capability, string, () => Promise<unknown>][] = [
        ['updateSession', 'labels', () => service.create({ ...newKey(), labels: part })],
        ['updateSession', 'labels', () => service.getOrCreate({ ...newKey(), labels: part })],
        ['updateSession', 'labels', () => service.list({ appName, userId, labels: part })],
        ['updateSession', 'labels', () => service.updateSession({ ...key, labels: part })],
        [
          'updateSession',
          'labels',
          () => service.updateSession({ ...key, labels: { set: part }, expires: null }),
        ],
        ['updateSession', 'expires', () => service.create({ ...newKey(), expires: part })],
        ['fork', 'labels', () => service.fork({ ...key, labels: part, expires: null })],
        [
          'fork',
          'expires',
          () => service.fork({ ...key, newSessionId: newId('fork'), expires: part }),
        ],
      ];
      for (const [capability, path, call] of calls) {
        if (!service.capabilities[capability]) continue;
        await expectError(call, { code: 'invalid_argument', path });
      }
      const eventIds = new Proxy(['e1'], { get: fail });
      await expectError(() => service.retract({ ...key, eventIds, erase: false }), {
        code: 'invalid_argument',
        path: 'eventIds',
      });
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'refuses a state of which a value cannot be read, with its key',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const state = withUnreadable({}, 'cart');
      const actions = { stateDelta: state };
      await expectError(() => service.appendEvent({ ...key, event: { actions } }), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["cart"]',
      });
      await expectError(() => service.create({ ...newKey(), state }), {
        code: 'invalid_argument',
        path: 'state["cart"]',
      });
      assert.equal((await read(service, key)).revision, 0);
    },
  },
  {
    title: 'says what made a property unreadable',
    async run(context) {
      const key = await newSession(context);
      const event = { customMetadata: withUnreadable({}, 'price') };
      await assert.rejects(context.service.appendEvent({ ...key, event }), { cause: fault });
      await assert.rejects(context.service.get(withUnreadable(key, 'afterTimestamp')), {
        cause: fault,
      });
    },
  },
]);
