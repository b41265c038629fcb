import assert from 'node:assert/strict';
import { importRecords, type SessionKey } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectGone, expectNothingOld } from '../gone.ts';
import {
  inApp,
  moveUser,
  newEventfulUser,
  recordsOf,
  recordsOfSession,
  requestOf,
  viewOfUser,
} from '../moving.ts';
import { empties, markers, numbers, textKinds } from '../odd-values.ts';
import { at, idsOf, read, upTo } from '../scenario.ts';

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
