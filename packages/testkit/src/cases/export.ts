import assert from 'node:assert/strict';
import {
  exportApp,
  exportUser,
  importRecords,
  type SessionKey,
  type SessionService,
} from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expire, newFullSession } from '../gone.ts';
import { collect, newEventfulUser, recordsOf, toApp } from '../moving.ts';
import { type Instances, lookWhile, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, newSessionWithEvents, read, seqsOf, upTo } from '../scenario.ts';

/** Every user of an app, page by page. */
async function walkUsers(
  service: SessionService,
  request: { readonly appName: string; readonly limit?: number },
): Promise<string[]> {
  const all: string[] = [];
  let afterUserId: string | undefined;
  for (;;) {
    const { userIds, hasMore } = await service.listUsers({ ...request, afterUserId });
    all.push(...userIds);
    if (!hasMore) return all;
    assert.ok(userIds.length > 0, 'a page before the last one is not empty');
    afterUserId = userIds.at(-1);
  }
}

export const exportCases = casesOf('export', [
  {
    title: 'exports the state of a user, and each session with its events behind it',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const { appName, userId, sessionId } = key;
      await service.updateState({ scope: 'user', appName, userId, set: { a: 1 } });
      await service.updateState({ scope: 'app', appName, set: { b: 1 } });
      const session = await service.get({ ...key, includeInitialState: true });
      assert.ok(session !== undefined);
      const records = await recordsOf(service, key);
      const { createTime, lastUpdateTime, initialState } = session;
      const version = 1;
      assert.deepEqual(records, [
        { type: 'state', version, appName, userId, state: { a: 1 } },
        {
          type: 'session',
          version,
          ...{ appName, userId, sessionId, createTime, lastUpdateTime },
          ...{ revision: 3, initialState, state: {} },
        },
        ...session.events.map((event) => ({
          type: 'event',
          version,
          ...{ appName, userId, sessionId, event },
        })),
      ]);
    },
  },
  {
    title: 'exports records that are the same as lines of JSON',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { owner } = await newEventfulUser(context);
      const records = [];
      for await (const record of exportUser(service, owner)) records.push(record);
      const lines = records.map((record) => JSON.stringify(record));
      assert.ok(lines.every((line) => !line.includes('\n')));
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        records,
      );
    },
  },
  {
    title: 'exports nothing of a user that is not there, and nothing of others',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { a: 1, 'app:b': 1 });
      const other = { ...key, userId: newId('user') };
      await service.create({ ...other, state: { 'user:c': 1 } });
      assert.deepEqual(await recordsOf(service, { ...key, userId: newId('user') }), []);
      const records = await recordsOf(service, key);
      assert.deepEqual(records.length, 1);
      assert.ok(records.every((record) => record.userId === key.userId));
    },
  },
  {
    title: 'exports no session that has expired',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      await expire(service, key);
      const records = await recordsOf(service, key);
      assert.deepEqual(
        records.map(({ type }) => type),
        ['state'],
      );
    },
  },
  {
    title: 'exports every session and every event of long lists, once and in order',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const events = upTo(620).map((n) => ({ id: `e${n}`, timestamp: at(n % 7) }));
      await service.appendEvents({ ...key, events });
      const ids = upTo(120).map((n) => `s${n}`);
      await Promise.all(ids.map((sessionId) => service.create({ appName, userId, sessionId })));
      const records = await recordsOf(service, key);
      const sessions = records.flatMap((each) => (each.type === 'session' ? each.sessionId : []));
      assert.deepEqual(sessions.sort(), [...ids, key.sessionId].sort());
      const exported = records.flatMap((each) => (each.type === 'event' ? each.event : []));
      assert.deepEqual(seqsOf(exported), upTo(620));
      assert.deepEqual(idsOf(exported), idsOf(events));
    },
  },
  {
    title: 'exports an app: its state, and what there is of each user',
    needs: 'listUsers',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { a: 1, 'user:b': 2, 'app:c': 3 });
      const { appName } = key;
      const users = [key.userId, ...upTo(3).map((n) => newId(`user${n}`))];
      for (const userId of users.slice(1)) {
        const other = { appName, userId, sessionId: 'one' };
        await service.create(other);
        await service.appendEvent({ ...other, event: { id: 'e1', timestamp: at(1) } });
      }
      const stateful = newId('stateful');
      await service.updateState({ scope: 'user', appName, userId: stateful, set: { d: 4 } });
      await newSession(context);
      const records = await collect(exportApp(service, { appName }));
      const expected: unknown[] = [{ type: 'state', version: 1, appName, state: { c: 3 } }];
      const { userIds } = await service.listUsers({ appName });
      assert.deepEqual(new Set(userIds), new Set([...users, stateful]));
      for (const userId of userIds)
        expected.push(...(await recordsOf(service, { appName, userId })));
      assert.deepEqual(records, expected);
      assert.deepEqual(await collect(exportApp(service, { appName: newId('app') })), []);
    },
  },
  {
    title: 'ends an export with the reason of its signal',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 5);
      const { appName, userId } = key;
      const reason = new Error('enough');
      const before = { appName, userId, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => collect(exportUser(service, before))), reason);
      const controller = new AbortController();
      const seen: string[] = [];
      const refusal = await refusalOf(async () => {
        const { signal } = controller;
        for await (const { type } of exportUser(service, { appName, userId, signal })) {
          seen.push(type);
          if (type === 'event') controller.abort(reason);
        }
      });
      assert.equal(refusal, reason);
      assert.deepEqual(seen, ['session', 'event']);
    },
  },
  {
    title: 'refuses to export what no id names',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const invalid = { code: 'invalid_argument' } as const;
      for (const [request, path] of [
        [{ appName }, 'userId'],
        [{ appName: '', userId }, 'appName'],
        [{ appName, userId, signal: 1 }, 'signal'],
      ] as const) {
        const call = () => collect(exportUser(service, request as never));
        await expectError(call, { ...invalid, path });
      }
      const app = () => collect(exportApp(service, { appName: ' a' }));
      await expectError(app, { ...invalid, path: 'appName' });
    },
  },
]);

