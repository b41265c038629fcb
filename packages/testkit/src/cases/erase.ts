import assert from 'node:assert/strict';
import type { Event, SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectSameEvents, newPastSession, textsOf, turnOf, wholeOf } from '../past-session.ts';
import { at, idsOf, newSession, newSibling, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'erase' as const;
const erase = true;

/** What is left of an event, as JSON. */
function stubOf({ id, seq, timestamp, author }: Event): unknown {
  return { id, seq, timestamp, ...(author !== undefined && { author }), erased: true };
}

/** Fails unless these events are stubs and the others are as they were, for every reader. */
async function expectErased(
  service: SessionService,
  { key, before, erased }: ErasedEvents,
): Promise<void> {
  const expected = before.map((event) => (erased.includes(event.id) ? stubOf(event) : event));
  const same = (found: readonly Event[], of: readonly unknown[]) => {
    assert.deepEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(of)));
    for (const event of found) expectFrozen(event, 'event');
  };
  const count = before.length;
  const { events, revision, lastUpdateTime } = await read(service, key);
  same(events.slice(0, count), expected);
  assert.deepEqual(seqsOf(events), upTo(revision));
  assert.ok(lastUpdateTime >= Math.max(...before.map(({ timestamp }) => timestamp)));
  const page = await service.listEvents({ ...key, limit: 1000, beforeSeq: count + 1 });
  same(page.events, expected);
  const down = await service.listEvents({ ...key, limit: 1000, order: 'desc' });
  same(down.events.slice(-count).toReversed(), expected);
  if (!service.capabilities.getEvent) return;
  for (const [i, { id }] of before.entries()) {
    const found = await service.getEvent({ ...key, eventId: id });
    same(found === undefined ? [] : [found], [expected[i]]);
  }
}

interface ErasedEvents {
  readonly key: SessionKey;
  /** The first events of the session, as they were. */
  readonly before: readonly Event[];
  /** The ids of those that are erased. */
  readonly erased: readonly string[];
}

/** A session with events of which each has a body, and what they were. */
async function newFullSession(context: CaseContext) {
  const { key, count } = await newPastSession(context);
  const { events } = await read(context.service, key);
  return { key, count, events };
}

