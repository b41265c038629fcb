import assert from 'node:assert/strict';
import type { EventInput, SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, newSession, read, seqsOf, upTo } from '../scenario.ts';

const COUNT = 2100;
const BATCH = 700;
const HOUR = 3_600_000;

/** Windows that a store might look back over, in events. */
const windows = [1, 2, 10, 20, 50, 100, 250, 500, 1000, 2000, COUNT - 1];

/** The event `n` of a long history: an hour after the one before it. */
function eventOf(n: number): EventInput & { readonly id: string } {
  return { id: `e${n}`, timestamp: at(n * HOUR), author: `a${n}` };
}

/** A session with many events, which came in batches. */
async function newLongSession(context: CaseContext): Promise<SessionKey> {
  const key = await newSession(context);
  for (let first = 1; first <= COUNT; first += BATCH) {
    const events = upTo(BATCH).map((n) => eventOf(first + n - 1));
    await context.service.appendEvents({ ...key, events });
  }
  return key;
}

async function expectUntouched(context: CaseContext, key: SessionKey): Promise<void> {
  const session = await context.service.get({ ...key, numRecentEvents: 1 });
  assert.deepEqual([session?.revision, idsOf(session?.events ?? [])], [COUNT, [`e${COUNT}`]]);
  assert.equal(session?.state.size, 0);
}

/** What is known of the past of a session, however long ago it was. */
export const historyCases = casesOf('append', [
  {
    title: 'recognizes the retry of an event however many came after it',
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      for (const window of windows) {
        const n = COUNT - window;
        const { seq } = await service.appendEvent({ ...key, event: eventOf(n) });
        assert.equal(seq, n);
      }
      const first = await service.appendEvent({ ...key, event: eventOf(1), expectedRevision: 0 });
      assert.equal(first.seq, 1);
      await expectUntouched(context, key);
    },
  },
  {
    title: 'is `already_exists` for an id with other content however many events came after it',
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      const expected = { code: 'already_exists', key } as const;
      for (const window of windows) {
        const event = { ...eventOf(COUNT - window), author: 'other' };
        await expectError(() => service.appendEvent({ ...key, event }), expected);
      }
      const events = [
        { id: 'new', timestamp: at(0) },
        { ...eventOf(1), timestamp: at(1) },
      ];
      await expectError(() => service.appendEvents({ ...key, events }), expected);
      await expectUntouched(context, key);
    },
  },
  {
    title: 'recognizes the retry of a batch however many events came after it',
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      const numbers = [[1, 2, 3], [2099, 1], [3, 1400, 701, 2100], upTo(BATCH)];
      for (const each of numbers) {
        const stored = await service.appendEvents({ ...key, events: each.map(eventOf) });
        assert.deepEqual(seqsOf(stored), each);
      }
      await expectUntouched(context, key);
    },
  },
  {
    title: 'is `already_exists` for a batch that is stored in part, however long ago',
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      const added = { id: 'new', timestamp: at(0), actions: { stateDelta: { own: 1 } } };
      for (const n of [1, 90, 1090, 2090]) {
        for (const events of [
          [eventOf(n), added],
          [added, eventOf(n)],
        ]) {
          const call = () => service.appendEvents({ ...key, events });
          await expectError(call, { code: 'already_exists', key });
        }
      }
      await expectUntouched(context, key);
    },
  },
  {
    title: "skips what is stored for `onStored: 'skip'`, however long ago",
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      const added = (id: string) => ({ id, timestamp: at(9) });
      const old = [1, 50, 1000, 1101, 2000, 2100];
      const events = [added('n1'), ...old.map(eventOf), added('n2')];
      const stored = await service.appendEvents({ ...key, events, onStored: 'skip' });
      assert.deepEqual(seqsOf(stored), [COUNT + 1, ...old, COUNT + 2]);
      assert.equal((await read(service, key)).revision, COUNT + 2);
      const other = [added('n3'), { ...eventOf(1), author: 'other' }];
      await expectError(() => service.appendEvents({ ...key, events: other, onStored: 'skip' }), {
        code: 'already_exists',
        key,
      });
      assert.equal((await read(service, key)).revision, COUNT + 2);
    },
  },
  {
    title: 'recognizes each event of a session that was appended one by one',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = (n: number) => ({ stateDelta: { last: n, 'user:last': n, 'app:last': n } });
      const events = upTo(12).map((n) => ({ ...eventOf(13 - n), actions: actions(n) }));
      for (const event of events) await service.appendEvent({ ...key, event });
      const before = (await read(service, key)).toJSON();
      for (const [i, event] of events.entries()) {
        assert.equal((await service.appendEvent({ ...key, event })).seq, i + 1);
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'says on `conflict` for a stored event which revision the session is at',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { incarnation: expectedIncarnation } = await read(service, key);
      await service.delete(key);
      await service.create(key);
      await service.appendEvents({ ...key, events: upTo(3).map(eventOf) });
      const conflict = { code: 'conflict', path: 'expectedIncarnation', revision: 3 } as const;
      const one = { ...key, expectedIncarnation, event: eventOf(1) };
      await expectError(() => service.appendEvent(one), conflict);
      const two = { ...key, expectedIncarnation, events: [eventOf(1), eventOf(2)] };
      await expectError(() => service.appendEvents(two), conflict);
    },
  },
  {
    title: 'accepts the event ids of a fork: of another session, with the same and other content',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const events = upTo(5).map(eventOf);
      await service.appendEvents({ ...key, events });
      for (const other of [
        { ...key, sessionId: newId('fork') },
        { ...key, userId: newId('user') },
        { ...key, appName: newId('app') },
      ]) {
        await service.create(other);
        const [first, ...rest] = events;
        const changed = { ...first, author: 'fork' };
        assert.equal((await service.appendEvent({ ...other, event: changed })).seq, 1);
        assert.deepEqual(
          seqsOf(await service.appendEvents({ ...other, events: rest })),
          [2, 3, 4, 5],
        );
        assert.equal((await read(service, other)).events[0]?.author, 'fork');
      }
      assert.equal((await read(service, key)).events[0]?.author, 'a1');
    },
  },
  {
    title: 'has nothing of a session with many events that was deleted and created again',
    async run(context) {
      const { service } = context;
      const key = await newLongSession(context);
      assert.equal(await service.delete(key), true);
      await service.create(key);
      assert.deepEqual((await read(service, key)).events, []);
      const page = await service.listEvents({ ...key, limit: 1000, order: 'desc' });
      assert.deepEqual(page, { events: [], hasMore: false });
      for (const n of [1, 1050, 2100]) {
        const event = { ...eventOf(n), author: 'other' };
        await service.appendEvent({ ...key, event });
      }
      const { revision, events } = await read(service, key);
      assert.deepEqual([revision, idsOf(events)], [3, ['e1', 'e1050', 'e2100']]);
    },
  },
]);
