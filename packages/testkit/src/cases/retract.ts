import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import {
  turnOf as eventOf,
  expectSameEvents,
  newPastSession,
  textsOf,
  wholeOf,
} from '../past-session.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { newSession, newSibling, read, seqsOf, upTo } from '../scenario.ts';

/** Taking events out of the conversation. */
export const retractCases = casesOf('retract', [
  {
    title: 'takes events out of the conversation by their ids, and appends a marker that says so',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = await read(service, key);
      const marker = await service.retract({ ...key, eventIds: ['e5', 'e2'] });
      assert.equal(marker.seq, count + 1);
      assert.deepEqual(marker.actions.retract, { eventIds: ['e5', 'e2'] });
      assert.equal(marker.content, undefined);
      expectFrozen(marker, 'marker');
      const after = await read(service, key);
      assert.deepEqual(textsOf(after), ['t1', 't3', 't4', 't6']);
      expectSameEvents(after.events, [...before.events, marker]);
      const last = await service.get({ ...key, numRecentEvents: 1 });
      expectSameEvents(last?.events ?? [], [marker]);
      const page = await service.listEvents({ ...key, limit: 1000 });
      expectSameEvents(page.events, after.events);
    },
  },
  {
    title: 'takes all events through a `seq` out of the conversation, which goes on',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const marker = await service.retract({ ...key, throughSeq: 4 });
      assert.deepEqual(marker.actions.retract, { throughSeq: 4 });
      assert.deepEqual(textsOf(await read(service, key)), ['t5', 't6']);
      await service.appendEvent({ ...key, event: eventOf(9) });
      assert.deepEqual(textsOf(await read(service, key)), ['t5', 't6', 't9']);
      await service.retract({ ...key, throughSeq: count + 2 });
      const session = await read(service, key);
      assert.deepEqual(textsOf(session), []);
      assert.deepEqual(seqsOf(session.events), upTo(count + 3));
      await service.appendEvent({ ...key, event: eventOf(10) });
      assert.deepEqual(textsOf(await read(service, key)), ['t10']);
    },
  },
  {
    title: 'leaves state as it is if events are only retracted, in each scope',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const { state } = await read(service, key);
      for (const what of [{ eventIds: ['e1', 'e2', 'e5'] }, { throughSeq: 6 }]) {
        const marker = await service.retract({ ...key, ...what } as never);
        assert.deepEqual(marker.actions.stateDelta, {});
        assert.deepEqual((await read(service, key)).state.toJSON(), state.toJSON());
      }
    },
  },
  {
    title: 'takes out what is out already, the same id twice, and nothing at all',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e2', 'e2'] });
      await service.retract({ ...key, eventIds: ['e2', 'e3'] });
      await service.retract({ ...key, throughSeq: 0 });
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't4', 't5', 't6']);
      await service.retract({ ...key, throughSeq: 3 });
      assert.deepEqual(textsOf(await read(service, key)), ['t4', 't5', 't6']);
      assert.equal((await read(service, key)).revision, 10);
    },
  },
  {
    title: 'takes out many events at once, however long ago they came',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: upTo(700).map(eventOf) });
      const odd = upTo(700).filter((n) => n % 2 === 1);
      await service.retract({ ...key, eventIds: odd.map((n) => `e${n}`) });
      const even = upTo(700).filter((n) => n % 2 === 0);
      assert.deepEqual(
        textsOf(await read(service, key)),
        even.map((n) => `t${n}`),
      );
      await expectError(
        () => service.retract({ ...key, eventIds: [...even.map((n) => `e${n}`), 'e701'] }),
        { code: 'not_found', path: 'eventIds[350]' },
      );
    },
  },
  {
    title: 'is undone by a rewind to a point before it',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e1'] });
      await service.retract({ ...key, throughSeq: 4 });
      assert.deepEqual(textsOf(await read(service, key)), ['t5', 't6']);
      await service.rewind({ ...key, toSeq: count + 1 });
      assert.deepEqual(textsOf(await read(service, key)), ['t2', 't3', 't4', 't5', 't6']);
      await service.rewind({ ...key, toSeq: count });
      assert.equal(textsOf(await read(service, key)).length, count);
      await service.rewind({ ...key, toSeq: count + 2 });
      assert.deepEqual(textsOf(await read(service, key)), ['t5', 't6']);
    },
  },
  {
    title: 'is taken along by a fork, which may go on without it',
    needs: 'fork',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e1', 'e3'] });
      assert.deepEqual(textsOf(await service.fork(key)), ['t2', 't4', 't5', 't6']);
      const before = await service.fork({ ...key, throughSeq: count });
      assert.equal(textsOf(before).length, count);
    },
  },
  {
    title: 'knows the ids of what it took out, for retries',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const stored = await service.appendEvents({ ...key, events: upTo(3).map(eventOf) });
      await service.retract({ ...key, throughSeq: 3 });
      for (const n of upTo(3)) {
        const again = await service.appendEvent({ ...key, event: eventOf(n) });
        assert.deepEqual(again, stored[n - 1]);
      }
      assert.equal((await read(service, key)).revision, 4);
    },
  },
  {
    title: 'is there when the storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const { key } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e2'] });
      await service.retract({ ...key, throughSeq: 1 });
      const before = await wholeOf(service, key);
      await service.close();
      assert.deepEqual(await wholeOf(await reopen(service), key), before);
    },
  },
]);

