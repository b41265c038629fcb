import assert from 'node:assert/strict';
import { importRecords } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expire, newFullSession } from '../gone.ts';
import {
  inApp,
  newEventfulUser,
  nothingImported,
  recordsOf,
  recordsOfSession,
  toApp,
  viewOfUser,
} from '../moving.ts';
import { at, read, upTo } from '../scenario.ts';

export const importAgainCases = casesOf('export', [
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
      assert.deepEqual(first, { ...nothingImported, sessions, events, states: 1 });
      assert.ok(Object.isFrozen(first));
      for (const _ of upTo(2)) {
        const again = await importRecords(service, records);
        assert.deepEqual(again, { ...nothingImported, present: sessions, states: 1 });
        assert.deepEqual(await viewOfUser(service, moved), before);
      }
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
      assert.deepEqual(await importRecords(service, []), nothingImported);
    },
  },
]);
