import assert from 'node:assert/strict';
import type { EventInput, SessionKey } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import {
  answersOf,
  aPartOf,
  aPause,
  type Instances,
  lengthOf,
  nextTurn,
  outcomesOf,
  raceCases,
  turnOf,
} from '../race.ts';
import { at, idsOf, newSessionWithEvents, read, readState, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 6;
const CALLERS = 10;
// A delete may have to begin anew after each append that overtakes it.
const MOST_APPENDED = 4;
const QUICK_TRIES = 40;
const MOST_TRIES = 300;

/** Event `i` of caller `n`, which changes something in each scope. */
function eventOf(n: number, i: number): EventInput {
  const names = [`own${n}`, `user:k${n}`, `app:k${n}`];
  const stateDelta = Object.fromEntries(names.map((name) => [name, i]));
  return { id: `${n}-${i}`, timestamp: at(n), actions: { stateDelta } };
}

async function expectOneWins(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSessionWithEvents(context, 1);
    const sizeOf = (n: number) => (n % 3 === 0 ? 2 : 1);
    const eventsOf = (n: number) => upTo(sizeOf(n)).map((i) => eventOf(n, i));
    const calls = upTo(CALLERS).map((n) => async () => {
      const service = turnOf(instances, n);
      const events = eventsOf(n);
      const [event] = events as [EventInput];
      if (events.length > 1) await service.appendEvents({ ...key, events, expectedRevision: 1 });
      else await service.appendEvent({ ...key, event, expectedRevision: 1 });
      return n;
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random });
    assert.equal(answers.length, 1, 'appends that have won');
    const winner = Number(answers[0]);
    const revision = 1 + sizeOf(winner);
    for (const error of refusals) {
      assert.deepEqual([error.code, error.path], ['conflict', 'expectedRevision']);
      assert.equal(error.revision, revision, 'the revision that a conflict names');
    }
    const ids = ['e1', ...upTo(sizeOf(winner)).map((i) => `${winner}-${i}`)];
    const last = sizeOf(winner);
    const expected = {
      [`own${winner}`]: last,
      [`user:k${winner}`]: last,
      [`app:k${winner}`]: last,
    };
    for (const service of new Set(instances)) {
      const session = await read(service, key);
      assert.deepEqual([session.revision, idsOf(session.events)], [revision, ids]);
      assert.deepEqual(session.state.toJSON(), expected, 'the state, without that of the others');
    }
    // The ids of those that have lost are free.
    const loser = winner === 1 ? 2 : 1;
    const other = { id: `${loser}-1`, author: 'another' };
    const expectedRevision = revision;
    const stored = await turnOf(instances, round).appendEvent({
      ...key,
      event: other,
      expectedRevision,
    });
    assert.deepEqual([stored.seq, stored.author], [revision + 1, 'another']);
  }
}

async function expectDirectlyAfter(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSessionWithEvents(context, 1);
    const callers = upTo(16);
    // Some expect a revision that comes with those of the others that expect none.
    const expectedBy = (n: number) => (n % 2 === 0 ? 1 + Math.floor(n / 4) : undefined);
    const calls = callers.map((n) => async () => {
      // Either kind on both instances.
      const service = turnOf(instances, Math.floor(n / 2));
      const expectedRevision = expectedBy(n);
      const event = { id: `e-${n}`, timestamp: at(n), actions: { stateDelta: { [`k${n}`]: n } } };
      const { seq } = await service.appendEvent({ ...key, event, expectedRevision });
      if (expectedRevision !== undefined) {
        assert.equal(seq, expectedRevision + 1, 'the number after the expected revision');
      }
      return n;
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random });
    for (const { code, revision } of refusals) {
      assert.equal(code, 'conflict');
      assert.ok(revision !== undefined && revision >= 1 && revision <= 1 + answers.length);
    }
    const unconditional = callers.filter((n) => expectedBy(n) === undefined);
    for (const n of unconditional) assert.ok(answers.includes(n), 'those that expect nothing win');
    const { events, state, revision } = await read(turnOf(instances, round), key);
    assert.deepEqual(seqsOf(events), upTo(1 + answers.length));
    assert.equal(revision, 1 + answers.length);
    assert.deepEqual(idsOf(events).sort(), ['e1', ...answers.map((n) => `e-${n}`)].sort());
    assert.deepEqual(state.toJSON(), Object.fromEntries(answers.map((n) => [`k${n}`, n])));
  }
}

/** Adds to a counter, by the contract's way: read, append if nothing came between, or again. */
async function increment(
  service: SessionService,
  { key, name }: { readonly key: SessionKey; readonly name: string },
): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { state, revision } = await read(service, key);
    const stateDelta = { [name]: Number(state.get(name) ?? 0) + 1 };
    const event = { timestamp: at(1), actions: { stateDelta } };
    try {
      const stored = await service.appendEvent({ ...key, event, expectedRevision: revision });
      assert.equal(stored.seq, revision + 1);
      return;
    } catch (error) {
      if (!isHoldfastError(error, 'conflict')) throw error;
      assert.ok((error.revision ?? 0) > revision, 'a conflict names a later revision');
    }
  }
  throw new Error('each conflict is because another append has won, and there are not so many');
}

