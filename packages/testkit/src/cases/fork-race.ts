import assert from 'node:assert/strict';
import type { Event, SessionKey } from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { turnOf as eventOf, expectSameEvents, ownState } from '../past-session.ts';
import { answersOf, type Instances, lookWhile, outcomesOf, raceCases, turnOf } from '../race.ts';
import { idsOf, newSession, newSessionWithEvents, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'fork' as const;
const ROUNDS = 4;

/** An event that says in the state that it was the last one. */
function lastOf(n: number) {
  return { ...eventOf(n), actions: { stateDelta: { last: `e${n}`, [`k${n}`]: n } } };
}

/** Fails unless a session is whole: all its events, and the state after the last of them. */
async function expectWhole(service: SessionService, key: SessionKey): Promise<readonly Event[]> {
  const { events, revision, state, forkedFrom } = await read(service, key);
  assert.deepEqual(seqsOf(events), upTo(revision));
  if (forkedFrom !== undefined) assert.ok(forkedFrom.seq <= revision);
  const own = ownState(state);
  assert.equal(own['last'], events.at(-1)?.id ?? 'none');
  assert.equal(Object.keys(own).length, revision + 1);
  return events;
}

async function expectOneOfAnId(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { last: 'none' });
    await instances[0].appendEvents({ ...key, events: upTo(8).map(lastOf) });
    const newSessionId = context.newId('fork');
    const fork = { ...key, sessionId: newSessionId };
    const calls = upTo(8).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n === 4) return service.create({ ...fork, state: { last: 'none' } });
      return service.fork({ ...key, newSessionId, throughSeq: n });
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [1, 7]);
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    for (const service of instances) {
      await expectWhole(service, fork);
      assert.deepEqual((await read(service, fork)).toJSON(), answers[0]?.toJSON());
      assert.equal((await expectWhole(service, key)).length, 8);
    }
  }
}

async function expectBesideAppends(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { last: 'none' });
    await instances[0].appendEvents({ ...key, events: upTo(3).map(lastOf) });
    let next = 3;
    const append = (n: number) => async () => {
      const events = upTo(n % 3 === 0 ? 3 : 1).map(() => lastOf(++next));
      await turnOf(instances, n).appendEvents({ ...key, events });
      return undefined;
    };
    const fork = (n: number) => async () => {
      const service = turnOf(instances, n);
      const session = await service.fork(n % 2 === 0 ? key : { ...key, throughSeq: 2 });
      await expectWhole(turnOf(instances, n + 1), session.key);
      assert.equal(session.forkedFrom?.seq, session.revision);
      return session;
    };
    const calls: (() => Promise<Session | undefined>)[] = upTo(12).map((n) =>
      n % 3 === 0 ? fork(n) : append(n),
    );
    const answers = await answersOf(calls, { round, random: context.random });
    const source = await expectWhole(instances[1], key);
    assert.equal(source.length, next);
    for (const session of answers) {
      if (session !== undefined) {
        expectSameEvents(session.events, source.slice(0, session.revision));
      }
    }
  }
}

async function expectSourceGone(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { last: 'none' });
    await instances[0].appendEvents({ ...key, events: upTo(6).map(lastOf) });
    const fork = (n: number) => async () => {
      const newSessionId = context.newId('fork');
      const to = { ...key, sessionId: newSessionId };
      const call = () => turnOf(instances, n).fork({ ...key, newSessionId, throughSeq: n });
      const session = await unlessRefused('not_found', call);
      return { to, n, isThere: session !== undefined };
    };
    const remove = async () => ({ isDeleted: await instances[1].delete(key) });
    const calls: (() => Promise<object>)[] = [fork(1), fork(2), remove, fork(3), fork(4), fork(5)];
    const answers = await answersOf(calls, { round, random: context.random });
    assert.equal(await instances[0].get(key), undefined);
    let count = 0;
    for (const answer of answers) {
      if (!('to' in answer)) continue;
      const { to, n, isThere } = answer as { to: SessionKey; n: number; isThere: boolean };
      if (isThere) {
        count++;
        assert.equal((await expectWhole(instances[1], to)).length, n);
      } else {
        assert.equal(await instances[1].get(to), undefined);
      }
    }
    const { appName, userId } = key;
    const { total } = await instances[0].list({ appName, userId, includeTotal: true });
    assert.equal(total, count);
  }
}