export const listUsersCases = casesOf('export', [
  {
    title: 'lists the users that have sessions or state, in the order of their bytes',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      const ids = [
        'b',
        'a',
        'B',
        'é',
        'e\u0301',
        'a b',
        '10',
        '9',
        'z'.repeat(255),
        '\u{1d11e}',
        '\uff5e',
      ];
      for (const [i, userId] of ids.entries()) {
        if (i % 2 === 0) await service.create({ appName, userId, sessionId: 's' });
        else await service.updateState({ scope: 'user', appName, userId, set: { a: null } });
      }
      await service.create({ appName: newId('app'), userId: 'other', sessionId: 's' });
      const page = await service.listUsers({ appName });
      const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(page, { userIds: sorted, hasMore: false });
      expectFrozen(page, 'a page');
      for (const limit of [1, 2, 3, ids.length]) {
        assert.deepEqual(await walkUsers(service, { appName, limit }), sorted);
      }
    },
  },
  {
    title: 'lists users in pages, behind one that need not be there',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const userId of ['a', 'c', 'e'])
        await service.create({ appName, userId, sessionId: 's' });
      const page = (afterUserId: string, limit?: number) =>
        service.listUsers({ appName, afterUserId, limit });
      assert.deepEqual(await page('b'), { userIds: ['c', 'e'], hasMore: false });
      assert.deepEqual(await page('a', 1), { userIds: ['c'], hasMore: true });
      assert.deepEqual(await page('c', 1), { userIds: ['e'], hasMore: false });
      assert.deepEqual(await page('e'), { userIds: [], hasMore: false });
    },
  },
  {
    title: 'lists no user of whom nothing is left',
    needs: 'listUsers',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const stateful = { scope: 'user', appName, userId: newId('user') } as const;
      await service.updateState({ ...stateful, set: { a: 1 } });
      const sorted = [userId, stateful.userId].sort();
      assert.deepEqual((await service.listUsers({ appName })).userIds, sorted);
      await service.updateState({ ...stateful, remove: ['a'] });
      assert.deepEqual((await service.listUsers({ appName })).userIds, [userId]);
      await service.delete(key);
      assert.deepEqual((await service.listUsers({ appName })).userIds, []);
      await service.create({ ...key, state: { 'user:b': 1 } });
      await service.delete(key);
      assert.deepEqual((await service.listUsers({ appName })).userIds, [userId]);
      assert.deepEqual(await service.listUsers({ appName: newId('app') }), {
        userIds: [],
        hasMore: false,
      });
    },
  },
  {
    title: 'refuses limits and ids of users that are none',
    needs: 'listUsers',
    async run({ service, newId }) {
      const appName = newId('app');
      for (const [request, path] of [
        [{}, 'appName'],
        [{ appName, limit: 0 }, 'limit'],
        [{ appName, limit: 1001 }, 'limit'],
        [{ appName, afterUserId: '' }, 'afterUserId'],
        [{ appName, afterUserId: null }, 'afterUserId'],
      ] as const) {
        const call = () => service.listUsers(request as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
    },
  },
]);

/** Exports beside writers: what is imported of each is a session as it once was. */
async function expectWholeSessions(context: CaseContext, instances: Instances): Promise<void> {
  const { newId } = context;
  const first = await newSession(context, { n: 0 });
  const { appName, userId } = first;
  const keys: SessionKey[] = [first];
  for (const n of upTo(3)) {
    const key = { appName, userId, sessionId: `s${n}` };
    await instances[0].create({ ...key, state: { n: 0 } });
    keys.push(key);
  }
  const write = async () => {
    for (const n of upTo(12)) {
      await Promise.all(
        keys.map(async (key, i) => {
          const actions = { stateDelta: { n, [`k${n}`]: n } };
          const event = { id: `e${n}`, timestamp: at(n), actions };
          await turnOf(instances, n + i).appendEvent({ ...key, event });
        }),
      );
    }
  };
  let exports = 0;
  const look = async () => {
    const service = turnOf(instances, exports++);
    const records = await recordsOf(service, { appName, userId });
    const moved = newId('app');
    const result = await importRecords(service, toApp(records, moved));
    assert.deepEqual([result.sessions, result.incomplete], [keys.length, 0]);
    for (const { sessionId } of keys) {
      const session = await read(service, { appName: moved, userId, sessionId });
      const { revision, events, state } = session;
      assert.deepEqual(seqsOf(events), upTo(revision));
      const written = upTo(revision).map((n) => [`k${n}`, n] as const);
      assert.deepEqual(state.toJSON(), { n: revision, ...Object.fromEntries(written) });
    }
  };
  await lookWhile(write, look, 1);
  await look();
}

export const exportRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'exports sessions that are written to as they are at some moment',
    needs: 'importSession',
    run: expectWholeSessions,
  }),
]);
