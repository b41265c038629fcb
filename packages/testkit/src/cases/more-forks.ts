import assert from 'node:assert/strict';
import type { Event } from '@holdfast/core';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { idsOf, newSession, newSessionWithEvents, readState } from '../scenario.ts';

/** What a fork has to be beside its events and its state. */
export const moreForkCases = casesOf('fork', [
  {
    title: 'gives a watcher the events that it was made with, and those of its own',
    needs: ['fork', 'watch'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const fork = await service.fork({ ...key, throughSeq: 2 });
      await service.appendEvent({ ...fork.key, event: { id: 'own' } });
      const seen: Event[] = [];
      for await (const event of service.watch(fork.key)) if (seen.push(event) === 3) break;
      assert.deepEqual(idsOf(seen), ['e1', 'e2', 'own']);
    },
  },
  {
    title: 'is not held for the turn of the session that it is made of',
    needs: ['fork', 'turns'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      await service.acquireTurn({ ...key, turn: 'first' });
      const fork = await service.fork(key);
      const late = { ...fork.key, event: { id: 'late' }, turn: 'first' };
      await expectError(() => service.appendEvent(late), { code: 'conflict', path: 'turn' });
      await service.acquireTurn({ ...fork.key, turn: 'second' });
      await service.appendEvent({ ...key, event: { id: 'on' }, turn: 'first' });
    },
  },
  {
    title: 'does not do again what its events did to `user:` and `app:` keys',
    needs: 'fork',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const stateDelta = { 'user:a': 1, 'app:a': 1 };
      await service.appendEvent({ ...key, event: { actions: { stateDelta } } });
      await service.updateState({ scope: 'user', appName, userId, set: { a: 2 } });
      await service.updateState({ scope: 'app', appName, remove: ['a'] });
      const fork = await service.fork(key);
      assert.deepEqual(fork.state.toJSON(), { 'user:a': 2 });
      assert.deepEqual(await readState(service, key), { 'user:a': 2 });
    },
  },
]);
