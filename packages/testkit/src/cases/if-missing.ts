import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { turnOf as eventOf } from '../past-session.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, newSessionWithEvents, read, seqsOf, upTo } from '../scenario.ts';

const ifMissing = 'create' as const;
const ROUNDS = 4;

/** Fails unless there is no session. */
async function expectNone({ service }: CaseContext, key: SessionKey): Promise<void> {
  const { appName, userId } = key;
  assert.equal(await service.get(key), undefined);
  const page = await service.list({ appName, userId, includeTotal: true });
  assert.deepEqual(page, { sessions: [], total: 0 });
}

/** Appends that create the session that they are for. */
export const ifMissingCases = casesOf('append', [
  {
    title: "creates the session that is missing, for `ifMissing: 'create'`",
    async run({ service, newKey }) {
      const key = newKey();
      const stateDelta = { own: 1, 'user:theirs': 2, 'app:everyones': 3, 'temp:no': 4 };
      const event = { id: 'e1', timestamp: at(1), actions: { stateDelta } };
      const stored = await service.appendEvent({ ...key, event, ifMissing });
      assert.equal(stored.seq, 1);
      const session = await read(service, key);
      assert.deepEqual(session.events, [stored]);
      assert.deepEqual(session.state.toJSON(), { own: 1, 'user:theirs': 2, 'app:everyones': 3 });
      assert.deepEqual([session.revision, session.lastUpdateTime], [1, at(1)]);
      assert.deepEqual([session.labels, session.expires], [{}, undefined]);
      assert.deepEqual(idsOf((await service.list(key)).sessions), [key.sessionId]);
      await expectError(() => service.create(key), { code: 'already_exists' });
    },
  },
  {
    title: "creates it for a batch, and appends to one that is there, for `ifMissing: 'create'`",
    async run({ service, newKey }) {
      const key = newKey();
      const events = upTo(3).map(eventOf);
      assert.deepEqual(
        seqsOf(await service.appendEvents({ ...key, events, ifMissing })),
        [1, 2, 3],
      );
      const { incarnation } = await read(service, key);
      await service.appendEvent({ ...key, event: eventOf(4), ifMissing });
      const more = { events: upTo(5).map(eventOf), onStored: 'skip' as const, ifMissing };
      await service.appendEvents({ ...key, ...more });
      const session = await read(service, key);
      assert.deepEqual(idsOf(session.events), ['e1', 'e2', 'e3', 'e4', 'e5']);
      assert.equal(session.incarnation, incarnation);
    },
  },
  {
    title: "is `not_found` for a session that is missing, by default and for `ifMissing: 'refuse'`",
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      for (const options of [{}, { ifMissing: 'refuse' as const }]) {
        const calls = [
          () => service.appendEvent({ ...key, event: {}, ...options }),
          () => service.appendEvents({ ...key, events: [{}], ...options }),
        ];
        for (const call of calls) await expectError(call, { code: 'not_found', key });
      }
      await expectNone(context, key);
      for (const wrong of ['CREATE', true, null, '']) {
        const call = () => service.appendEvent({ ...key, event: {}, ifMissing: wrong as never });
        await expectError(call, { code: 'invalid_argument', path: 'ifMissing' });
      }
    },
  },
  {
    title: "creates nothing for an event that is refused, or partial, for `ifMissing: 'create'`",
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const wrong = { actions: { stateDelta: { a: () => {} } } };
      await expectError(() => service.appendEvent({ ...key, event: wrong, ifMissing }), {
        code: 'invalid_argument',
      });
      const twice = [{ id: 'e1' }, { id: 'e1' }];
      await expectError(() => service.appendEvents({ ...key, events: twice, ifMissing }), {
        code: 'invalid_argument',
      });
      await service.appendEvent({ ...key, event: { partial: true }, ifMissing });
      await service.appendEvents({ ...key, events: [], ifMissing });
      await expectNone(context, key);
    },
  },
  {
    title: 'creates nothing for an append that expects something of the session',
    async run(context) {
      const { service, newKey } = context;
      const { incarnation: expectedIncarnation } = await read(service, await newSession(context));
      const key = newKey();
      for (const expected of [{ expectedRevision: 3 }, { expectedIncarnation }]) {
        const call = () => service.appendEvent({ ...key, event: {}, ifMissing, ...expected });
        await expectError(call, { code: 'not_found', key });
      }
      await expectNone(context, key);
      const first = { ...key, event: {}, ifMissing, expectedRevision: 0 };
      assert.equal((await service.appendEvent(first)).seq, 1);
      await expectError(() => service.appendEvent(first), { code: 'conflict', revision: 1 });
    },
  },
  {
    title: "has nothing of a session that was deleted, for `ifMissing: 'create'`",
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.appendEvent({ ...key, event: { actions: { stateDelta: { own: 'old' } } } });
      await service.delete(key);
      const event = { ...eventOf(2), author: 'new' };
      assert.equal((await service.appendEvent({ ...key, event, ifMissing })).seq, 1);
      const { revision, events, state } = await read(service, key);
      assert.deepEqual([revision, idsOf(events), state.size], [1, ['e2'], 0]);
    },
  },
  {
    title: "has nothing of a session that has expired, for `ifMissing: 'create'`",
    needs: 'updateSession',
    async run({ service, newKey }) {
      const key = newKey();
      const labels = { title: 'old' };
      const old = await service.create({ ...key, state: { own: 'old' }, labels });
      await service.appendEvents({ ...key, events: upTo(3).map(eventOf) });
      await service.updateSession({ ...key, expires: { at: 1 } });
      const event = { ...eventOf(2), author: 'new' };
      assert.equal((await service.appendEvent({ ...key, event, ifMissing })).seq, 1);
      const session = await read(service, key);
      assert.notEqual(session.incarnation, old.incarnation);
      assert.deepEqual([session.revision, idsOf(session.events)], [1, ['e2']]);
      assert.deepEqual([session.state.size, session.labels], [0, {}]);
      assert.equal(session.expires, undefined);
    },
  },
  {
    title: "creates nothing for an append with a turn, for `ifMissing: 'create'`",
    needs: 'turns',
    async run(context) {
      const key = context.newKey();
      const append = { ...key, event: {}, ifMissing, turn: 'run-1' };
      await expectError(() => context.service.appendEvent(append), { code: 'not_found', key });
      await expectNone(context, key);
    },
  },
]);

