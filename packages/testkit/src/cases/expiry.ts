import assert from 'node:assert/strict';
import type { SessionKey, SessionService, StateInput } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { another } from '../race.ts';
import { at, idsOf, newSibling, read } from '../scenario.ts';

type Creator = (service: SessionService, key: SessionKey, state: StateInput) => Promise<unknown>;

/** Each call that creates the session of an id. */
const creators: readonly (readonly [string, Creator])[] = [
  ['create', (service, key, state) => service.create({ ...key, state })],
  ['getOrCreate', (service, key, state) => service.getOrCreate({ ...key, state })],
  [
    'an append with `ifMissing`',
    (service, key, stateDelta) =>
      service.appendEvent({ ...key, event: { actions: { stateDelta } }, ifMissing: 'create' }),
  ],
];

export const expiryCases = casesOf('expiry', [
  {
    title: 'takes an expired session for missing in every call, swept or not',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const sibling = await newSibling(context, key);
      await expire(service, key);
      await expectGone(service, key);
      await service.sweep({ appName: key.appName, userId: key.userId });
      await expectGone(service, key);
      assert.deepEqual(idsOf((await service.list(key)).sessions), [sibling.sessionId]);
    },
  },
  {
    title: 'takes an expired session for missing in another instance',
    needs: ['updateSession', 'shared'],
    async run(context) {
      const other = await another(context);
      const key = await newFullSession(context);
      assert.equal((await read(other, key)).revision, 3);
      await expire(context.service, key);
      await expectGone(other, key);
    },
  },
  {
    title: 'takes an expired session for missing in another process',
    needs: ['updateSession', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service: other } = await context.startProcess(context.service);
      const key = await newFullSession(context);
      assert.equal((await read(other, key)).revision, 3);
      await expire(other, key);
      await expectGone(context.service, key);
      await expectGone(other, key);
    },
  },
  {
    title: 'keeps expiries when its storage is opened again',
    needs: ['updateSession', 'persistent'],
    async run(context) {
      const { service } = context;
      const gone = await newFullSession(context);
      const kept = await newFullSession(context);
      await expire(service, gone);
      await service.close();
      const opened = await context.reopen(service);
      await expectGone(opened, gone);
      const { expires } = await read(opened, kept);
      assert.deepEqual(expires, { at: at(1) });
    },
  },
  {
    title: 'keeps the state of the user and of the app when a session expires',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      await expire(service, key);
      await service.sweep({ appName, allUsers: true });
      const user = await service.getState({ scope: 'user', appName, userId });
      const app = await service.getState({ scope: 'app', appName });
      assert.deepEqual([user, app], [{ theirs: 'kept' }, { everyones: 'kept' }]);
    },
  },
  ...creators.map(([name, create]) => ({
    title: `finds nothing of an expired session that it makes way for in ${name}`,
    needs: 'updateSession' as const,
    async run(context: CaseContext) {
      const { service } = context;
      for (const isSwept of [false, true]) {
        const key = await newFullSession(context);
        const { incarnation } = await read(service, key);
        await expire(service, key);
        if (isSwept) await service.sweep({ appName: key.appName, allUsers: true });
        await create(service, key, { 'user:new': 1 });
        assert.notEqual((await read(service, key)).incarnation, incarnation);
        await expectNothingOld(service, key);
        const { sessions, total } = await service.list({ ...key, includeTotal: true });
        assert.deepEqual([idsOf(sessions), total], [[key.sessionId], 1]);
        const { state } = await read(service, key);
        assert.equal(state.get('user:new'), 1);
        assert.equal(state.get('user:theirs'), 'kept');
      }
    },
  })),
  {
    title: 'lets a fork have the id of an expired session',
    needs: ['updateSession', 'fork'],
    async run(context) {
      const { service, newKey } = context;
      const key = await newFullSession(context);
      const source = { ...key, sessionId: newKey().sessionId };
      await service.create({ ...source, state: { from: 'source' } });
      await expectError(() => service.fork({ ...source, newSessionId: key.sessionId }), {
        code: 'already_exists',
      });
      await expire(service, key);
      await service.fork({ ...source, newSessionId: key.sessionId });
      assert.equal((await read(service, key)).state.get('from'), 'source');
      await expectNothingOld(service, key);
    },
  },
]);
