import assert from 'node:assert/strict';
import type { Event, JsonObject } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { turnOf as eventOf, ownState, statesAfter } from '../past-session.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { newSession, read, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 4;
const initial: JsonObject = { last: 0, given: 1 };

/** Fails unless each marker brings the state back to what it was, as the events tell it. */
function expectTold(events: readonly Event[], state: JsonObject): void {
  assert.deepEqual(seqsOf(events), upTo(events.length));
  const states = statesAfter(initial, events);
  for (const { seq = 0, actions } of events) {
    const { rewind } = actions;
    if (rewind === undefined) continue;
    assert.deepEqual(states[seq], states[rewind.toSeq], `the state after the marker at ${seq}`);
  }
  assert.deepEqual(state, states.at(-1), 'the state after the last event');
}

async function expectBesideAppends(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, initial);
    const append = (n: number) => async () => {
      const removedStateKeys = n % 3 === 0 ? ['given'] : [];
      const actions = { stateDelta: { last: n, [`k${n % 4}`]: n }, removedStateKeys };
      return turnOf(instances, n).appendEvent({ ...key, event: { ...eventOf(n), actions } });
    };
    for (const n of upTo(4)) await append(n)();
    const rewind = (toSeq: number) => async () =>
      turnOf(instances, toSeq).rewind({ ...key, toSeq });
    const calls = upTo(10).map((n) => (n % 5 === 0 ? rewind(n / 5) : append(n + 4)));
    const answers = await answersOf(calls, { round, random: context.random });
    for (const service of instances) {
      const { events, state } = await read(service, key);
      assert.equal(events.length, 14);
      expectTold(events, ownState(state));
      for (const answer of answers) assert.deepEqual(answer, events[(answer.seq ?? 0) - 1]);
    }
  }
}

async function expectOneOfMany(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, initial);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const calls = upTo(6).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n % 3 !== 0) return service.rewind({ ...key, toSeq: n % 3, expectedRevision: 4 });
      return service.appendEvent({ ...key, event: eventOf(n + 4), expectedRevision: 4 });
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [1, 5]);
    for (const { code, revision } of refusals) assert.deepEqual([code, revision], ['conflict', 5]);
    assert.deepEqual((await read(instances[1], key)).events.slice(4), answers);
  }
}

async function expectGone(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, initial);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const { incarnation } = await read(instances[0], key);
    const rewind = (toSeq: number) => async () =>
      turnOf(instances, toSeq).rewind({ ...key, toSeq });
    const again = async () => {
      await instances[1].delete(key);
      await instances[1].create({ ...key, state: { of: 'new' } });
    };
    const calls: (() => Promise<unknown>)[] = [rewind(1), again, rewind(2), rewind(0)];
    const { refusals } = await outcomesOf(calls, { round, random: context.random });
    // Too late, or behind the last event of the new session.
    for (const { code } of refusals) assert.ok(code === 'not_found' || code === 'invalid_argument');
    const session = await read(instances[0], key);
    assert.notEqual(session.incarnation, incarnation);
    assert.deepEqual(session.state.toJSON(), { of: 'new' });
    // Rewinds of the new session alone, which has nothing to bring back.
    for (const { seq = 0, actions } of session.events) {
      assert.ok((actions.rewind?.toSeq ?? seq) < seq);
      assert.deepEqual([actions.stateDelta, actions.removedStateKeys], [{}, undefined]);
    }
  }
}

/** Going back while others write. */
export const rewindRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'brings back the state as it was, by a rewind among appends and other rewinds',
    run: expectBesideAppends,
  }),
  ...raceCases({
    title: 'rewinds a session once if many expect the same revision',
    run: expectOneOfMany,
  }),
  ...raceCases({
    title: 'never brings anything of a session into the next one of its ids, by a rewind',
    run: expectGone,
  }),
]);
