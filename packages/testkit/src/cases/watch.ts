import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { firstWatched } from '../gone.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  upTo,
} from '../scenario.ts';
import { appendEach, expectSeqs, watched, watching } from '../watching.ts';

// More than are read at once.
const MANY = 620;

export const watchCases = casesOf('watch', [
  {
    title: 'gives the events that are there, and those that come, each once and in order',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const watch = watching(service, key);
      await watch.until(3);
      expectSeqs(watch.events, { last: 3 });
      for (const n of upTo(5)) {
        await appendEach(service, { key, ids: [`later${n}`] });
        await watch.until(3 + n);
        expectSeqs(watch.events, { last: 3 + n });
      }
      const { events } = await read(service, key);
      assert.deepEqual(watch.events, events);
      expectFrozen(watch.events[0], 'an event');
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'begins behind `afterSeq`, even if that is yet to come',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 4);
      expectSeqs(await watched(service, { ...key, count: 4 }), { last: 4 });
      const part = await watched(service, { ...key, afterSeq: 2, count: 2 });
      expectSeqs(part, { afterSeq: 2, last: 4 });
      const ahead = watching(service, { ...key, afterSeq: 6 });
      const next = watching(service, { ...key, afterSeq: 4 });
      await appendEach(service, { key, ids: ['e5', 'e6', 'e7'] });
      await Promise.all([ahead.until(1), next.until(3)]);
      expectSeqs(ahead.events, { afterSeq: 6, last: 7 });
      expectSeqs(next.events, { afterSeq: 4, last: 7 });
      await service.delete(key);
      await Promise.all([ahead.end, next.end]);
    },
  },
  {
    title: 'gives each event of a batch',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const watch = watching(service, key);
      for (const size of [1, 3, 300, 2]) {
        const before = watch.events.length;
        const events = upTo(size).map((n) => ({ id: `b${before + n}`, timestamp: at(n) }));
        await service.appendEvents({ ...key, events });
        await watch.until(before + size);
      }
      expectSeqs(watch.events, { last: 306 });
      assert.deepEqual(
        idsOf(watch.events),
        upTo(306).map((n) => `b${n}`),
      );
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'gives markers, and what is left of erased events, as `listEvents` does',
    needs: ['watch', 'erase'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 4);
      const watch = watching(service, { ...key, afterSeq: 4 });
      await service.rewind({ ...key, toSeq: 2 });
      await service.retract({ ...key, eventIds: ['e1', 'e2'], erase: true });
      await watch.until(2);
      const [rewind, retract] = watch.events.map(({ actions }) => actions);
      assert.deepEqual(rewind?.rewind, { toSeq: 2 });
      assert.deepEqual(retract?.retract?.eventIds, ['e1', 'e2']);
      const all = await watched(service, { ...key, count: 6 });
      const { events } = await service.listEvents(key);
      assert.deepEqual(all, events);
      assert.deepEqual(
        all.map(({ erased }) => erased === true),
        [true, true, false, false, false, false],
      );
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'gives no partial event, no retry, and nothing that was refused',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const watch = watching(service, key);
      await appendEach(service, { key, ids: ['e1', 'e1'] });
      await service.appendEvent({ ...key, event: { partial: true } });
      const late = () => service.appendEvent({ ...key, event: {}, expectedRevision: 7 });
      await expectError(late, { code: 'conflict' });
      await service.updateState({ scope: 'app', appName: key.appName, set: { a: 1 } });
      await appendEach(service, { key, ids: ['e2'] });
      await watch.until(2);
      assert.deepEqual(idsOf(watch.events), ['e1', 'e2']);
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'gives each of several watchers all events, from where it began',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const early = upTo(3).map((n) => watching(service, { ...key, slowly: n === 2 }));
      await appendEach(service, { key, ids: ['e3'] });
      const late = upTo(2).map(() => watching(service, { ...key, afterSeq: 2 }));
      // One that leaves takes nothing with it.
      const left = await watched(service, { ...key, count: 2 });
      await appendEach(service, { key, ids: ['e4', 'e5'] });
      expectSeqs(left, { last: 2 });
      for (const watch of early) {
        await watch.until(5);
        expectSeqs(watch.events, { last: 5 });
      }
      for (const watch of late) {
        await watch.until(3);
        expectSeqs(watch.events, { afterSeq: 2, last: 5 });
      }
      await service.delete(key);
      await Promise.all([...early, ...late].map(({ end }) => end));
    },
  },
  {
    title: 'gives watchers of many sessions each its own events',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const first = await newSession(context);
      const keys = [first];
      for (const _ of upTo(29)) keys.push(await newSibling(context, first));
      const watches = keys.map((key) => watching(service, key));
      await Promise.all(
        keys.map((key, i) => appendEach(service, { key, ids: [`a${i}`, `b${i}`] })),
      );
      for (const [i, watch] of watches.entries()) {
        await watch.until(2);
        assert.deepEqual(idsOf(watch.events), [`a${i}`, `b${i}`]);
      }
      await Promise.all(keys.map((key) => service.delete(key)));
      await Promise.all(watches.map(({ end }) => end));
    },
  },
  {
    title: 'gives a slow reader everything, however much comes meanwhile',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const watch = watching(service, { ...key, slowly: true });
      for (let n = 0; n < MANY; n += 62) {
        const events = upTo(62).map((i) => ({ id: `e${n + i}`, timestamp: at(n) }));
        await service.appendEvents({ ...key, events });
      }
      await watch.until(MANY);
      expectSeqs(watch.events, { last: MANY });
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'asks for nothing more before the reader does',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const iterator = service.watch(key)[Symbol.asyncIterator]();
      assert.equal((await iterator.next()).value?.seq, 1);
      await appendEach(service, { key, ids: ['e4'] });
      assert.equal((await iterator.next()).value?.seq, 2);
      await service.appendEvents({ ...key, events: [{ id: 'e5' }, { id: 'e6' }] });
      for (const seq of [3, 4, 5, 6]) assert.equal((await iterator.next()).value?.seq, seq);
      assert.deepEqual(await iterator.return?.(), { done: true, value: undefined });
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
      await appendEach(service, { key, ids: ['e7'] });
    },
  },
  {
    title: 'goes on when labels, the expiry or a turn of the session change',
    needs: ['watch', 'updateSession', 'turns'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const watch = watching(service, key);
      await watch.until(1);
      await service.updateSession({ ...key, labels: { set: { title: 'new' } } });
      await service.updateSession({ ...key, expires: { at: at(1) } });
      await service.acquireTurn({ ...key, turn: 'a' });
      await appendEach(service, { key, ids: ['e2'] });
      await watch.until(2);
      expectSeqs(watch.events, { last: 2 });
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'refuses bounds and signals that are none',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const refused: readonly (readonly [object, string])[] = [
        [{ afterSeq: -1 }, 'afterSeq'],
        [{ afterSeq: 0.5 }, 'afterSeq'],
        [{ afterSeq: '1' }, 'afterSeq'],
        [{ sessionId: '' }, 'sessionId'],
        [{ userId: undefined }, 'userId'],
        [{ signal: 1 }, 'signal'],
      ];
      for (const [request, path] of refused) {
        const call = () => firstWatched(service, { ...key, ...request } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
    },
  },
]);