/** Taking the bodies of events out of the store. */
export const eraseCases = casesOf('retract', [
  {
    title: 'answers `erase: true` as its capability says: with a marker, or `unsupported`',
    async run(context) {
      const { service } = context;
      const { key, events } = await newFullSession(context);
      const call = () => service.retract({ ...key, eventIds: ['e1'], erase });
      if (service.capabilities.erase) {
        assert.equal((await call()).seq, 7);
      } else {
        await expectError(call, { code: 'unsupported', path: 'erase' });
        assert.deepEqual((await read(service, key)).events, events);
      }
    },
  },
  {
    title: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    needs,
    async run(context) {
      const { service } = context;
      const { key, events, count } = await newFullSession(context);
      const marker = await service.retract({ ...key, eventIds: ['e2', 'e5'], erase });
      assert.equal(marker.seq, count + 1);
      assert.deepEqual(marker.actions.retract, { eventIds: ['e2', 'e5'] });
      await expectErased(service, { key, before: events, erased: ['e2', 'e5'] });
      const session = await read(service, key);
      assert.deepEqual(textsOf(session), ['t1', 't3', 't4', 't6']);
      assert.deepEqual(Object.keys(session.events[1] as Event).sort(), [
        ...['author', 'erased', 'id', 'seq', 'timestamp'],
      ]);
      assert.deepEqual(session.events[1]?.actions.stateDelta, {}, 'who reads any event can');
      assert.equal(session.events[1]?.invocationId, '');
      expectSameEvents(session.events.slice(-1), [marker]);
    },
  },
  {
    title: 'leaves no author of an event that had none, and an id that was made for it',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const stored = await service.appendEvents({
        ...key,
        events: [{ content: { parts: [{ text: 'a' }] } }, { author: '' }, { author: 'é\u0000"' }],
      });
      await service.retract({ ...key, eventIds: idsOf(stored), erase });
      await expectErased(service, { key, before: stored, erased: idsOf(stored) });
    },
  },
  {
    title: 'erases all events through a `seq`, and none behind it',
    needs,
    async run(context) {
      const { service } = context;
      const { key, events, count } = await newFullSession(context);
      await service.retract({ ...key, throughSeq: 0, erase });
      await service.retract({ ...key, throughSeq: 4, erase });
      await expectErased(service, { key, before: events, erased: ['e1', 'e2', 'e3', 'e4'] });
      const { seq } = await service.appendEvent({ ...key, event: turnOf(9) });
      assert.equal(seq, count + 3);
      assert.deepEqual(textsOf(await read(service, key)), ['t5', 't6', 't9']);
      const before = (await read(service, key)).events;
      await service.retract({ ...key, throughSeq: count + 3, erase });
      await expectErased(service, { key, before, erased: idsOf(before) });
      assert.equal((await read(service, key)).revision, count + 4);
    },
  },
  {
    title: 'erases what is erased or retracted already, and the same id twice',
    needs,
    async run(context) {
      const { service } = context;
      const { key, events } = await newFullSession(context);
      await service.retract({ ...key, eventIds: ['e3'] });
      await service.retract({ ...key, eventIds: ['e1', 'e1'], erase });
      await service.retract({ ...key, eventIds: ['e1', 'e3'], erase });
      await service.retract({ ...key, throughSeq: 2, erase });
      await expectErased(service, { key, before: events, erased: ['e1', 'e2', 'e3'] });
      await service.retract({ ...key, eventIds: ['e1'] });
      assert.deepEqual(textsOf(await read(service, key)), ['t4', 't5', 't6']);
    },
  },
  {
    title: 'leaves state as it is, in each scope',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newFullSession(context);
      const before = (await read(service, key)).state.toJSON();
      await service.retract({ ...key, throughSeq: 6, erase });
      assert.deepEqual((await read(service, key)).state.toJSON(), before);
      const actions = { stateDelta: { title: 'on' }, removedStateKeys: ['gone'] };
      await service.appendEvent({ ...key, event: { actions } });
      const { gone: _, ...rest } = before;
      assert.deepEqual((await read(service, key)).state.toJSON(), { ...rest, title: 'on' });
    },
  },
  {
    title: 'gives the stub back for a retry with the id of an erased event',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = (n: number) => ({ stateDelta: { n, 'user:n': n, 'app:n': n } });
      const events = upTo(4).map((n) => ({ ...turnOf(n), actions: actions(n) }));
      const stored = await service.appendEvents({ ...key, events });
      await service.retract({ ...key, eventIds: ['e1', 'e2', 'e3'], erase });
      const before = await wholeOf(service, key);
      const json = (found: unknown) => JSON.parse(JSON.stringify(found));
      const [first, second, third, fourth] = events as [object, object, object, object];
      const [e1, e2, e3] = stored.map(stubOf);
      for (const event of [first, { ...first, content: undefined }, { id: 'e1' }]) {
        const again = await service.appendEvent({ ...key, event, expectedRevision: 1 });
        assert.deepEqual(json(again), e1);
        expectFrozen(again, 'stub');
      }
      const batch = await service.appendEvents({ ...key, events: [third, second] });
      assert.deepEqual(json(batch), [e3, e2]);
      const mixed = await service.appendEvents({ ...key, events: [second, fourth] });
      assert.deepEqual(json(mixed), json([e2, stored[3]]));
      assert.deepEqual(await wholeOf(service, key), before);
      const part = [third, { id: 'new' }];
      await expectError(() => service.appendEvents({ ...key, events: part }), {
        code: 'already_exists',
      });
      const skipped = await service.appendEvents({ ...key, events: part, onStored: 'skip' });
      assert.deepEqual([json(skipped[0]), skipped[1]?.seq], [e3, 6]);
    },
  },
  {
    title: 'counts stubs in windows, by their place and by their time',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newFullSession(context);
      await service.appendEvent({ ...key, event: { id: 'late', timestamp: at(2) } });
      await service.retract({ ...key, eventIds: ['e2', 'e4', 'e6', 'late'], erase });
      const idsFor = async (window: object) => {
        const session = await service.get({ ...key, ...window });
        return idsOf(session?.events.slice(0, -1) ?? []);
      };
      assert.deepEqual(await idsFor({ numRecentEvents: 4 }), ['e5', 'e6', 'late']);
      const marker = (await read(service, key)).events.at(-1)?.timestamp ?? 0;
      assert.ok(marker < at(1));
      const since = async (time: number) => {
        const session = await service.get({ ...key, afterTimestamp: time });
        return idsOf(session?.events ?? []);
      };
      assert.deepEqual(await since(at(4)), ['e4', 'e5', 'e6']);
      assert.deepEqual(await since(at(2)), ['e2', 'e3', 'e4', 'e5', 'e6', 'late']);
      const page = await service.listEvents({ ...key, afterSeq: 1, limit: 3 });
      assert.deepEqual([idsOf(page.events), page.hasMore], [['e2', 'e3', 'e4'], true]);
    },
  },
  {
    title: 'leaves sessions, users and forks alone that have events of the same ids',
    needs,
    async run(context) {
      const { service, newId } = context;
      const { key, events } = await newFullSession(context);
      const others = [await newSibling(context, key), { ...key, userId: newId('user') }];
      for (const other of others) {
        await service.getOrCreate(other);
        await service.appendEvents({ ...other, events });
      }
      if (service.capabilities.fork) others.push((await service.fork(key)).key);
      const before = [];
      for (const other of others) before.push(await wholeOf(service, other));
      await service.retract({ ...key, eventIds: ['e1', 'e2'], erase });
      await service.retract({ ...key, throughSeq: 5, erase });
      const after = [];
      for (const other of others) after.push(await wholeOf(service, other));
      assert.deepEqual(after, before);
    },
  },
  {
    title: 'erases many events and large ones, and can be deleted and created again',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const large = 'x'.repeat(1_000_000);
      const events = upTo(900).map((n) => ({ ...turnOf(n), ...(n === 7 && { output: large }) }));
      await service.appendEvents({ ...key, events });
      const before = (await read(service, key)).events;
      const listed = upTo(120).map((n) => `e${n * 2}`);
      await service.retract({ ...key, eventIds: listed, erase });
      await service.retract({ ...key, throughSeq: 700, erase });
      const { events: after, revision } = await read(service, key);
      assert.equal(revision, 902);
      expectSameEvents(after.slice(700, 900), before.slice(700));
      assert.ok(JSON.stringify(after.slice(0, 700)).length < 150_000);
      assert.ok(after.slice(0, 700).every(({ erased }) => erased === true));
      assert.equal(await service.delete(key), true);
      await service.create(key);
      const author = 'new';
      const again = await service.appendEvent({ ...key, event: { id: 'e3', author } });
      assert.deepEqual([again.seq, again.author, again.erased], [1, author, undefined]);
    },
  },
  {
    title: 'is there, without the bodies, when the storage is opened again',
    needs: [needs, 'persistent'],
    async run(context) {
      const { service, reopen } = context;
      const { key, events } = await newFullSession(context);
      await service.retract({ ...key, eventIds: ['e2'], erase });
      await service.close();
      const reopened = await reopen(service);
      await expectErased(reopened, { key, before: events, erased: ['e2'] });
      const again = await reopened.appendEvent({ ...key, event: turnOf(2) });
      assert.deepEqual([again.seq, again.erased], [2, true]);
      await reopened.retract({ ...key, throughSeq: 3, erase });
      await expectErased(reopened, { key, before: events, erased: ['e1', 'e2', 'e3'] });
    },
  },
]);
