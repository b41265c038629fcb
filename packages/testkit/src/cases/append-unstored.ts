import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  read,
  readState,
  seqsOf,
} from '../scenario.ts';

/** What is given to an append, and never stored: `temp:` keys and partial events. */
export const appendUnstoredCases = casesOf('append', [
  {
    title: 'keeps `temp:` keys that are set out of the stored event',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { kept: 1, 'temp:gone': 2 } };
      const stored = await service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
      assert.deepEqual(stored.actions.stateDelta, { kept: 1 });
      const [event] = (await read(service, key)).events;
      assert.deepEqual(event?.actions.stateDelta, { kept: 1 });
    },
  },
  {
    title: 'keeps `temp:` keys that are removed out of the stored event',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { removedStateKeys: ['kept', 'temp:gone'] };
      await service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
      const [event] = (await read(service, key)).events;
      assert.deepEqual(event?.actions.removedStateKeys, ['kept']);
    },
  },
  {
    title: 'keeps `temp:` keys out of the state',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { kept: 1, 'temp:gone': 2 } };
      await service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
      assert.deepEqual(await readState(service, key), { kept: 1 });
    },
  },
  {
    title: 'gives a partial event back as it is, `temp:` keys included, without a `seq`',
    async run(context) {
      const key = await newSession(context);
      const event = {
        id: 'p1',
        timestamp: at(1),
        invocationId: 'run-1',
        partial: true,
        content: { parts: [{ text: 'Hel' }] },
        actions: { stateDelta: { 'temp:draft': 1 } },
      };
      assert.deepEqual(await context.service.appendEvent({ ...key, event }), event);
    },
  },
  {
    title: 'does not store a partial event, nor its state',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const before = (await read(service, key)).toJSON();
      const actions = { stateDelta: { own: 1, 'user:theirs': 2, 'app:everyones': 3 } };
      const event = { id: 'p1', timestamp: at(1), partial: true, actions };
      await service.appendEvent({ ...key, event });
      await service.appendEvents({ ...key, events: [event] });
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'stores an event whose `partial` is false or not enumerable, without its `temp:` keys',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { kept: 1, 'temp:gone': 2 } };
      const denied = { id: 'e1', timestamp: at(1), partial: false, actions };
      const hidden = { id: 'e2', timestamp: at(2), actions };
      Object.defineProperty(hidden, 'partial', { value: true, enumerable: false });
      for (const event of [denied, hidden]) await service.appendEvent({ ...key, event });
      const { events } = await service.listEvents(key);
      assert.deepEqual(idsOf(events), ['e1', 'e2']);
      for (const event of events) assert.deepEqual(event.actions.stateDelta, { kept: 1 });
    },
  },
  {
    title: 'does not look up the session or the id of a partial event',
    async run(context) {
      const { service, newKey } = context;
      const lost = await service.appendEvent({ ...newKey(), event: { id: 'p1', partial: true } });
      assert.equal(lost.id, 'p1');
      const key = await newSessionWithEvents(context, 1);
      const event = { id: 'e1', partial: true };
      const request = { ...key, event, expectedRevision: 7 };
      assert.equal((await service.appendEvent(request)).seq, undefined);
    },
  },
  {
    title: 'checks a partial event',
    async run(context) {
      const key = await newSession(context);
      const actions = { stateDelta: { bad: Number.NaN } };
      const request = { ...key, event: { partial: true, actions } };
      await expectError(() => context.service.appendEvent(request), {
        code: 'invalid_argument',
        path: 'actions.stateDelta["bad"]',
      });
    },
  },
  {
    title: 'stores the events of a batch that are not partial, and answers with all in order',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = ['a', 'b', 'c', 'd'].map((id, i) => ({
        id,
        timestamp: at(i),
        partial: i % 2 === 0,
      }));
      const answer = await service.appendEvents({ ...key, events });
      assert.deepEqual(idsOf(answer), ['a', 'b', 'c', 'd']);
      assert.deepEqual(seqsOf(answer), [undefined, 1, undefined, 2]);
      assert.deepEqual(idsOf((await read(service, key)).events), ['b', 'd']);
    },
  },
]);
