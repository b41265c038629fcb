import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { outcomesOf } from '../race.ts';
import { at, newSession, newSessionWithEvents, read, readState, upTo } from '../scenario.ts';

/** What rewinding and erasing have to leave alone. */
export const moreMarkerCases = casesOf('rewind', [
  {
    title: 'does not take back what later events did to `user:` and `app:` keys',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const n of [1, 2]) {
        const stateDelta = { own: n, 'user:a': n, 'app:a': n };
        await service.appendEvent({ ...key, event: { actions: { stateDelta } } });
      }
      await service.rewind({ ...key, toSeq: 1 });
      assert.deepEqual(await readState(service, key), { own: 1, 'user:a': 2, 'app:a': 2 });
    },
  },
  {
    title: 'leaves the labels of a session as they are',
    needs: 'updateSession',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      await service.updateSession({ ...key, labels: { set: { title: 'Books' } } });
      await service.rewind({ ...key, toSeq: 0 });
      assert.deepEqual((await read(service, key)).labels, { title: 'Books' });
    },
  },
  {
    title: 'never lets `lastUpdateTime` go back, whatever it rewinds',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.rewind({ ...key, toSeq: 1 });
      assert.equal((await read(service, key)).lastUpdateTime, at(3));
    },
  },
  {
    title: 'never lets `lastUpdateTime` go back, whatever it erases',
    needs: 'erase',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.retract({ ...key, throughSeq: 3, erase: true });
      assert.equal((await read(service, key)).lastUpdateTime, at(3));
    },
  },
  {
    title: 'erases nothing but what is named: not its neighbours',
    needs: 'erase',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 5);
      await service.retract({ ...key, eventIds: ['e3'], erase: true });
      const { events } = await read(service, key);
      const erased = events.filter((event) => event.erased).map(({ id }) => id);
      assert.deepEqual(erased, ['e3']);
    },
  },
  {
    title: 'erases nothing if an append at the same moment makes it a `conflict`',
    needs: 'erase',
    async run(context) {
      const { service, random } = context;
      for (const round of upTo(12)) {
        const key = await newSessionWithEvents(context, 2);
        const erase = { ...key, eventIds: ['e1'], erase: true, expectedRevision: 2 };
        const calls = [
          () => service.appendEvent({ ...key, event: { id: 'other' } }),
          () => service.retract(erase),
        ];
        const { refusals } = await outcomesOf(calls, { round: round - 1, random });
        const [first] = (await read(service, key)).events;
        assert.equal(first?.erased === true, refusals.length === 0, 'erased, or refused');
      }
    },
  },
  {
    title: 'loads all of a session whose id had one with a summary before it',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const compactedContent = { role: 'user', parts: [{ text: 'before' }] };
      const compaction = { fromSeq: 1, throughSeq: 3, compactedContent };
      await service.appendEvent({ ...key, event: { actions: { compaction } } });
      await service.delete(key);
      await service.create(key);
      await service.appendEvents({ ...key, events: [{ id: 'a' }, { id: 'b' }] });
      const session = await service.get({ ...key, active: true });
      assert.deepEqual([session?.events.length, session?.activeFrom], [2, 1]);
    },
  },
  {
    title: 'gives nulls of the state that a session began with',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: null, b: 1 });
      const session = await service.get({ ...key, includeInitialState: true });
      assert.deepEqual(session?.initialState, { a: null, b: 1 });
    },
  },
  {
    title: 'adds nothing in a turn that the session is not held for',
    needs: ['turns', 'increments'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'one' });
      const event = { actions: { stateIncrements: { a: 1, 'user:a': 1 } } };
      const late = () => service.appendEvent({ ...key, event, turn: 'two' });
      await expectError(late, { code: 'conflict', path: 'turn' });
      assert.deepEqual(await readState(service, key), {});
      await service.appendEvent({ ...key, event, turn: 'one' });
      assert.deepEqual(await readState(service, key), { a: 1, 'user:a': 1 });
    },
  },
]);
