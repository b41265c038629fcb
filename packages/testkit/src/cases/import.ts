import assert from 'node:assert/strict';
import { importRecords, type SessionKey } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, unlessRefused } from '../expect-error.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import {
  inApp,
  moveUser,
  newEventfulUser,
  recordsOf,
  recordsOfSession,
  requestOf,
  toApp,
  viewOfUser,
} from '../moving.ts';
import { empties, markers, numbers, textKinds } from '../odd-values.ts';
import { at, idsOf, read, upTo } from '../scenario.ts';

const counts = { sessions: 0, events: 0, states: 0, present: 0, incomplete: 0 };

export const importCases = casesOf('export', [
  {
    title: 'has everything of a user as it was, after a move to another app',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { owner } = await newEventfulUser(context);
      const moved = await moveUser(context, owner);
      assert.deepEqual(await viewOfUser(service, moved), await viewOfUser(service, owner));
    },
  },
  {
    title: 'has everything of a user as it was, after it was erased',
    needs: ['importSession', 'eraseUser'],
    async run(context) {
      const { service } = context;
      const { owner } = await newEventfulUser(context);
      const before = await viewOfUser(service, owner);
      const records = await recordsOf(service, owner);
      await service.eraseUser(owner);
      const result = await importRecords(service, records);
      const { sessions } = await service.list(owner);
      assert.deepEqual([result.sessions, result.states, result.present], [sessions.length, 1, 0]);
      assert.deepEqual(await viewOfUser(service, owner), before);
    },
  },
  {
    title: 'forks and rewinds a session that was moved as it does the original',
    needs: ['importSession', 'fork'],
    async run(context) {
      const { service } = context;
      const { owner, main } = await newEventfulUser(context);
      const moved = inApp(main, await moveUser(context, owner));
      const { revision } = await read(service, main);
      for (const throughSeq of [0, ...upTo(revision)]) {
        const forks = [];
        for (const key of [main, moved]) {
          const fork = await forkOf(context, { ...key, throughSeq });
          forks.push(fork);
        }
        assert.deepEqual(forks[1], forks[0], `at ${throughSeq}`);
      }
      for (const toSeq of [2, 4]) {
        const views = [];
        for (const key of [main, moved]) {
          const marker = await service.rewind({ ...key, toSeq }).catch((error) => error.code);
          const { state, conversationHistory, revision } = await read(service, key);
          const own = [...state].filter(([name]) => !name.includes(':'));
          views.push([marker.actions ?? marker, new Map(own), conversationHistory, revision]);
        }
        assert.deepEqual(views[1], views[0]);
      }
    },
  },
  {
    title: 'goes on with a session that was moved, and knows what is stored',
    needs: ['importSession', 'getEvent'],
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 5);
      await importRecords(service, records);
      const { events, incarnation } = await read(service, key);
      const event = {
        id: 'e3',
        author: 'old',
        timestamp: at(3),
        actions: { stateDelta: { old3: 3 } },
      };
      assert.deepEqual(await service.appendEvent({ ...key, event }), events[2]);
      assert.deepEqual(await service.getEvent({ ...key, eventId: 'e3' }), events[2]);
      const other = () => service.appendEvent({ ...key, event: { ...event, author: 'new' } });
      await expectError(other, { code: 'already_exists' });
      const next = { ...key, event: { id: 'e6', timestamp: at(6) }, expectedRevision: 5 };
      const stored = await service.appendEvent({ ...next, expectedIncarnation: incarnation });
      assert.equal(stored.seq, 6);
      assert.equal((await read(service, key)).withEvent(stored).revision, 6);
      assert.equal(await service.delete(key), true);
      await service.create(key);
      await expectNothingOld(service, key);
    },
  },
  {
    title: 'doubles nothing when it is run again, and says what was there',
    needs: 'importSession',
    async run(context) {
      const { service, newId } = context;
      const { owner } = await newEventfulUser(context);
      const moved = { ...owner, appName: newId('app') };
      const records = toApp(await recordsOf(service, owner), moved.appName);
      const first = await importRecords(service, records);
      const before = await viewOfUser(service, moved);
      const { length: sessions } = records.filter(({ type }) => type === 'session');
      const { length: events } = records.filter(({ type }) => type === 'event');
      assert.deepEqual(first, { ...counts, sessions, events, states: 1 });
      assert.ok(Object.isFrozen(first));
      for (const _ of upTo(2)) {
        const again = await importRecords(service, records);
        assert.deepEqual(again, { ...counts, present: sessions, states: 1 });
        assert.deepEqual(await viewOfUser(service, moved), before);
      }
    },
  },
  {
    title: 'leaves a session out whose events end early, and has it once all are there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 3);
      assert.deepEqual(
        records.map(({ type }) => type),
        ['session', 'event', 'event', 'event'],
      );
      for (const length of [1, 2, 3]) {
        const part = await importRecords(service, records.slice(0, length));
        assert.deepEqual(part, { ...counts, incomplete: 1 });
        assert.equal(await service.get(key), undefined);
        assert.deepEqual((await service.list(key)).sessions, []);
      }
      const all = await importRecords(service, records);
      assert.deepEqual(all, { ...counts, sessions: 1, events: 3 });
      assert.deepEqual(idsOf((await read(service, key)).events), ['e1', 'e2', 'e3']);
    },
  },
  {
    title: 'begins a long session anew of which an earlier import has left a part',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 620);
      for (const length of [300, 600]) {
        const part = await importRecords(service, records.slice(0, length));
        assert.deepEqual(part, { ...counts, incomplete: 1 });
        await expectGone(service, key);
      }
      const all = await importRecords(service, records);
      assert.deepEqual(all, { ...counts, sessions: 1, events: 620 });
      const { revision, state, events } = await read(service, key);
      assert.deepEqual([revision, state.size, events.length], [620, 621, 620]);
      assert.equal((await importRecords(service, records)).present, 1);
    },
  },
  {
    title: 'leaves sessions that are there as they are, and keys of states that it does not have',
    needs: 'importSession',
    async run(context) {
      const { service, newId } = context;
      const { owner, main } = await newEventfulUser(context);
      const moved = { ...owner, appName: newId('app') };
      const mine = inApp(main, moved);
      await service.create({ ...mine, state: { mine: 1, 'user:mine': 1, 'user:name': 'Eve' } });
      await service.appendEvent({ ...mine, event: { id: 'e1', author: 'me', timestamp: at(1) } });
      const before = (await read(service, mine)).events;
      const records = toApp(await recordsOf(service, owner), moved.appName);
      const result = await importRecords(service, records);
      const { length } = records.filter(({ type }) => type === 'session');
      assert.deepEqual([result.present, result.sessions], [1, length - 1]);
      const { events, state, revision } = await read(service, mine);
      assert.deepEqual([events, revision, state.get('mine')], [before, 1, 1]);
      const user = await service.getState({ scope: 'user', ...moved });
      assert.deepEqual([user['mine'], user['name']], [1, 'Ada']);
    },
  },
  {
    title: 'moves values of every odd kind',
    needs: 'importSession',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const values = [
        ...textKinds.flatMap(([, texts]) => texts),
        ...numbers,
        ...empties,
        ...markers,
      ];
      const state = Object.fromEntries(values.map((value, i) => [`k${i}`, value]));
      await service.create({ ...key, state: { ...state, 'user:all': values } });
      await service.appendEvents({
        ...key,
        events: values.map((value, i) => ({
          id: `e${i}`,
          timestamp: i,
          custom: value,
          actions: { stateDelta: { odd: [value], __proto__x: value } },
        })),
      });
      const moved = await moveUser(context, key);
      assert.deepEqual(await viewOfUser(service, moved), await viewOfUser(service, key));
    },
  },
  {
    title: 'keeps the times of sessions, and thereby the order of lists',
    needs: 'importSession',
    async run(context) {
      const { service, newId } = context;
      const { key, records } = await recordsOfSession(context, 1);
      const sessionOf = (sessionId: string, lastUpdateTime: number) =>
        records.map((each) =>
          each.type === 'session'
            ? { ...each, sessionId, lastUpdateTime, createTime: 5 }
            : { ...each, sessionId },
        );
      const ids = upTo(3).map((n) => newId(`s${n}`));
      const times = [at(500), at(700), at(600)];
      await importRecords(
        service,
        ids.flatMap((id, i) => sessionOf(id, times[i] as number)),
      );
      const { sessions } = await service.list({ ...key, order: 'asc' });
      assert.deepEqual(
        sessions.map(({ id, lastUpdateTime, createTime }) => [id, lastUpdateTime, createTime]),
        [
          [ids[0], at(500), 5],
          [ids[2], at(600), 5],
          [ids[1], at(700), 5],
        ],
      );
    },
  },
  {
    title: 'finds moved sessions by their labels, and lets them expire',
    needs: ['importSession', 'updateSession'],
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 2);
      const labels = { status: 'open', title: 'Bücher' };
      const withDetails = (more: object) =>
        records.map((each) => (each.type === 'session' ? { ...each, ...more } : each));
      await importRecords(service, withDetails({ labels, expires: { afterIdle: 1_000_000 } }));
      const open = { ...key, labels: { status: 'open' } };
      assert.deepEqual(idsOf((await service.list(open)).sessions), [key.sessionId]);
      const { expires } = await read(service, key);
      assert.deepEqual(expires, { afterIdle: 1_000_000 });
      await service.updateSession({ ...key, labels: { remove: ['status'] } });
      assert.deepEqual((await service.list(open)).sessions, []);
      await service.delete(key);
      await importRecords(service, withDetails({ labels, expires: { at: 1 } }));
      await expectGone(service, key);
      const { appName, userId } = key;
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 1, done: true });
      await importRecords(service, records);
      assert.deepEqual((await read(service, key)).labels, {});
    },
  },
  {
    title: 'lets an import have the id of an expired session',
    needs: ['importSession', 'updateSession'],
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { records } = await recordsOfSession(context, 2);
      await expire(service, key);
      const { appName, userId, sessionId } = key;
      const mine = records.map((each) => ({ ...each, appName, userId, sessionId }));
      const result = await importRecords(service, mine);
      assert.deepEqual([result.sessions, result.present], [1, 0]);
      const { revision, labels, expires, state } = await read(service, key);
      assert.deepEqual([revision, labels, expires], [2, {}, undefined]);
      assert.deepEqual([state.get('own'), state.get('old3')], ['old', undefined]);
    },
  },
  {
    title: 'shows a session that comes in parts once the last of them is there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 5);
      const { session, events } = requestOf(key, records);
      let part = await service.importSession({ ...key, session, events: events.slice(0, 2) });
      assert.equal(part.revision, 2);
      await expectGone(service, key);
      part = await service.importSession({ ...key, session, events: events.slice(2, 3), part });
      assert.equal(part.revision, 3);
      await expectGone(service, key);
      part = await service.importSession({ ...key, session, events: events.slice(3), part });
      assert.equal(part.revision, 5);
      const { revision, incarnation, state } = await read(service, key);
      assert.deepEqual([revision, incarnation, state.size], [5, part.incarnation, 6]);
      // Sent once more, the last part changes nothing, whatever the answer.
      const other = { ...session, state: { own: 'other' }, expires: { at: 1 } };
      const more = { ...key, session: other, events: [], part };
      await unlessRefused('conflict', () => service.importSession(more));
      const after = await read(service, key);
      assert.deepEqual([after.revision, after.state.toJSON()], [5, state.toJSON()]);
    },
  },
  {
    title:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 4);
      const { session, events } = requestOf(key, records);
      const first = { ...key, session, events: events.slice(0, 2) };
      const part = await service.importSession(first);
      const rest = { ...key, session, events: events.slice(2), part };
      // Another import begins anew.
      const second = await service.importSession(first);
      assert.notEqual(second.incarnation, part.incarnation);
      await expectError(() => service.importSession(rest), { code: 'conflict', path: 'part' });
      // Somebody creates the session.
      await service.create({ ...key, state: { mine: 1 } });
      const late = { ...rest, part: second };
      await expectError(() => service.importSession(late), { code: 'conflict', path: 'part' });
      await expectError(() => service.importSession(first), { code: 'already_exists', key });
      const mine = await read(service, key);
      assert.deepEqual([mine.revision, mine.state.toJSON()], [0, { mine: 1 }]);
      await service.delete(key);
      await expectError(() => service.importSession(late), { code: 'conflict' });
      assert.equal(await service.get(key), undefined);
      const whole = await service.importSession({ ...key, session, events });
      assert.equal(whole.revision, 4);
      await expectError(() => service.importSession({ ...key, session, events }), {
        code: 'already_exists',
      });
    },
  },
  {
    title: 'does not know the state before the last event if the initial one was not kept',
    needs: ['importSession', 'fork'],
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 3);
      const { session, events } = requestOf(key, records);
      const unknown = { ...session, initialState: null };
      await service.importSession({ ...key, session: unknown, events });
      const { initialState } = (await service.get({ ...key, includeInitialState: true })) ?? {};
      assert.equal(initialState, null);
      const fork = await service.fork(key);
      assert.deepEqual(fork.state.toJSON(), { own: 'old', old1: 1, old2: 2, old3: 3 });
      await expectError(() => service.fork({ ...key, throughSeq: 0 }), { code: 'unsupported' });
      const [record] = await recordsOf(service, key);
      assert.ok(record?.type === 'session' && record.initialState === null);
    },
  },
  {
    title: 'refuses parts that are none, with their path, and writes nothing',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 2);
      const { session, events } = requestOf(key, records);
      const [one, two] = events;
      assert.ok(one !== undefined && two !== undefined);
      const refused: readonly (readonly [object, string])[] = [
        [{ session: undefined }, 'session'],
        [{ session: { ...session, revision: -1 } }, 'session.revision'],
        [{ session: { ...session, revision: 1 } }, 'events'],
        [{ session: { ...session, createTime: '1' } }, 'session.createTime'],
        [{ session: { ...session, lastUpdateTime: -1 } }, 'session.lastUpdateTime'],
        [{ session: { ...session, activeFrom: 4 } }, 'session.activeFrom'],
        [{ session: { ...session, activeFrom: 0 } }, 'session.activeFrom'],
        [
          { session: { ...session, forkedFrom: { sessionId: '', seq: 1 } } },
          'session.forkedFrom.sessionId',
        ],
        [
          { session: { ...session, forkedFrom: { sessionId: 'a', seq: -1 } } },
          'session.forkedFrom.seq',
        ],
        [{ events: one }, 'events'],
        [{ events: [] }, 'events'],
        [{ events: [two] }, 'events[0].seq'],
        [{ events: [one, one] }, 'events[1].seq'],
        [{ events: [one, { ...two, id: one.id }] }, 'events[1].id'],
        [{ events: [one, { ...two, partial: true }] }, 'events[1].partial'],
        [{ events: [{ ...one, timestamp: 'now' }] }, 'events[0].timestamp'],
        [{ part: { revision: 0, incarnation: 'a' } }, 'part.revision'],
        [{ part: { revision: 1, incarnation: '' } }, 'part.incarnation'],
      ];
      for (const [more, path] of refused) {
        const call = () => service.importSession({ ...key, session, events, ...more } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      for (const state of [
        { a: Number.NaN },
        1,
        [1],
        { '': 1 },
        { 'user:a': 1 },
        { 'temp:a': 1 },
      ]) {
        for (const field of ['state', 'initialState']) {
          const bad = { ...key, session: { ...session, [field]: state }, events };
          const call = () => service.importSession(bad as never);
          await expectError(call, { code: 'invalid_argument' });
        }
      }
      assert.equal(await service.get(key), undefined);
      assert.equal((await service.importSession({ ...key, session, events })).revision, 2);
    },
  },
  {
    title: 'refuses records that are none, and those of a later version',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 2);
      const [session, event] = records;
      assert.ok(session !== undefined && event !== undefined);
      const invalid = { code: 'invalid_argument', path: 'records' } as const;
      const lists: readonly (readonly unknown[])[] = [
        [null],
        ['line'],
        [{ ...session, type: 'snapshot' }],
        [event],
        [session, { ...event, sessionId: 'another' }],
        [session, { ...event, userId: 'another' }],
      ];
      for (const list of lists) {
        await expectError(() => importRecords(service, list as never), invalid);
      }
      const later = [{ ...session, version: 2 }];
      const call = () => importRecords(service, later as never);
      await expectError(call, { code: 'unsupported', path: 'version' });
      assert.equal(await service.get(key), undefined);
      assert.deepEqual(await importRecords(service, []), counts);
    },
  },
]);

/** A fork as it can be compared: what it is, or why it is refused. */
async function forkOf(
  { service }: CaseContext,
  request: SessionKey & { readonly throughSeq: number },
): Promise<unknown> {
  try {
    const { state, events, revision, activeFrom, conversationHistory } =
      await service.fork(request);
    const own = [...state].filter(([name]) => !name.includes(':'));
    return { own: new Map(own), events, revision, activeFrom, conversationHistory };
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}
