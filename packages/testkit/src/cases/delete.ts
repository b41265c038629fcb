import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  readState,
} from '../scenario.ts';

export const deleteCases = casesOf('delete', [
  {
    title: 'answers true, and the session is gone',
    async run(context) {
      const key = await newSessionWithEvents(context, 2);
      assert.equal(await context.service.delete(key), true);
      assert.equal(await context.service.get(key), undefined);
    },
  },
  {
    title: 'answers false if there was no session',
    async run({ service, newKey }) {
      assert.equal(await service.delete(newKey()), false);
    },
  },
  {
    title: 'answers false the second time',
    async run(context) {
      const key = await newSession(context);
      await context.service.delete(key);
      assert.equal(await context.service.delete(key), false);
    },
  },
  {
    title: 'takes the session out of the list',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      await service.delete(key);
      const { appName, userId } = key;
      const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
      assert.deepEqual(idsOf(sessions), [sibling.sessionId]);
      assert.equal(total, 1);
    },
  },
  {
    title: 'leaves the other sessions of the user as they were',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = { ...key, sessionId: `${key.sessionId}-2` };
      await service.create({ ...sibling, state: { own: 1 } });
      await service.appendEvent({ ...sibling, event: { timestamp: at(1) } });
      const before = (await read(service, sibling)).toJSON();
      await service.delete(key);
      assert.deepEqual((await read(service, sibling)).toJSON(), before);
    },
  },
  {
    title: 'leaves the state of the user and of the app',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { 'user:theirs': 1, 'app:everyones': 2 });
      await service.delete(key);
      const { appName, userId } = key;
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), { theirs: 1 });
      assert.deepEqual(await service.getState({ scope: 'app', appName }), { everyones: 2 });
    },
  },
  {
    title: 'is `not_found` for every later call to the session',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      await service.delete(key);
      const missing = { code: 'not_found', key } as const;
      await expectError(() => service.listEvents(key), missing);
      await expectError(() => service.appendEvent({ ...key, event: { id: 'e1' } }), missing);
      await expectError(() => service.appendEvents({ ...key, events: [{ id: 'e2' }] }), missing);
    },
  },
  {
    title: 'leaves no event to a session that is created anew with the id',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.delete(key);
      assert.equal((await service.create(key)).revision, 0);
      assert.deepEqual((await read(service, key)).events, []);
      const { seq } = await service.appendEvent({ ...key, event: { id: 'new', timestamp: at(9) } });
      assert.equal(seq, 1);
      assert.deepEqual(idsOf((await read(service, key)).events), ['new']);
      assert.deepEqual(idsOf((await service.listEvents(key)).events), ['new']);
    },
  },
  {
    title: 'leaves no state to a session that is created anew with the id',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { initial: 1 });
      const actions = { stateDelta: { later: 2 } };
      await service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
      await service.delete(key);
      await service.create(key);
      assert.deepEqual(await readState(service, key), {});
    },
  },
  {
    title: 'frees the ids of the events',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1), author: 'old' } });
      await service.delete(key);
      await service.create(key);
      const event = { id: 'e1', timestamp: at(2), author: 'new' };
      assert.equal((await service.appendEvent({ ...key, event })).author, 'new');
    },
  },
]);