/** What cannot be retracted. */
export const retractRefusedCases = casesOf('retract', [
  {
    title: 'is `not_found` for an id that the session does not have, and takes nothing out',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const sibling = await newSibling(context, key);
      await service.appendEvent({ ...sibling, event: { id: 'theirs' } });
      const before = await wholeOf(service, key);
      for (const unknown of ['e7', 'E1', 'theirs', '1']) {
        const call = () => service.retract({ ...key, eventIds: ['e1', unknown, 'e2'] });
        await expectError(call, { code: 'not_found', key, path: 'eventIds[1]' });
      }
      await expectError(() => service.retract({ ...key, eventIds: ['e1', 'e1', 'e7'] }), {
        code: 'not_found',
        path: 'eventIds[2]',
      });
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
  {
    title: 'refuses what does not say which events, with the path',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = await wholeOf(service, key);
      const wrong: readonly (readonly [object, string])[] = [
        [{}, 'eventIds'],
        [{ eventIds: [] }, 'eventIds'],
        [{ eventIds: 'e1' }, 'eventIds'],
        [{ eventIds: ['e1', 7] }, 'eventIds[1]'],
        [{ eventIds: [''] }, 'eventIds[0]'],
        [{ throughSeq: count + 1 }, 'throughSeq'],
        [{ throughSeq: -1 }, 'throughSeq'],
        [{ throughSeq: '1' }, 'throughSeq'],
        [{ throughSeq: 1, eventIds: ['e1'] }, 'eventIds'],
        [{ throughSeq: 1, erase: 1 }, 'erase'],
      ];
      for (const [what, path] of wrong) {
        const call = () => service.retract({ ...key, ...what } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
  {
    title: 'is `not_found` for a session that does not exist, or is of another user or app',
    async run(context) {
      const { service, newId, newKey } = context;
      const { key } = await newPastSession(context);
      const others = [
        newKey(),
        { ...key, userId: newId('user') },
        { ...key, appName: newId('app') },
      ];
      for (const other of others) {
        for (const what of [{ eventIds: ['e1'] }, { throughSeq: 0 }]) {
          const call = () => service.retract({ ...other, ...what } as never);
          await expectError(call, { code: 'not_found', key: other });
        }
      }
      assert.equal(textsOf(await read(service, key)).length, 6);
    },
  },
  {
    title: 'is `conflict` if the session has moved on, and takes nothing out',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = await wholeOf(service, key);
      for (const what of [{ eventIds: ['e1'] }, { throughSeq: 2 }]) {
        const call = () => service.retract({ ...key, ...what, expectedRevision: 2 } as never);
        await expectError(call, { code: 'conflict', key, revision: count });
      }
      assert.deepEqual(await wholeOf(service, key), before);
      const right = { ...key, eventIds: ['e1'], expectedRevision: count };
      assert.equal((await service.retract(right)).seq, count + 1);
    },
  },
]);

async function expectBesideAppends(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(5).keys()) {
    const key = await newSession(context);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const calls = upTo(10).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n === 3) return service.retract({ ...key, eventIds: ['e1', 'e3'] });
      if (n === 8) return service.retract({ ...key, throughSeq: 2 });
      return service.appendEvent({ ...key, event: eventOf(n + 4) });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    for (const service of instances) {
      const session = await read(service, key);
      assert.deepEqual(seqsOf(session.events), upTo(14));
      for (const answer of answers) {
        assert.deepEqual(answer, session.events[(answer.seq ?? 0) - 1]);
      }
      const added = [1, 2, 4, 5, 6, 7, 9, 10].map((n) => `t${n + 4}`);
      assert.deepEqual(textsOf(session).map(String).sort(), ['t4', ...added].sort());
    }
  }
}

async function expectOneOfMany(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(5).keys()) {
    const key = await newSession(context);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const calls = upTo(4).map((n) => async () => {
      const eventIds = [`e${n}`];
      return turnOf(instances, n).retract({ ...key, eventIds, expectedRevision: 4 });
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [1, 3]);
    for (const { code, revision } of refusals) assert.deepEqual([code, revision], ['conflict', 5]);
    assert.equal(textsOf(await read(instances[1], key)).length, 3);
  }
}

/** Retractions while others write. */
export const retractRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'retracts what was asked for, and nothing that is appended at the same time',
    run: expectBesideAppends,
  }),
  ...raceCases({
    title: 'retracts events once if many expect the same revision',
    run: expectOneOfMany,
  }),
]);
