import assert from 'node:assert/strict';
import type { Event, EventInput, SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  seqsOf,
  upTo,
} from '../scenario.ts';

const ROUNDS = 6;
const CALLERS = 10;

/** An event that says in the state that it was the last one. */
function eventOf(id: string, more: EventInput = {}): EventInput {
  return { id, author: 'user', actions: { stateDelta: { last: id, 'user:last': id } }, ...more };
}

/** What is stored, and that the state is the one after the last event. */
async function storedIn(instances: Instances, key: SessionKey): Promise<readonly Event[]> {
  const [{ events }] = [await read(instances[0], key)];
  const ids = idsOf(events);
  assert.equal(new Set(ids).size, ids.length, `each id once, not ${ids}`);
  assert.deepEqual(seqsOf(events), upTo(events.length));
  for (const service of new Set(instances)) {
    const session = await read(service, key);
    assert.deepEqual([session.revision, session.events], [events.length, events]);
    const last = [session.state.get('last'), session.state.get('user:last')];
    assert.deepEqual(last, [ids.at(-1), ids.at(-1)], 'the state after the last event');
  }
  return events;
}

async function expectOnce(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    // Two events, which many append, among others that come once.
    const idOf = (n: number) => (n % 5 === 0 ? `other${n}` : `e${1 + (n % 2)}`);
    // A retry without a time is the same as well.
    const time = round % 2 === 0 ? {} : { timestamp: at(1) };
    const calls = upTo(14).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 2));
      return service.appendEvent({ ...key, event: eventOf(idOf(n), time) });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const stored = await storedIn(instances, key);
    assert.deepEqual(idsOf(stored).sort(), [...new Set(upTo(14).map(idOf))].sort());
    for (const answer of answers) {
      assert.deepEqual(
        answer,
        stored.find(({ id }) => id === answer.id),
        'the event as stored',
      );
    }
  }
}

async function expectBatchOnce(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const batches = ['a', 'b'].map((name) => upTo(3).map((i) => eventOf(`${name}${i}`)));
    const calls = upTo(CALLERS).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 2));
      if (n % 5 === 0) return [await service.appendEvent({ ...key, event: eventOf(`other${n}`) })];
      const onStored = n % 3 === 0 ? ({ onStored: 'skip' } as const) : {};
      return service.appendEvents({ ...key, events: batches[n % 2] ?? [], ...onStored });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const stored = await storedIn(instances, key);
    assert.equal(stored.length, 6 + 2);
    for (const answer of answers) {
      const first = (answer[0]?.seq ?? 0) - 1;
      assert.deepEqual(answer, stored.slice(first, first + answer.length), 'a batch as stored');
    }
  }
}

async function expectOneContent(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const calls = upTo(CALLERS).map((n) => async () => {
      const stateDelta = { [`k${n}`]: n, [`user:k${n}`]: n };
      const event = { id: 'e1', author: `agent ${n}`, timestamp: at(1), actions: { stateDelta } };
      const service = turnOf(instances, n);
      if (n % 4 < 2) return { n, events: [await service.appendEvent({ ...key, event })] };
      const events = [{ id: `own${n}` }, event];
      return { n, events: await service.appendEvents({ ...key, events }) };
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [1, CALLERS - 1]);
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    const [winner] = answers;
    for (const service of new Set(instances)) {
      const { events, state } = await read(service, key);
      assert.deepEqual(events, winner?.events);
      const expected = { [`k${winner?.n}`]: winner?.n, [`user:k${winner?.n}`]: winner?.n };
      assert.deepEqual(state.toJSON(), expected, 'nothing of the others');
    }
  }
}

