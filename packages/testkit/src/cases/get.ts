import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  appendAt,
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  read,
  readState,
  seqsOf,
} from '../scenario.ts';

export const getCases = casesOf('get', [
  {
    title: 'gives undefined if there is no session',
    async run({ service, newKey }) {
      assert.equal(await service.get(newKey()), undefined);
    },
  },
  {
    title: 'gives a session with all its events',
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      const session = await read(context.service, key);
      assert.deepEqual({ ...session.key }, key);
      assert.deepEqual(idsOf(session.events), ['e1', 'e2', 'e3']);
    },
  },
  {
    title: 'gives more than a hundred events if the session has them',
    async run(context) {
      const key = await newSessionWithEvents(context, 250);
      assert.equal((await read(context.service, key)).events.length, 250);
    },
  },
  {
    title: 'gives events in the order of `seq`, not of their timestamps',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await appendAt(service, { key, times: [at(3), at(1), at(2)] });
      assert.deepEqual(seqsOf((await read(service, key)).events), [1, 2, 3]);
    },
  },
  {
    title: 'gives no event for `numRecentEvents: 0`',
    async run(context) {
      const key = await newSessionWithEvents(context, 2);
      const session = await context.service.get({ ...key, numRecentEvents: 0 });
      assert.deepEqual(session?.events, []);
    },
  },
  {
    title: 'gives the last k events for `numRecentEvents: k`, the earliest first',
    async run(context) {
      const key = await newSessionWithEvents(context, 5);
      const session = await context.service.get({ ...key, numRecentEvents: 2 });
      assert.deepEqual(idsOf(session?.events ?? []), ['e4', 'e5']);
    },
  },
  {
    title: 'gives all events if `numRecentEvents` is more than there are',
    async run(context) {
      const key = await newSessionWithEvents(context, 2);
      const session = await context.service.get({ ...key, numRecentEvents: 100 });
      assert.deepEqual(idsOf(session?.events ?? []), ['e1', 'e2']);
    },
  },
  {
    title: 'includes an event of exactly `afterTimestamp`',
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      const session = await context.service.get({ ...key, afterTimestamp: at(2) });
      assert.ok(idsOf(session?.events ?? []).includes('e2'), 'the bound must be inclusive');
    },
  },
  {
    title: 'gives every event later than `afterTimestamp`, whatever its `seq`, and none before it',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await appendAt(service, { key, times: [at(10), at(30), at(20), at(40)] });
      const session = await service.get({ ...key, afterTimestamp: at(25) });
      assert.deepEqual(idsOf(session?.events ?? []).sort(), ['e2', 'e4']);
    },
  },
  {
    title: 'gives the session without events if `afterTimestamp` is later than all of them',
    async run(context) {
      const key = await newSessionWithEvents(context, 2);
      const session = await context.service.get({ ...key, afterTimestamp: at(100) });
      assert.deepEqual(session?.events, []);
    },
  },
  {
    title: 'gives the events that meet both `numRecentEvents` and `afterTimestamp`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await appendAt(service, { key, times: [at(10), at(40), at(20), at(30)] });
      const session = await service.get({ ...key, numRecentEvents: 2, afterTimestamp: at(25) });
      assert.deepEqual(idsOf(session?.events ?? []), ['e4']);
    },
  },
  {
    title: 'gives the revision and the whole state, however few events are loaded',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const n of [1, 2, 3]) {
        const actions = { stateDelta: { [`k${n}`]: n } };
        await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
      }
      const session = await service.get({ ...key, numRecentEvents: 1 });
      assert.equal(session?.revision, 3);
      assert.deepEqual(session?.state.toJSON(), { k1: 1, k2: 2, k3: 3 });
    },
  },
  {
    title: 'collects the content of the loaded events as `conversationHistory`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const question = { role: 'user', parts: [{ text: 'Is it open?' }] };
      const answer = { role: 'model', parts: [{ text: 'Until six.' }] };
      await service.appendEvent({ ...key, event: { timestamp: at(1), content: question } });
      await service.appendEvent({ ...key, event: { timestamp: at(2) } });
      await service.appendEvent({ ...key, event: { timestamp: at(3), content: answer } });
      assert.deepEqual((await read(service, key)).conversationHistory, [question, answer]);
    },
  },
  {
    title: 'gives a snapshot that later writes do not change',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { count: 1 });
      const session = await read(service, key);
      const actions = { stateDelta: { count: 2 } };
      await service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
      assert.equal(session.revision, 0);
      assert.deepEqual(session.events, []);
      assert.deepEqual(session.state.toJSON(), { count: 1 });
    },
  },
  {
    title: 'keeps what a caller sets in a `State` out of the store',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { count: 1 });
      const session = await read(service, key);
      session.state.set('count', 2).set('temp:other', 3);
      assert.deepEqual(await readState(service, key), { count: 1 });
    },
  },
  {
    title: 'refuses a `numRecentEvents` that is not an integer of at least 0',
    async run(context) {
      const key = await newSession(context);
      for (const numRecentEvents of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null]) {
        const request = { ...key, numRecentEvents } as never;
        await expectError(() => context.service.get(request), {
          code: 'invalid_argument',
          path: 'numRecentEvents',
        });
      }
    },
  },
  {
    title: 'refuses an `afterTimestamp` that is not a valid time',
    async run(context) {
      const key = await newSession(context);
      for (const afterTimestamp of [-1, 1.5, Number.NaN, 8.64e15 + 2, '3', new Date()]) {
        const request = { ...key, afterTimestamp } as never;
        await expectError(() => context.service.get(request), {
          code: 'invalid_argument',
          path: 'afterTimestamp',
        });
      }
    },
  },
]);
