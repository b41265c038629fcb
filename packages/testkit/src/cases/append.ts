import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  read,
  readState,
  seqsOf,
} from '../scenario.ts';

export const appendCases = casesOf('append', [
  {
    title: 'answers with the stored event',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const event = {
        id: 'e1',
        timestamp: at(1),
        invocationId: 'run-1',
        author: 'agent',
        content: { role: 'model', parts: [{ text: 'Hello' }] },
        actions: { stateDelta: { greeted: true }, artifactDelta: { 'a.txt': 1 } },
      };
      const stored = await service.appendEvent({ ...key, event });
      assert.deepEqual(stored, { ...event, seq: 1 });
      assert.deepEqual((await read(service, key)).events, [stored]);
    },
  },
  {
    title: 'fills in what an event lacks: id, time, invocation and actions',
    async run(context) {
      const key = await newSession(context);
      const before = Date.now();
      const event = await context.service.appendEvent({ ...key, event: {} });
      assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      assert.ok(Number.isSafeInteger(event.timestamp) && event.timestamp > 0);
      assert.ok(Math.abs(event.timestamp - before) < 3_600_000, 'the time must be that of now');
      assert.equal(event.invocationId, '');
      assert.deepEqual(event.actions.stateDelta, {});
    },
  },
  {
    title: 'counts `seq` 1, 2, 3 … without a gap, one by one and in batches',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const first = await service.appendEvent({ ...key, event: { timestamp: at(1) } });
      const events = [{ timestamp: at(2) }, { timestamp: at(3) }];
      const batch = await service.appendEvents({ ...key, events });
      const last = await service.appendEvent({ ...key, event: { timestamp: at(4) } });
      assert.deepEqual(seqsOf([first, ...batch, last]), [1, 2, 3, 4]);
    },
  },
  {
    title: 'leaves no gap in `seq` for an append that was refused',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const conflicting = { ...key, event: { timestamp: at(2) }, expectedRevision: 0 };
      await refusalOf(() => service.appendEvent({ ...key, event: { timestamp: -1 } }));
      await refusalOf(() => service.appendEvent({ ...key, event: { id: 'e1', author: 'x' } }));
      const { seq } = await service.appendEvent({ ...conflicting, expectedRevision: 1 });
      assert.equal(seq, 2);
    },
  },
  {
    title: 'ignores the `seq` of an event that comes in',
    async run(context) {
      const key = await newSession(context);
      const event = { timestamp: at(1), seq: 42 };
      assert.equal((await context.service.appendEvent({ ...key, event })).seq, 1);
    },
  },
  {
    title: 'raises the revision to the `seq` of the last event',
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      assert.equal((await read(context.service, key)).revision, 3);
    },
  },
  {
    title: 'moves `lastUpdateTime` to the timestamp of a later event, and leaves `createTime`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { createTime } = await read(service, key);
      await service.appendEvent({ ...key, event: { timestamp: at(5) } });
      const session = await read(service, key);
      assert.deepEqual([session.createTime, session.lastUpdateTime], [createTime, at(5)]);
    },
  },
  {
    title: 'never moves `lastUpdateTime` back, whatever the timestamps',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { createTime } = await read(service, key);
      await service.appendEvent({ ...key, event: { timestamp: 0 } });
      assert.equal((await read(service, key)).lastUpdateTime, createTime);
      const events = [{ timestamp: at(9) }, { timestamp: at(4) }];
      await service.appendEvents({ ...key, events });
      await service.appendEvent({ ...key, event: { timestamp: at(6) } });
      assert.equal((await read(service, key)).lastUpdateTime, at(9));
    },
  },
  {
    title: "leaves the caller's object as it was, and unfrozen",
    async run(context) {
      const key = await newSession(context);
      const build = () => ({
        id: 'e1',
        timestamp: at(1),
        actions: {
          stateDelta: { kept: { list: [1] }, 'temp:gone': 2 },
          removedStateKeys: ['temp:other'],
        },
      });
      const event = build();
      await context.service.appendEvent({ ...key, event });
      assert.deepEqual(event, build());
      for (const part of [event, event.actions, event.actions.stateDelta.kept.list]) {
        assert.ok(!Object.isFrozen(part), "the caller's object must not be frozen");
      }
    },
  },
  {
    title: 'stores a large batch in its order',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = Array.from({ length: 500 }, (_, i) => ({ id: `e${i}`, timestamp: at(i) }));
      await service.appendEvents({ ...key, events });
      assert.deepEqual(idsOf((await read(service, key)).events), idsOf(events));
    },
  },
  {
    title: 'does nothing for an empty batch',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      assert.deepEqual(await service.appendEvents({ ...key, events: [] }), []);
      assert.equal((await read(service, key)).revision, 0);
    },
  },
  {
    title: 'folds the state changes of a batch in order',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { first: 0, last: 0 });
      const events = [
        { timestamp: at(1), actions: { stateDelta: { first: 1, last: 1, both: 1 } } },
        { timestamp: at(2), actions: { removedStateKeys: ['first', 'both'] } },
        { timestamp: at(3), actions: { stateDelta: { last: 3, both: 3 } } },
      ];
      await service.appendEvents({ ...key, events });
      assert.deepEqual(await readState(service, key), { last: 3, both: 3 });
    },
  },
  {
    title: 'writes nothing of a batch with an event that is refused',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      const events = [
        { timestamp: at(1), actions: { stateDelta: { own: 1, 'user:theirs': 1 } } },
        { timestamp: at(2), author: 7 as never },
      ];
      await expectError(() => service.appendEvents({ ...key, events }), {
        code: 'invalid_argument',
        path: 'events[1].author',
      });
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `not_found` if there is no session, and does not create one',
    async run({ service, newKey }) {
      const key = newKey();
      const event = { timestamp: at(1), actions: { stateDelta: { 'user:theirs': 1 } } };
      const missing = { code: 'not_found', key } as const;
      await expectError(() => service.appendEvent({ ...key, event }), missing);
      await expectError(() => service.appendEvents({ ...key, events: [event] }), missing);
      const expectedRevision = 0;
      await expectError(() => service.appendEvent({ ...key, event, expectedRevision }), missing);
      const { appName, userId } = key;
      assert.equal(await service.get(key), undefined);
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {});
    },
  },
  {
    title: 'refuses an event that is not a plain object, and a batch that is not an array',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const event of [undefined, null, 'text', [], new Date()]) {
        await expectError(() => service.appendEvent({ ...key, event: event as never }), {
          code: 'invalid_argument',
          path: 'event',
        });
      }
      for (const events of [undefined, null, {}, 'text']) {
        await expectError(() => service.appendEvents({ ...key, events: events as never }), {
          code: 'invalid_argument',
          path: 'events',
        });
      }
    },
  },
  {
    title: 'refuses fields of the wrong type, with their path',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const wrong = {
        timestamp: [-1, 1.5, 8.64e15 + 2, '2100-01-01', null],
        invocationId: [7, null],
        author: [7, null],
        content: ['text', [], null],
        partial: ['yes', 1, null],
        actions: ['text', [], null],
      };
      for (const [path, values] of Object.entries(wrong)) {
        for (const value of values) {
          const event = { [path]: value } as never;
          const expected = { code: 'invalid_argument', path } as const;
          await expectError(() => service.appendEvent({ ...key, event }), expected);
        }
      }
    },
  },
]);
