import assert from 'node:assert/strict';
import { exportApp, exportUser } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expire, newFullSession } from '../gone.ts';
import { collect, newEventfulUser, recordsOf } from '../moving.ts';
import { at, idsOf, newSession, newSessionWithEvents, seqsOf, upTo } from '../scenario.ts';

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
      for (const record of records) expectFrozen(record, `a record, ${record.type}`);
      const lines = records.map((record) => JSON.stringify(record));
      assert.ok(lines.every((line) => !line.includes('\n')));
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        records,
      );
    },
  },
  {
    title: 'exports nothing of a user that does not exist, and nothing of others',
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