async function expectAllInOne(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    const calls = upTo(10).map((n) => async () => {
      const service = turnOf(instances, n);
      const actions = { stateDelta: { [`k${n}`]: n, [`user:k${n}`]: n } };
      const events = [{ id: `e${n}`, actions }, ...(n % 3 === 0 ? [{ id: `more${n}` }] : [])];
      return service.appendEvents({ ...key, events, ifMissing });
    });
    const answers = (await answersOf(calls, { round, random: context.random })).flat();
    const first = await read(instances[0], key);
    assert.deepEqual(
      first.events,
      answers.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)),
    );
    assert.deepEqual(seqsOf(first.events), upTo(13));
    assert.equal(first.state.size, 20);
    assert.deepEqual((await read(instances[1], key)).toJSON(), first.toJSON());
    assert.deepEqual((await instances[1].list({ ...key, includeTotal: true })).total, 1);
  }
}

async function expectOnceEach(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    const calls = upTo(12).map((n) => async () => {
      const event = eventOf(1 + (n % 2));
      return turnOf(instances, Math.floor(n / 2)).appendEvent({ ...key, event, ifMissing });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const { events, revision } = await read(instances[0], key);
    assert.deepEqual([revision, idsOf(events).sort()], [2, ['e1', 'e2']]);
    for (const answer of answers) assert.deepEqual(answer, events[(answer.seq ?? 0) - 1]);
  }
}

async function expectOverExpired(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    await instances[0].create({ ...key, state: { own: 'old' } });
    await instances[0].appendEvents({ ...key, events: upTo(5).map(eventOf) });
    await instances[0].updateSession({ ...key, expires: { at: 1 } });
    const calls = upTo(8).map((n) => async () => {
      const event = { id: `e${1 + (n % 4)}`, author: 'new', timestamp: at(n % 4) };
      return turnOf(instances, Math.floor(n / 4)).appendEvent({ ...key, event, ifMissing });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    for (const service of instances) {
      const { events, state } = await read(service, key);
      assert.deepEqual(idsOf(events).sort(), ['e1', 'e2', 'e3', 'e4']);
      assert.ok(events.every(({ author }) => author === 'new'));
      assert.equal(state.size, 0);
      for (const answer of answers) assert.deepEqual(answer, events[(answer.seq ?? 0) - 1]);
    }
  }
}

async function expectBesideDeletes(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    const append = (n: number) => async () => {
      const event = { id: `e${n}`, actions: { stateDelta: { [`k${n}`]: n } } };
      await turnOf(instances, n).appendEvent({ ...key, event, ifMissing });
      return n;
    };
    const remove = (n: number) => async () => Number(await turnOf(instances, n).delete(key));
    const calls = [append(1), append(2), remove(1), append(3), remove(2), append(4)];
    const { refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual(refusals, []);
    const last = await turnOf(instances, round).appendEvent({ ...key, event: {}, ifMissing });
    const { events, state, revision } = await read(instances[0], key);
    assert.deepEqual(seqsOf(events), upTo(revision));
    assert.equal(last.seq, revision);
    const keys = idsOf(events.slice(0, -1)).map((id) => `k${id.slice(1)}`);
    assert.deepEqual([...state.keys()].sort(), keys.sort(), 'the state of those that are there');
  }
}

/** Appends that create one session at the same moment. */
export const ifMissingRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: "creates one session for many appends at the same time, for `ifMissing: 'create'`",
    run: expectAllInOne,
  }),
  ...raceCases({
    title: 'stores an event once if many append it to a session that is missing, for `ifMissing`',
    run: expectOnceEach,
  }),
  ...raceCases({
    title: "creates one session over an expired one for many appends, for `ifMissing: 'create'`",
    needs: 'updateSession',
    run: expectOverExpired,
  }),
  ...raceCases({
    title: 'appends to one session or the next while it is deleted, for `ifMissing`',
    run: expectBesideDeletes,
  }),
]);
