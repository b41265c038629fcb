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
  upTo,
} from '../scenario.ts';

/** Zeros that must not be taken for none, and numbers beyond what one statement or page takes. */
export const countCases = [
  ...casesOf('append', [
    {
      title: 'takes `expectedRevision: 0` for a session without events, and for no other',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 2);
        const conflict = { code: 'conflict', key, path: 'expectedRevision', revision: 2 } as const;
        const event = { timestamp: at(9) };
        const expected = { ...key, expectedRevision: 0 };
        const stored = { id: 'e1', timestamp: at(1) };
        await expectError(() => service.appendEvent({ ...expected, event }), conflict);
        for (const request of [
          { ...expected, events: [event] },
          { ...expected, events: [event, event], onStored: 'skip' as const },
          { ...expected, events: [stored, event], onStored: 'skip' as const },
        ]) {
          await expectError(() => service.appendEvents(request), conflict);
        }
        assert.equal((await read(service, key)).revision, 2);
        for (const events of [[event], [event, event]]) {
          const empty = await newSession(context);
          await service.appendEvents({ ...empty, events, expectedRevision: 0 });
          assert.equal((await read(service, empty)).revision, events.length);
        }
      },
    },
    {
      title: 'is `conflict` for an empty `expectedIncarnation`, if the session has another',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 1);
        const conflict = { code: 'conflict', key, path: 'expectedIncarnation' } as const;
        const expected = { ...key, expectedIncarnation: '' };
        const event = { id: 'e2', timestamp: at(2) };
        await expectError(() => service.appendEvent({ ...expected, event }), conflict);
        await expectError(() => service.appendEvents({ ...expected, events: [event] }), conflict);
        const retry = { id: 'e1', timestamp: at(1) };
        await expectError(() => service.appendEvent({ ...expected, event: retry }), conflict);
        assert.equal((await read(service, key)).revision, 1);
      },
    },
    {
      title: 'counts what is stored as the revision: no retry, no partial event, nothing refused',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const { appName, userId } = key;
        const event = (n: number) => ({ id: `e${n}`, timestamp: at(100 - n) });
        const partial = { ...event(9), partial: true };
        const expectRevision = async (revision: number) => {
          const late = await service.get({ ...key, afterTimestamp: at(1000) });
          const none = await service.get({ ...key, numRecentEvents: 0, afterTimestamp: 0 });
          const whole = await service.getOrCreate({ ...key, numRecentEvents: 1 });
          const [summary] = (await service.list({ appName, userId })).sessions;
          for (const each of [late, none, whole, summary]) assert.equal(each?.revision, revision);
        };
        await expectRevision(0);
        await service.appendEvents({ ...key, events: [event(1), partial, event(2), event(3)] });
        await expectRevision(3);
        await service.appendEvents({ ...key, events: [event(1), event(2), event(3)] });
        await service.appendEvent({ ...key, event: event(2) });
        await service.appendEvent({ ...key, event: partial });
        await service.appendEvents({ ...key, events: [partial, partial] });
        await expectRevision(3);
        const wrong = { ...event(3), author: 'other' };
        const exists = { code: 'already_exists', key } as const;
        await expectError(
          () => service.appendEvents({ ...key, events: [event(4), wrong] }),
          exists,
        );
        await service.listEvents({ ...key, order: 'desc', limit: 1 });
        await expectRevision(3);
        const events = [event(3), event(4), partial, event(1), event(5)];
        const stored = await service.appendEvents({ ...key, events, onStored: 'skip' });
        assert.deepEqual(seqsOf(stored), [3, 4, undefined, 1, 5]);
        await expectRevision(5);
        const last = await service.appendEvent({ ...key, event: event(6), expectedRevision: 5 });
        assert.equal(last.seq, 6);
      },
    },
    {
      title: 'folds a batch of 1,200 events that each change keys of every scope',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const events = upTo(1200).map((n) => ({
          timestamp: at(n),
          actions: {
            stateDelta: { last: n, [`k${n}`]: n, [`user:k${n}`]: n, 'app:last': n },
            removedStateKeys: n > 2 && n % 2 === 0 ? [`k${n - 1}`, `user:k${n - 2}`] : [],
          },
        }));
        await service.appendEvents({ ...key, events });
        const expected: Record<string, number> = {};
        for (const { actions } of events) {
          for (const name of actions.removedStateKeys) delete expected[name];
          Object.assign(expected, actions.stateDelta);
        }
        assert.deepEqual(await readState(service, key), expected);
      },
    },
  ]),
  ...casesOf('state', [
    {
      title: 'removes 1,200 keys of every scope, by one append and by one update',
      async run(context) {
        const { service } = context;
        const names = upTo(1200).map((n) => `k${n}`);
        const prefixed = ['', 'user:', 'app:'].flatMap((scope) =>
          names.map((name) => scope + name),
        );
        const state = Object.fromEntries([...prefixed, 'kept'].map((name) => [name, 1]));
        const key = await newSession(context, state);
        await service.appendEvent({ ...key, event: { actions: { removedStateKeys: prefixed } } });
        assert.deepEqual(await readState(service, key), { kept: 1 });
        const { appName, userId } = key;
        const owner = { scope: 'user', appName, userId } as const;
        const set = Object.fromEntries(names.map((name) => [name, 1]));
        await service.updateState({ ...owner, set: { ...set, kept: 1 } });
        assert.deepEqual(await service.updateState({ ...owner, remove: names }), { kept: 1 });
        assert.deepEqual(await service.getState(owner), { kept: 1 });
      },
    },
    {
      title: 'has nothing of 1,200 keys of a session that was deleted and created again',
      async run(context) {
        const { service } = context;
        const state = Object.fromEntries(upTo(1200).map((n) => [`k${n}`, n]));
        const key = await newSession(context, { ...state, 'user:kept': 1 });
        await service.delete(key);
        await service.create({ ...key, state: { k7: 'new' } });
        assert.deepEqual(await readState(service, key), { k7: 'new', 'user:kept': 1 });
      },
    },
  ]),
  ...casesOf('events', [
    {
      title: 'takes 0 and 1 as bounds: after 0 are all events, before them are none',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 3);
        for (const order of ['asc', 'desc'] as const) {
          const all = await service.listEvents({ ...key, afterSeq: 0, order });
          assert.deepEqual(seqsOf(all.events), order === 'asc' ? [1, 2, 3] : [3, 2, 1]);
          for (const beforeSeq of [0, 1]) {
            const none = await service.listEvents({ ...key, beforeSeq, order });
            assert.deepEqual(none, { events: [], hasMore: false });
          }
          const one = await service.listEvents({ ...key, afterSeq: 0, beforeSeq: 2, order });
          assert.deepEqual([seqsOf(one.events), one.hasMore], [[1], false]);
        }
      },
    },
    {
      title: 'says whether there are more events at the very end of a page, of 1,000 too',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 1000);
        const page = async (request: object) => {
          const { events, hasMore } = await service.listEvents({ ...key, ...request });
          return [events.length, hasMore];
        };
        for (const order of ['asc', 'desc'] as const) {
          assert.deepEqual(await page({ limit: 1000, order }), [1000, false]);
          assert.deepEqual(await page({ limit: 999, order }), [999, true]);
          assert.deepEqual(await page({ afterSeq: 900, order }), [100, false]);
          assert.deepEqual(await page({ afterSeq: 899, order }), [100, true]);
          assert.deepEqual(await page({ beforeSeq: 101, order }), [100, false]);
          assert.deepEqual(await page({ beforeSeq: 102, order }), [100, true]);
        }
        await service.appendEvent({ ...key, event: { timestamp: at(0) } });
        for (const order of ['asc', 'desc'] as const) {
          assert.deepEqual(await page({ limit: 1000, order }), [1000, true]);
        }
      },
    },
  ]),
  ...casesOf('get', [
    {
      title: 'loads no event for `numRecentEvents: 0`, with any `afterTimestamp`, in every call',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 3);
        for (const window of [
          { numRecentEvents: 0 },
          { numRecentEvents: 0, afterTimestamp: 0 },
          { numRecentEvents: 0, afterTimestamp: at(2) },
        ]) {
          const request = { ...key, ...window };
          for (const each of [await service.get(request), await service.getOrCreate(request)]) {
            assert.deepEqual([each?.events, each?.revision], [[], 3]);
          }
        }
        const all = await service.getOrCreate({ ...key, afterTimestamp: 0 });
        assert.deepEqual(seqsOf(all.events), [1, 2, 3]);
      },
    },
    {
      title: 'loads windows of more than 1,000 events',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 2100);
        for (const numRecentEvents of [1000, 1001, 1025, 2000, 2099, 2100]) {
          const session = await service.get({ ...key, numRecentEvents });
          const expected = upTo(2100).slice(-numRecentEvents);
          assert.deepEqual(seqsOf(session?.events ?? []), expected);
        }
        const session = await service.get({ ...key, afterTimestamp: at(50) });
        assert.deepEqual(seqsOf(session?.events ?? []), upTo(2100).slice(49));
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'counts more than 1,000 sessions, and walks all of them once',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        const ids = upTo(1030).map((n) => `s${n}`);
        const left = ids.values();
        const createRest = async () => {
          for (const sessionId of left) await service.create({ appName, userId, sessionId });
        };
        await Promise.all(upTo(25).map(createRest));
        const request = { appName, userId, includeTotal: true };
        assert.equal((await service.list({ ...request, limit: 1 })).total, 1030);
        const first = await service.list({ ...request, limit: 1000 });
        assert.deepEqual([first.sessions.length, first.total], [1000, 1030]);
        const cursor = first.nextCursor;
        const second = await service.list({ ...request, limit: 1000, cursor, includeState: true });
        assert.deepEqual([second.sessions.length, second.total], [30, 1030]);
        assert.equal(second.nextCursor, undefined);
        const walked = [...first.sessions, ...second.sessions];
        assert.deepEqual(new Set(idsOf(walked)), new Set(ids));
      },
    },
    {
      title: 'counts the sessions of a list, not those behind the cursor or of the page',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        assert.equal((await service.list({ appName, userId, includeTotal: true })).total, 0);
        for (const n of upTo(5)) await service.create({ appName, userId, sessionId: `s${n}` });
        await service.create({ appName, userId: `${userId}-2` });
        for (const order of ['asc', 'desc'] as const) {
          const request = { appName, userId, order, includeTotal: true, limit: 2 };
          let cursor: string | undefined;
          for (const length of [2, 2, 1]) {
            const page = await service.list({ ...request, cursor });
            assert.deepEqual([page.sessions.length, page.total], [length, 5]);
            cursor = page.nextCursor;
          }
        }
        await service.delete({ appName, userId, sessionId: 's3' });
        assert.equal((await service.list({ appName, userId, includeTotal: true })).total, 4);
      },
    },
  ]),
];
