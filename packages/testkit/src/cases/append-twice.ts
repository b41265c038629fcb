import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  readState,
} from '../scenario.ts';

export const appendTwiceCases = casesOf('append', [
  {
    title: 'appends if the session is at `expectedRevision`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const first = { ...key, event: { timestamp: at(1) }, expectedRevision: 0 };
      assert.equal((await service.appendEvent(first)).seq, 1);
      const batch = { ...key, events: [{ timestamp: at(2) }], expectedRevision: 1 };
      assert.equal((await service.appendEvents(batch))[0]?.seq, 2);
    },
  },
  {
    title: 'is `conflict` if the session has moved on, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const before = (await read(service, key)).toJSON();
      const actions = { stateDelta: { own: 1, 'user:theirs': 2, 'app:everyones': 3 } };
      const event = { timestamp: at(9), actions };
      const expected = { code: 'conflict', key } as const;
      const request = { ...key, event, expectedRevision: 1 };
      await expectError(() => service.appendEvent(request), expected);
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `conflict` for a batch if the session has moved on, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const before = (await read(service, key)).toJSON();
      const events = [{ timestamp: at(9), actions: { stateDelta: { own: 1 } } }];
      const expected = { code: 'conflict', key } as const;
      const request = { ...key, events, expectedRevision: 1 };
      await expectError(() => service.appendEvents(request), expected);
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `conflict` if the session is not yet at `expectedRevision`',
    async run(context) {
      const key = await newSessionWithEvents(context, 1);
      const request = { ...key, event: { timestamp: at(9) }, expectedRevision: 2 };
      await expectError(() => context.service.appendEvent(request), { code: 'conflict' });
    },
  },
  {
    title: 'says on `conflict` which revision the session is at',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const expected = { code: 'conflict', key, revision: 2 } as const;
      for (const expectedRevision of [0, 7]) {
        const one = { ...key, event: { timestamp: at(9) }, expectedRevision };
        await expectError(() => service.appendEvent(one), expected);
      }
      const many = { ...key, events: [{ timestamp: at(9) }], expectedRevision: 7 };
      await expectError(() => service.appendEvents(many), expected);
    },
  },
  {
    title: 'refuses an `expectedRevision` that is not an integer of at least 0',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const expected = { code: 'invalid_argument', path: 'expectedRevision' } as const;
      for (const expectedRevision of [-1, 0.5, Number.NaN, '0', null]) {
        const one = { ...key, event: {}, expectedRevision } as never;
        await expectError(() => service.appendEvent(one), expected);
        const many = { ...key, events: [{}], expectedRevision } as never;
        await expectError(() => service.appendEvents(many), expected);
      }
    },
  },
  {
    title: 'gives the stored event back for a retry, and stores it once',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const event = { id: 'e1', timestamp: at(1), author: 'user' };
      const stored = await service.appendEvent({ ...key, event });
      await service.appendEvent({ ...key, event: { id: 'e2', timestamp: at(2) } });
      assert.deepEqual(await service.appendEvent({ ...key, event }), stored);
      assert.deepEqual(idsOf((await read(service, key)).events), ['e1', 'e2']);
    },
  },
  {
    title: 'gives the stored event back for a retry whose `expectedRevision` has passed',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const request = { ...key, event: { id: 'e1', timestamp: at(1) }, expectedRevision: 0 };
      const stored = await service.appendEvent(request);
      await service.appendEvent({ ...key, event: { id: 'e2', timestamp: at(2) } });
      assert.deepEqual(await service.appendEvent(request), stored);
    },
  },
  {
    title: 'does not apply the state change of a retry again',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const first = { id: 'e1', timestamp: at(1), actions: { stateDelta: { count: 1 } } };
      const second = { id: 'e2', timestamp: at(2), actions: { stateDelta: { count: 2 } } };
      await service.appendEvent({ ...key, event: first });
      await service.appendEvent({ ...key, event: second });
      await service.appendEvent({ ...key, event: first });
      assert.deepEqual(await readState(service, key), { count: 2 });
    },
  },
  {
    title: 'recognizes a retry whatever the order of keys',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const one = { id: 'e1', timestamp: at(1), customMetadata: { a: { x: 1, y: 2 }, b: 2 } };
      const two = { customMetadata: { b: 2, a: { y: 2, x: 1 } }, timestamp: at(1), id: 'e1' };
      const stored = await service.appendEvent({ ...key, event: one });
      assert.deepEqual(await service.appendEvent({ ...key, event: two }), stored);
    },
  },
  {
    title: 'recognizes a retry if the service filled in the time',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const event = { id: 'e1', author: 'user' };
      const stored = await service.appendEvent({ ...key, event });
      await new Promise((resolve) => setTimeout(resolve, 3));
      assert.deepEqual(await service.appendEvent({ ...key, event }), stored);
    },
  },
  {
    title: 'recognizes the stored event itself as a retry',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const stored = await service.appendEvent({ ...key, event: { id: 'e1' } });
      assert.deepEqual(await service.appendEvent({ ...key, event: stored }), stored);
    },
  },
  {
    title: 'recognizes a retry with `temp:` keys, which were not stored',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { 'temp:set': 1 }, removedStateKeys: ['temp:removed'] };
      const event = { id: 'e1', timestamp: at(1), actions };
      const stored = await service.appendEvent({ ...key, event });
      assert.deepEqual(await service.appendEvent({ ...key, event }), stored);
    },
  },
  {
    title: 'is `already_exists` for the id of an event with other content, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const event = { id: 'e1', timestamp: at(1), author: 'user' };
      await service.appendEvent({ ...key, event });
      const before = (await read(service, key)).toJSON();
      for (const other of [
        { ...event, author: 'agent' },
        { ...event, timestamp: at(2) },
        { ...event, extra: null } as never,
        { ...event, actions: { stateDelta: { own: 1 } } },
        { ...event, actions: { removedStateKeys: ['own'] } },
      ]) {
        const expected = { code: 'already_exists' } as const;
        await expectError(() => service.appendEvent({ ...key, event: other }), expected);
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'accepts the id of an event of another session',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1), author: 'a' } });
      const event = { id: 'e1', timestamp: at(2), author: 'b' };
      assert.equal((await service.appendEvent({ ...sibling, event })).author, 'b');
    },
  },
  {
    title: 'gives the stored events back for a batch that is stored already',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = [
        { id: 'a', timestamp: at(1) },
        { id: 'b', timestamp: at(2) },
      ];
      const stored = await service.appendEvents({ ...key, events, expectedRevision: 0 });
      const again = await service.appendEvents({ ...key, events, expectedRevision: 0 });
      assert.deepEqual(again, stored);
      assert.deepEqual(idsOf((await read(service, key)).events), ['a', 'b']);
    },
  },
  {
    title: 'is `already_exists` for a batch that is stored in part, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const known = { id: 'a', timestamp: at(1) };
      const fresh = { id: 'b', timestamp: at(2), actions: { stateDelta: { own: 1 } } };
      await service.appendEvent({ ...key, event: known });
      const before = (await read(service, key)).toJSON();
      for (const events of [
        [known, fresh],
        [fresh, known],
      ]) {
        const expected = { code: 'already_exists' } as const;
        await expectError(() => service.appendEvents({ ...key, events }), expected);
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `already_exists` for a batch that is stored with other content, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = ['a', 'b'].map((id, i) => ({ id, timestamp: at(i), author: 'user' }));
      await service.appendEvents({ ...key, events });
      const before = (await read(service, key)).toJSON();
      const others = events.map((event) =>
        event.id === 'b' ? { ...event, author: 'agent' } : event,
      );
      const expected = { code: 'already_exists' } as const;
      await expectError(() => service.appendEvents({ ...key, events: others }), expected);
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'refuses a batch that has the same id twice',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = ['a', 'b', 'a'].map((id) => ({ id, timestamp: at(1) }));
      await expectError(() => service.appendEvents({ ...key, events }), {
        code: 'invalid_argument',
        path: 'events[2].id',
      });
      assert.equal((await read(service, key)).revision, 0);
    },
  },
]);