async function expectCounted(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  const [callers, times] = [3, 4];
  for (const round of upTo(2).keys()) {
    const key = await newSessionWithEvents(context, 1);
    const count = (n: number) => async () => {
      for (const _ of upTo(times)) await increment(turnOf(instances, n), { key, name: 'count' });
    };
    const disturb = (n: number) => async () => {
      for (const i of upTo(times)) {
        await turnOf(instances, n).appendEvent({ ...key, event: eventOf(n, i) });
        await nextTurn();
      }
    };
    await answersOf([...upTo(callers).map(count), disturb(1)], { round, random });
    const { state, revision } = await read(turnOf(instances, round), key);
    assert.equal(state.get('count'), callers * times, 'increments, none of which is lost');
    assert.equal(revision, 1 + (callers + 1) * times);
  }
}

interface LateAppends {
  readonly key: SessionKey;
  readonly n: number;
  readonly expectedIncarnation: string;
  readonly acknowledge: (name: string) => void;
  readonly pause: () => Promise<void>;
}

/** Appends to one incarnation until it is another one's turn, and tells of what was acknowledged. */
async function appendUntilRefused(service: SessionService, late: LateAppends): Promise<void> {
  const { key, n, expectedIncarnation, acknowledge, pause } = late;
  for (const i of upTo(MOST_APPENDED)) {
    const name = `of-${n}-${i}`;
    const actions = { stateDelta: { [name]: i, [`user:${name}`]: i } };
    const event = { id: name, author: 'old', timestamp: at(i), actions };
    const batch = [event, { id: `${name}-more`, author: 'old', timestamp: at(i) }];
    await pause();
    try {
      if (n % 3 !== 0) await service.appendEvent({ ...key, event, expectedIncarnation });
      else await service.appendEvents({ ...key, events: batch, expectedIncarnation });
      acknowledge(name);
    } catch (error) {
      if (isHoldfastError(error, 'not_found')) continue;
      if (!isHoldfastError(error, 'conflict')) throw error;
      assert.equal(error.path, 'expectedIncarnation');
      return;
    }
  }
}

async function expectNotInTheNext(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random, service } = context;
  for (const _ of upTo(5)) {
    const key = newKey();
    const { appName, userId } = key;
    const { incarnation: expectedIncarnation } = await service.create({
      ...key,
      state: { own: 1 },
    });
    const acknowledged: string[] = [];
    const acknowledge = (name: string) => acknowledged.push(name);
    const first = { ...key, expectedIncarnation, event: { id: 'first' } };
    const length = await lengthOf(() => instances[0].appendEvent(first));
    const pause = () => aPartOf(length, random);
    const append = (n: number) =>
      appendUntilRefused(turnOf(instances, n), { key, n, expectedIncarnation, acknowledge, pause });
    const remove = async () => {
      await pause();
      assert.equal(await instances[1].delete(key), true);
    };
    // The new session comes as soon as the old one is gone.
    const create = async (n: number) => {
      await pause();
      const call = () => turnOf(instances, n).create({ ...key, state: { own: 2 } });
      for (let tries = 1; tries < MOST_TRIES; tries++) {
        if ((await unlessRefused('already_exists', call)) !== undefined) return;
        const found = tries % 8 === 0 ? await service.get(key) : undefined;
        if (found !== undefined && found.incarnation !== expectedIncarnation) return;
        await (tries < QUICK_TRIES ? nextTurn() : aPause());
      }
    };
    await Promise.all([...upTo(5).map(append), remove(), ...upTo(4).map(create)]);
    // If the delete took longer than all their tries.
    await service.getOrCreate({ ...key, state: { own: 2 } });
    for (const reader of new Set(instances)) {
      const { revision, events } = await read(reader, key);
      assert.deepEqual([revision, idsOf(events)], [0, []], 'nothing was meant for the new session');
      const names = acknowledged.map((name) => `user:${name}`);
      assert.deepEqual(
        Object.keys((await readState(reader, key)) as object).sort(),
        ['own', ...names].sort(),
        'the state has what was acknowledged',
      );
      const ofUser = await reader.getState({ scope: 'user', appName, userId });
      assert.deepEqual(Object.keys(ofUser).sort(), acknowledged.toSorted());
    }
    const late = { ...key, expectedIncarnation, event: { id: 'late' } };
    assert.equal(await unlessRefused('conflict', () => service.appendEvent(late)), undefined);
  }
}

/** Appends that expect something of the session, and others at the same moment. */
export const expectedRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'lets one of many appends that expect the same revision win',
    run: expectOneWins,
  }),
  ...raceCases({
    title: 'appends directly after the expected revision, whatever others append meanwhile',
    run: expectDirectlyAfter,
  }),
  ...raceCases({
    title: 'lets a counter be kept by `expectedRevision`, whoever writes meanwhile',
    run: expectCounted,
  }),
  ...raceCases({
    title: 'keeps appends to a session out of the next one with its id, however soon it comes',
    run: expectNotInTheNext,
  }),
]);