async function expectAllAnswered(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSessionWithEvents(context, 1);
    const events = upTo(round % 2 === 0 ? 1 : 3).map((n) => eventOf(`mine${n}`));
    const [event] = events as [EventInput];
    const calls = upTo(CALLERS).map((n) => async () => {
      const service = turnOf(instances, n);
      if (round % 2 !== 0) return service.appendEvents({ ...key, events, expectedRevision: 1 });
      return [await service.appendEvent({ ...key, event, expectedRevision: 1 })];
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const [, ...stored] = await storedIn(instances, key);
    for (const answer of answers) assert.deepEqual(answer, stored);
  }
}

/** A part of the ids, in any order. */
function someOf(ids: readonly string[], { random }: Pick<CaseContext, 'random'>): string[] {
  const first = random.below(ids.length - 1);
  const some = ids.slice(first, first + 2 + random.below(3));
  return random.below(2) === 0 ? some : some.toReversed();
}

async function expectAllOrNone(context: CaseContext, instances: Instances): Promise<void> {
  const ids = upTo(7).map((n) => `e${n}`);
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const asked = upTo(CALLERS).map(() => someOf(ids, context));
    const calls = asked.map((batch, n) => async () => {
      const events = batch.map((id) => eventOf(id));
      return turnOf(instances, n).appendEvents({ ...key, events });
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    const stored = await storedIn(instances, key);
    const answered = new Set(answers.flatMap(idsOf));
    assert.deepEqual(idsOf(stored).sort(), [...answered].sort(), 'nothing of a refused batch');
    for (const event of answers.flat()) {
      assert.deepEqual(event, stored[(event.seq ?? 0) - 1], 'an event as stored');
    }
    for (const batch of asked) {
      assert.ok(
        batch.some((id) => answered.has(id)),
        'a batch is refused only if it overlaps',
      );
    }
  }
}

async function expectUnion(context: CaseContext, instances: Instances): Promise<void> {
  const ids = upTo(8).map((n) => `e${n}`);
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const asked = upTo(CALLERS).map(() => someOf(ids, context));
    const calls = asked.map((batch, n) => async () => {
      const service = turnOf(instances, n);
      const events = batch.map((id) => eventOf(id));
      const [event] = events as [EventInput];
      if (n % 5 === 0) return [await service.appendEvent({ ...key, event })];
      return service.appendEvents({ ...key, events, onStored: 'skip' });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const stored = await storedIn(instances, key);
    const union = new Set(asked.flatMap((batch, n) => (n % 5 === 0 ? batch.slice(0, 1) : batch)));
    assert.deepEqual(idsOf(stored).sort(), [...union].sort());
    for (const [n, answer] of answers.entries()) {
      assert.deepEqual(idsOf(answer), asked[n]?.slice(0, answer.length), 'in the order of a batch');
      for (const event of answer) assert.deepEqual(event, stored[(event.seq ?? 0) - 1]);
    }
  }
}

async function expectOneRest(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const old = eventOf('old');
    await instances[0].appendEvent({ ...key, event: old });
    const calls = upTo(CALLERS).map((n) => async () => {
      const events = n % 5 === 0 ? [old] : [old, eventOf(`mine${n}`)];
      const request = { ...key, events, onStored: 'skip', expectedRevision: 1 } as const;
      return turnOf(instances, n).appendEvents(request);
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    const stored = await storedIn(instances, key);
    assert.equal(stored.length, 2, 'the rest of one batch');
    for (const answer of answers) assert.deepEqual(answer, stored.slice(0, answer.length));
    // Those of which nothing was left are answered, and one other.
    assert.deepEqual([answers.length, refusals.length], [2 + 1, CALLERS - 3]);
    for (const { code, revision } of refusals) {
      assert.deepEqual([code, revision], ['conflict', 2]);
    }
  }
}

async function expectEachSession(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const other = { ...key, userId: context.newId('user') };
    await instances[0].create(other);
    const keys = [key, other, await newSibling(context, key), await newSibling(context, key)];
    const calls = keys.flatMap((session, i) =>
      upTo(3).map((n) => async () => {
        const event = { id: 'e1', author: session.sessionId };
        return turnOf(instances, i + n).appendEvent({ ...session, event });
      }),
    );
    const answers = await answersOf(calls, { round, random: context.random });
    for (const { seq } of answers) assert.equal(seq, 1);
    for (const session of keys) {
      const { events } = await read(turnOf(instances, round), session);
      assert.deepEqual(
        events.map(({ author }) => author),
        [session.sessionId],
      );
    }
  }
}

/** Appends of the same events at the same moment. */
export const retryRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'stores an event once if many append it at the same time',
    run: expectOnce,
  }),
  ...raceCases({
    title: 'stores a batch once if many append it at the same time',
    run: expectBatchOnce,
  }),
  ...raceCases({
    title: 'stores one of many events that race for an id with other content',
    run: expectOneContent,
  }),
  ...raceCases({
    title: 'answers all who append the same at the same time and expect the same revision',
    run: expectAllAnswered,
  }),
  ...raceCases({
    title: 'appends all or none of each of many racing batches that have events in common',
    run: expectAllOrNone,
  }),
  ...raceCases({
    title: "appends the rest of each of many racing batches for `onStored: 'skip'`",
    run: expectUnion,
  }),
  ...raceCases({
    title: "appends the rest of one of many racing batches for `onStored: 'skip'` at one revision",
    run: expectOneRest,
  }),
  ...raceCases({
    title: 'keeps apart events with the same id that several sessions get at the same time',
    run: expectEachSession,
  }),
]);