async function expectOfOneSession(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { last: 'none' });
    await instances[0].appendEvents({ ...key, events: upTo(4).map(lastOf) });
    const fork = (n: number) => async () => {
      const call = () => turnOf(instances, n).fork(key);
      return unlessRefused('not_found', call);
    };
    const again = async () => {
      await instances[1].delete(key);
      await instances[1].create({ ...key, state: { last: 'none' } });
      const events = upTo(2).map((n) => ({ ...lastOf(n), author: 'new' }));
      await instances[1].appendEvents({ ...key, events });
      return undefined;
    };
    const calls = [fork(1), fork(2), again, fork(3), fork(4)];
    const answers = await answersOf(calls, { round, random: context.random });
    for (const session of answers) {
      if (session === undefined) continue;
      const events = await expectWhole(instances[0], session.key);
      const isNew = events.some(({ author }) => author === 'new');
      assert.ok(
        events.every(({ author }) => (author === 'new') === isNew),
        'of one session',
      );
      assert.ok(events.length === 4 || (isNew && events.length === 2) || events.length === 0);
    }
  }
}

async function expectManyAtOnce(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { last: 'none' });
    await instances[0].appendEvents({ ...key, events: upTo(6).map(lastOf) });
    const calls = upTo(8).map((n) => async () => {
      const service = turnOf(instances, n);
      const { key: fork } = await service.fork({ ...key, throughSeq: n % 7 });
      await service.appendEvent({ ...fork, event: lastOf(n + 10) });
      return { fork, n };
    });
    const answers = await answersOf(calls, { round, random: context.random });
    for (const { fork, n } of answers) {
      const ids = idsOf(await expectWhole(instances[1], fork));
      assert.deepEqual(ids, [...upTo(n % 7).map((i) => `e${i}`), `e${n + 10}`]);
    }
    assert.equal((await expectWhole(instances[1], key)).length, 6);
  }
}

async function expectNeverInPart(context: CaseContext, instances: Instances): Promise<void> {
  const [writer, reader] = instances;
  const key = await newSessionWithEvents(context, 60);
  const ids = upTo(6).map(() => context.newId('fork'));
  const { appName, userId } = key;
  const write = async () => {
    for (const newSessionId of ids) await writer.fork({ ...key, newSessionId });
  };
  await lookWhile(write, async () => {
    for (const sessionId of ids) {
      const session = await reader.get({ ...key, sessionId });
      if (session === undefined) continue;
      assert.deepEqual([session.revision, session.events.length], [60, 60]);
      assert.deepEqual(session.forkedFrom, { sessionId: key.sessionId, seq: 60 });
    }
    const { sessions } = await reader.list({ appName, userId });
    for (const { id, revision, forkedFrom } of sessions) {
      assert.equal(revision, 60);
      if (id !== key.sessionId) assert.equal(forkedFrom?.seq, 60);
    }
  });
}

/** Forks at the same moment as other calls. */
export const forkRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'makes one fork if many race for one id, and makes it as a whole',
    needs,
    run: expectOneOfAnId,
  }),
  ...raceCases({
    title: 'forks a session as it is at one moment, however many append to it',
    needs,
    run: expectBesideAppends,
  }),
  ...raceCases({
    title: 'forks a session as a whole, or not at all, if it is deleted at the same time',
    needs,
    run: expectSourceGone,
  }),
  ...raceCases({
    title: 'forks the old session or the new one, never a mix, while it is created again',
    needs,
    run: expectOfOneSession,
  }),
  ...raceCases({
    title: 'makes many forks of one session at once, of different points',
    needs,
    run: expectManyAtOnce,
  }),
  ...raceCases({
    title: 'never shows a fork in part',
    needs,
    run: expectNeverInPart,
  }),
]);
