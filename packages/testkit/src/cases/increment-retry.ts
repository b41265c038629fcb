import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { adding, MOST } from '../increments.ts';
import { another } from '../race.ts';
import { at, newSession, read, readState, upTo } from '../scenario.ts';

export const incrementRetryCases = casesOf('increments', [
  {
    title: 'counts a retry once',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const one = { id: 'e1', ...adding({ a: 1, 'user:b': 2, 'app:c': 3 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      for (const _ of upTo(3)) {
        assert.deepEqual(await service.appendEvent({ ...key, event: one }), stored);
      }
      assert.deepEqual(await service.appendEvents({ ...key, events: [one] }), [stored]);
      await service.appendEvent({ ...key, event: stored, expectedRevision: 0 });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:b': 2, 'app:c': 3 });
      const other = { ...one, ...adding({ a: 2, 'user:b': 2, 'app:c': 3 }) };
      const call = () => service.appendEvent({ ...key, event: other });
      await expectError(call, { code: 'already_exists' });
      assert.equal((await read(service, key)).revision, 1);
    },
  },
  {
    title: 'counts a retry once even if the key has no place for it any more',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const one = { id: 'e1', ...adding({ a: MOST, 'user:b': 1 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      const stateDelta = { 'user:b': 'text' };
      await service.appendEvent({ ...key, event: { timestamp: at(2), actions: { stateDelta } } });
      assert.deepEqual(await service.appendEvent({ ...key, event: one }), stored);
      assert.deepEqual(await readState(service, key), { a: MOST, 'user:b': 'text' });
    },
  },
  {
    title: 'counts what `onStored: skip` has skipped once',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = upTo(4).map((n) => ({ id: `e${n}`, ...adding({ n, 'app:n': n }) }));
      await service.appendEvents({ ...key, events: events.slice(0, 2) });
      await service.appendEvents({ ...key, events, onStored: 'skip' });
      await service.appendEvents({ ...key, events, onStored: 'skip' });
      assert.deepEqual(await readState(service, key), { n: 10, 'app:n': 10 });
    },
  },
  {
    title: 'counts a retry on another instance once',
    needs: ['increments', 'shared'],
    async run(context) {
      const { service } = context;
      const other = await another(context);
      const key = await newSession(context);
      const one = { id: 'e1', ...adding({ a: 1, 'app:c': 3 }) };
      const stored = await service.appendEvent({ ...key, event: one });
      assert.deepEqual(await other.appendEvent({ ...key, event: one }), stored);
      await other.appendEvent({ ...key, event: adding({ a: 10, 'app:c': 10 }) });
      assert.deepEqual(await readState(service, key), { a: 11, 'app:c': 13 });
    },
  },
  {
    title: 'answers a retry with what is stored, even if nothing could be added any more',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: MOST - 1, 'app:b': MOST - 1 });
      const actions = { stateIncrements: { a: 1, 'app:b': 1 } };
      const event = { id: context.newId('event'), timestamp: at(1), actions };
      const stored = await service.appendEvent({ ...key, event });
      assert.deepEqual(await service.appendEvent({ ...key, event }), stored);
      assert.deepEqual(await service.appendEvents({ ...key, events: [event] }), [stored]);
      assert.deepEqual(await readState(service, key), { a: MOST, 'app:b': MOST });

      // Others have made something else of it.
      await service.appendEvent({
        ...key,
        event: { timestamp: at(2), actions: { stateDelta: { a: 'text', 'app:b': null } } },
      });
      assert.deepEqual(await service.appendEvent({ ...key, event }), stored);
      const other = { ...event, actions: { stateIncrements: { a: 2 } } };
      await expectError(() => service.appendEvent({ ...key, event: other }), {
        code: 'already_exists',
      });
      assert.equal((await read(service, key)).revision, 2);
    },
  },
  {
    title: 'appends the rest of a batch whose increments are stored, if it is told to skip these',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: MOST - 1 });
      const event = {
        id: context.newId('event'),
        timestamp: at(1),
        actions: { stateIncrements: { a: 1 } },
      };
      const stored = await service.appendEvent({ ...key, event });
      const rest = { id: context.newId('event'), timestamp: at(2) };
      const events = [event, rest];
      const answer = await service.appendEvents({ ...key, events, onStored: 'skip' });
      assert.deepEqual(answer[0], stored);
      assert.equal(answer[1]?.seq, 2);
      assert.deepEqual(await readState(service, key), { a: MOST });
    },
  },
  {
    title: 'tells first that the session has moved on, and then that nothing can be added',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 'text' });
      await service.appendEvent({ ...key, event: { timestamp: at(1) } });
      const event = { timestamp: at(2), actions: { stateIncrements: { a: 1 } } };
      const path = 'actions.stateIncrements["a"]';
      await expectError(() => service.appendEvent({ ...key, event, expectedRevision: 0 }), {
        code: 'conflict',
        path: 'expectedRevision',
        revision: 1,
      });
      await expectError(() => service.appendEvent({ ...key, event, expectedRevision: 1 }), {
        code: 'conflict',
        path,
      });
      await expectError(() => service.appendEvent({ ...key, event }), { code: 'conflict', path });
      assert.equal((await read(service, key)).revision, 1);
    },
  },
]);
