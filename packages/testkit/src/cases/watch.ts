import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expire, firstWatched } from '../gone.ts';
import { another, type Instances, someTurns } from '../race.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  upTo,
} from '../scenario.ts';
import { expectSeqs, watched, watching } from '../watching.ts';

// More than are read at once.
const MANY = 620;

async function append(service: SessionService, key: SessionKey, ids: readonly string[]) {
  for (const id of ids) await service.appendEvent({ ...key, event: { id, timestamp: at(1) } });
}

/** Ways in which a session ends. */
const ends: readonly (readonly [string, (service: SessionService, key: SessionKey) => unknown])[] =
  [
    ['is deleted', (service, key) => service.delete(key)],
    [
      'is deleted and created again',
      async (service, key) => {
        await service.delete(key);
        await service.create(key);
        await append(service, key, ['new1', 'new2', 'new3', 'new4', 'new5']);
      },
    ],
    [
      'expires',
      async (service, key) => {
        if (service.capabilities.updateSession) await expire(service, key);
        else await service.delete(key);
      },
    ],
    [
      'has expired and is created again',
      async (service, key) => {
        if (service.capabilities.updateSession) await expire(service, key);
        else await service.delete(key);
        await service.getOrCreate(key);
        await append(service, key, ['new1', 'new2', 'new3', 'new4', 'new5']);
      },
    ],
    [
      'goes with its user',
      async (service, key) => {
        if (service.capabilities.eraseUser) await service.eraseUser(key);
        else await service.delete(key);
      },
    ],
  ];

async function expectEnd(
  context: CaseContext,
  [watcher, writer]: Instances,
  end: (service: SessionService, key: SessionKey) => unknown,
): Promise<void> {
  const key = await newSessionWithEvents(context, 3);
  const sibling = await newSibling(context, key);
  const waiting = watching(watcher, key);
  const late = watching(watcher, { ...key, afterSeq: 3 });
  const other = watching(watcher, sibling);
  await waiting.until(3);
  await end(writer, key);
  for (const { end } of [waiting, late]) {
    const error = await end;
    await expectError(() => Promise.reject(error), { code: 'not_found', key });
  }
  expectSeqs(waiting.events, { last: 3 });
  expectSeqs(late.events, { last: 0 });
  // The other session may have gone with its user.
  await unlessGone(() => append(writer, sibling, ['e1']));
  if ((await writer.get(sibling)) === undefined) return void (await other.end);
  await other.until(1);
  assert.deepEqual(idsOf(other.events), ['e1']);
  await writer.delete(sibling);
  await other.end;
}

async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  const error = await refusalOf(call);
  if (error !== undefined) {
    await expectError(() => Promise.reject(error), { code: 'not_found' });
  }
}

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
        await append(service, key, [`later${n}`]);
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
      await append(service, key, ['e5', 'e6', 'e7']);
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
      await append(service, key, ['e1', 'e1']);
      await service.appendEvent({ ...key, event: { partial: true } });
      const late = () => service.appendEvent({ ...key, event: {}, expectedRevision: 7 });
      await expectError(late, { code: 'conflict' });
      await service.updateState({ scope: 'app', appName: key.appName, set: { a: 1 } });
      await append(service, key, ['e2']);
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
      await append(service, key, ['e3']);
      const late = upTo(2).map(() => watching(service, { ...key, afterSeq: 2 }));
      // One that leaves takes nothing with it.
      const left = await watched(service, { ...key, count: 2 });
      await append(service, key, ['e4', 'e5']);
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
      await Promise.all(keys.map((key, i) => append(service, key, [`a${i}`, `b${i}`])));
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
      await append(service, key, ['e4']);
      assert.equal((await iterator.next()).value?.seq, 2);
      await service.appendEvents({ ...key, events: [{ id: 'e5' }, { id: 'e6' }] });
      for (const seq of [3, 4, 5, 6]) assert.equal((await iterator.next()).value?.seq, seq);
      assert.deepEqual(await iterator.return?.(), { done: true, value: undefined });
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
      await append(service, key, ['e7']);
    },
  },
  ...ends.map(([what, end]) => ({
    title: `ends with \`not_found\` when the session ${what}`,
    needs: 'watch' as const,
    run: (context: CaseContext) => expectEnd(context, [context.service, context.service], end),
  })),
  ...ends.map(([what, end]) => ({
    title: `ends with \`not_found\` when the session ${what} by another instance`,
    needs: ['watch', 'shared'] as const,
    run: async (context: CaseContext) =>
      expectEnd(context, [context.service, await another(context)], end),
  })),
  {
    title: 'ends with `not_found` when an idle session expires by itself',
    needs: ['watch', 'updateSession'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const watch = watching(service, key);
      await watch.until(1);
      await service.updateSession({ ...key, expires: { afterIdle: 1 } });
      const error = await watch.end;
      await expectError(() => Promise.reject(error), { code: 'not_found', key });
    },
  },
  {
    title: 'ends with `not_found` at once if there is no session',
    needs: 'watch',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const missing = { code: 'not_found', key } as const;
      await expectError(() => firstWatched(service, key), missing);
      await expectError(() => firstWatched(service, { ...key, afterSeq: 5 }), missing);
      const { events } = await read(service, await newSessionWithEvents(context, 1));
      assert.equal(events.length, 1);
      await service.create(key);
      const watch = watching(service, key);
      await append(service, key, ['e1']);
      await watch.until(1);
      await service.delete(key);
      await watch.end;
      assert.deepEqual(idsOf(watch.events), ['e1']);
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
      await append(service, key, ['e2']);
      await watch.until(2);
      expectSeqs(watch.events, { last: 2 });
      await service.delete(key);
      await watch.end;
    },
  },
  {
    title: 'ends with the reason of its signal, whether it waits or not',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const reason = new Error('the page was closed');
      const before = { ...key, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => firstWatched(service, before)), reason);
      const controller = new AbortController();
      const waiting = watching(service, { ...key, signal: controller.signal });
      const other = watching(service, key);
      await Promise.all([waiting.until(2), other.until(2)]);
      await someTurns(10);
      controller.abort(reason);
      assert.equal(await waiting.end, reason);
      expectSeqs(waiting.events, { last: 2 });
      const second = new AbortController();
      const seen: unknown[] = [];
      const reading = refusalOf(async () => {
        for await (const event of service.watch({ ...key, signal: second.signal })) {
          seen.push(event.seq);
          second.abort(reason);
        }
      });
      assert.equal(await reading, reason);
      assert.deepEqual(seen, [1]);
      await append(service, key, ['e3']);
      await other.until(3);
      expectSeqs(other.events, { last: 3 });
      await service.delete(key);
      await other.end;
    },
  },
  {
    title: 'ends with `closed` when the service is closed, which waits for no watcher',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const waiting = upTo(3).map(() => watching(service, key));
      for (const watch of waiting) await watch.until(2);
      await someTurns(10);
      const left = service.watch(key)[Symbol.asyncIterator]();
      assert.equal((await left.next()).value?.seq, 1);
      await service.close();
      for (const watch of waiting) {
        const error = await watch.end;
        await expectError(() => Promise.reject(error), { code: 'closed' });
        expectSeqs(watch.events, { last: 2 });
      }
      await expectError(() => firstWatched(service, key), { code: 'closed' });
      await left.return?.();
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
