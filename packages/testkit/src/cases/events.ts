import assert from 'node:assert/strict';
import { iterateEvents } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { appendAt, at, newSession, newSessionWithEvents, seqsOf, upTo } from '../scenario.ts';

export const eventsCases = casesOf('events', [
  {
    title: 'lists events in ascending order of `seq`',
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      const { events, hasMore } = await context.service.listEvents(key);
      assert.deepEqual(seqsOf(events), [1, 2, 3]);
      assert.equal(hasMore, false);
    },
  },
  {
    title: "lists events in descending order for `order: 'desc'`",
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      const { events } = await context.service.listEvents({ ...key, order: 'desc' });
      assert.deepEqual(seqsOf(events), [3, 2, 1]);
    },
  },
  {
    title: 'ignores timestamps',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await appendAt(service, { key, times: [at(3), at(1), at(2)] });
      assert.deepEqual(seqsOf((await service.listEvents(key)).events), [1, 2, 3]);
    },
  },
  {
    title: 'lists the events as `get` gives them',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { own: [1] } };
      await service.appendEvent({ ...key, event: { timestamp: at(1), author: 'a', actions } });
      const { events } = await service.listEvents(key);
      assert.deepEqual(events, (await service.get(key))?.events);
    },
  },
  {
    title: 'leaves out the event at `afterSeq` and those before it',
    async run(context) {
      const key = await newSessionWithEvents(context, 5);
      const { events } = await context.service.listEvents({ ...key, afterSeq: 3 });
      assert.deepEqual(seqsOf(events), [4, 5]);
    },
  },
  {
    title: 'leaves out the event at `beforeSeq` and those after it',
    async run(context) {
      const key = await newSessionWithEvents(context, 5);
      const { events } = await context.service.listEvents({ ...key, beforeSeq: 3 });
      assert.deepEqual(seqsOf(events), [1, 2]);
    },
  },
  {
    title: 'lists what lies between both bounds, in both orders',
    async run(context) {
      const key = await newSessionWithEvents(context, 6);
      const bounds = { ...key, afterSeq: 1, beforeSeq: 5 };
      const ascending = await context.service.listEvents(bounds);
      assert.deepEqual(seqsOf(ascending.events), [2, 3, 4]);
      const descending = await context.service.listEvents({ ...bounds, order: 'desc' });
      assert.deepEqual(seqsOf(descending.events), [4, 3, 2]);
    },
  },
  {
    title: 'lists nothing if nothing lies between the bounds',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      for (const bounds of [
        { afterSeq: 3 },
        { beforeSeq: 1 },
        { beforeSeq: 0 },
        { afterSeq: 2, beforeSeq: 3 },
        { afterSeq: 3, beforeSeq: 1 },
        { afterSeq: 99, order: 'desc' as const },
      ]) {
        const page = await service.listEvents({ ...key, ...bounds });
        assert.deepEqual(page, { events: [], hasMore: false });
      }
    },
  },
  {
    title: 'gives at most `limit` events, and says whether there are more',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 4);
      const first = await service.listEvents({ ...key, limit: 2 });
      assert.deepEqual([seqsOf(first.events), first.hasMore], [[1, 2], true]);
      const second = await service.listEvents({ ...key, limit: 2, afterSeq: 2 });
      assert.deepEqual([seqsOf(second.events), second.hasMore], [[3, 4], false]);
    },
  },
  {
    title: 'gives the last events first for a `limit` in descending order',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 4);
      const first = await service.listEvents({ ...key, limit: 3, order: 'desc' });
      assert.deepEqual([seqsOf(first.events), first.hasMore], [[4, 3, 2], true]);
      const second = await service.listEvents({ ...key, limit: 3, order: 'desc', beforeSeq: 2 });
      assert.deepEqual([seqsOf(second.events), second.hasMore], [[1], false]);
    },
  },
  {
    title: 'counts only events within the bounds as more',
    async run(context) {
      const key = await newSessionWithEvents(context, 5);
      const request = { ...key, afterSeq: 1, beforeSeq: 4, limit: 2 };
      assert.equal((await context.service.listEvents(request)).hasMore, false);
    },
  },
  {
    title: 'gives 100 events by default, and up to 1,000 with a `limit`',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 101);
      const page = await service.listEvents(key);
      assert.deepEqual([page.events.length, page.hasMore], [100, true]);
      assert.equal((await service.listEvents({ ...key, limit: 1000 })).events.length, 101);
    },
  },
  {
    title: 'is walked as a whole by `iterateEvents`, in both orders',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 7);
      for (const order of ['asc', 'desc'] as const) {
        const seqs: (number | undefined)[] = [];
        const events = iterateEvents(service, { ...key, order, pageSize: 3 });
        for await (const { seq } of events) seqs.push(seq);
        assert.deepEqual(seqs, order === 'asc' ? upTo(7) : upTo(7).reverse());
      }
    },
  },
  {
    title: 'is `not_found` if there is no session, and gives an empty page if it has no events',
    async run(context) {
      const { service, newKey } = context;
      const missing = newKey();
      await expectError(() => service.listEvents(missing), { code: 'not_found', key: missing });
      const key = await newSession(context);
      assert.deepEqual(await service.listEvents(key), { events: [], hasMore: false });
    },
  },
  {
    title: 'refuses bounds, a `limit` and an order out of range',
    async run(context) {
      const key = await newSession(context);
      const wrong = {
        afterSeq: [-1, 0.5, '1', null],
        beforeSeq: [-1, 0.5, Number.NaN],
        limit: [0, 1001, 1.5, '5'],
        order: ['up', 1],
      };
      for (const [path, values] of Object.entries(wrong)) {
        for (const value of values) {
          const request = { ...key, [path]: value } as never;
          const expected = { code: 'invalid_argument', path } as const;
          await expectError(() => context.service.listEvents(request), expected);
        }
      }
    },
  },
]);
