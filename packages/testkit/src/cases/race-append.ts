import assert from 'node:assert/strict';
import type { Event, EventInput, JsonObject, JsonValue, SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { answersOf, type Instances, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, newSibling, read, seqsOf, upTo, walkList } from '../scenario.ts';

const ROUNDS = 4;
const CALLERS = 12;

/** Event `i` of caller `n`, which sets its own key and one of all, and removes one of another. */
function eventOf(n: number, i: number): EventInput {
  const stateDelta = { [`k${n}`]: i, last: `${n}-${i}`, 'user:last': `${n}-${i}` };
  const removedStateKeys = [`k${(n % CALLERS) + 1}`];
  return { id: `${n}-${i}`, timestamp: at(n), actions: { stateDelta, removedStateKeys } };
}

/** The state after the events, as their order has it. */
function fold(events: readonly Event[]): JsonObject {
  const state = new Map<string, JsonValue>();
  for (const { actions } of events) {
    for (const name of actions.removedStateKeys ?? []) state.delete(name);
    for (const [name, value] of Object.entries(actions.stateDelta)) state.set(name, value);
  }
  return Object.fromEntries(state);
}

/** Single appends of half of the callers, and batches of the others, on both instances. */
function appends(instances: Instances, key: SessionKey) {
  return upTo(CALLERS).map((n) => async (): Promise<readonly Event[]> => {
    const service = turnOf(instances, n);
    if (n % 4 < 2) return [await service.appendEvent({ ...key, event: eventOf(n, 1) })];
    return service.appendEvents({ ...key, events: upTo(3).map((i) => eventOf(n, i)) });
  });
}

/** The events of both instances, in `get` and in pages, which are those that were answered. */
async function expectStored(
  instances: Instances,
  { key, answered }: { readonly key: SessionKey; readonly answered: readonly Event[] },
): Promise<readonly Event[]> {
  const expected = answered.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  assert.deepEqual(seqsOf(expected), upTo(expected.length), 'the numbers that were answered');
  for (const service of new Set(instances)) {
    const { events, revision } = await read(service, key);
    assert.equal(revision, expected.length);
    assert.deepEqual(events, expected, 'the events, as they were answered');
    const page = await service.listEvents({ ...key, limit: 1000 });
    assert.deepEqual(page, { events: expected, hasMore: false });
  }
  return expected;
}

async function expectNumbered(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const calls = upTo(20).map(
      (n) => () => turnOf(instances, n).appendEvent({ ...key, event: { id: `e${n}` } }),
    );
    const answered = await answersOf(calls, { round, random: context.random });
    assert.deepEqual(
      idsOf(answered).sort(),
      upTo(20)
        .map((n) => `e${n}`)
        .sort(),
    );
    await expectStored(instances, { key, answered });
  }
}

async function expectTogether(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const calls = appends(instances, key);
    const answers = await answersOf(calls, { round, random: context.random });
    for (const [i, batch] of answers.entries()) {
      const first = batch[0]?.seq ?? 0;
      assert.deepEqual(
        seqsOf(batch),
        upTo(batch.length).map((each) => first - 1 + each),
      );
      const ids = upTo(batch.length).map((each) => `${i + 1}-${each}`);
      assert.deepEqual(idsOf(batch), ids, 'a batch in its order');
    }
    await expectStored(instances, { key, answered: answers.flat() });
  }
}

async function expectFolded(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    // What the first ones remove is there.
    const initial = Object.fromEntries(upTo(CALLERS).map((n) => [`k${n}`, 0]));
    const key = await newSession(context, initial);
    const calls = appends(instances, key);
    const answers = await answersOf(calls, { round, random: context.random });
    const stored = await expectStored(instances, { key, answered: answers.flat() });
    // Each key that was there is set, or removed, by one of the events.
    const folded = fold(stored);
    for (const service of new Set(instances)) {
      const { state } = await read(service, key);
      assert.deepEqual(state.toJSON(), folded, 'the state after all events in their order');
    }
  }
}

async function expectNoneLost(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const scopes = ['user:', 'app:'];
    const named = (name: string) => scopes.map((scope) => [`${scope}${name}`, name] as const);
    const old = upTo(CALLERS).flatMap((n) => [...named(`old${n}`), ...named(`kept${n}`)]);
    const key = await newSession(context, Object.fromEntries(old));
    const keys = [key, await newSibling(context, key), await newSibling(context, key)];
    const calls = upTo(CALLERS).map((n) => () => {
      const stateDelta = Object.fromEntries([...named(`k${n}`), ['own', n]]);
      const removedStateKeys = named(`old${n}`).map(([name]) => name);
      const event = { timestamp: at(n), actions: { stateDelta, removedStateKeys } };
      const session = keys[n % keys.length] ?? key;
      return turnOf(instances, n).appendEvent({ ...session, event });
    });
    await answersOf(calls, { round, random: context.random });
    const left = upTo(CALLERS).flatMap((n) => [`k${n}`, `kept${n}`]);
    const expected = Object.fromEntries(left.map((name) => [name, name]));
    const { appName, userId } = key;
    for (const service of new Set(instances)) {
      const owner = { scope: 'user', appName, userId } as const;
      assert.deepEqual(await service.getState(owner), expected, 'the state of the user');
      assert.deepEqual(await service.getState({ scope: 'app', appName }), expected, 'of the app');
    }
  }
}

async function expectAllOfOne(context: CaseContext, instances: Instances): Promise<void> {
  const scopes = ['user:', 'app:'];
  const names = upTo(8).flatMap((n) => scopes.map((scope) => `${scope}k${n}`));
  const bare = upTo(8).map((n) => `k${n}`);
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const { appName, userId } = key;
    // Each append has a session of its own, so that none has to begin anew, and comes last.
    const siblings = [key, await newSibling(context, key), await newSibling(context, key)];
    const setBy = (n: number, all: readonly string[]) => {
      const ordered = n % 4 < 2 ? all : all.toReversed();
      return Object.fromEntries(ordered.map((name) => [name, n]));
    };
    const append = (n: number) => () => {
      const event = { timestamp: at(n), actions: { stateDelta: setBy(n, names) } };
      return turnOf(instances, n).appendEvent({ ...(siblings[n % 3] ?? key), event });
    };
    const create = (n: number) => () => {
      const request = { ...key, sessionId: `s${n}`, state: setBy(n, names) };
      return turnOf(instances, n).create(request);
    };
    const updateUser = (n: number) => () =>
      turnOf(instances, n).updateState({ scope: 'user', appName, userId, set: setBy(n, bare) });
    const updateApp = (n: number) => () =>
      turnOf(instances, n).updateState({ scope: 'app', appName, set: setBy(n, bare) });
    const kinds = [append, create, updateUser, create, updateApp];
    const calls = upTo(15).map((n): (() => Promise<unknown>) => (kinds[n % 5] ?? append)(n));
    await answersOf(calls, { round, random: context.random });
    const { state } = await read(turnOf(instances, round), key);
    for (const scope of scopes) {
      const values = bare.map((name) => state.get(`${scope}${name}`));
      assert.equal(new Set(values).size, 1, 'the keys of one call must change together');
      assert.equal(typeof values[0], 'number');
    }
  }
}

async function expectLatest(context: CaseContext, instances: Instances): Promise<void> {
  const { service, random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const { appName, userId } = key;
    const keys = [key, await newSibling(context, key), await newSibling(context, key)];
    const latest = keys.map(() => 0);
    const calls = upTo(CALLERS).map((n) => () => {
      const i = n % keys.length;
      const times = upTo(n % 4 === 0 ? 3 : 1).map(() => 1 + random.below(1000));
      latest[i] = Math.max(latest[i] ?? 0, ...times);
      const events = times.map((time) => ({ timestamp: at(time) }));
      return turnOf(instances, n).appendEvents({ ...(keys[i] ?? key), events });
    });
    await answersOf(calls, { round, random });
    const expected = keys.map(({ sessionId }, i) => [sessionId, at(latest[i] ?? 0)] as const);
    const reader = turnOf(instances, round);
    for (const [sessionId, time] of expected) {
      assert.equal((await read(reader, { ...key, sessionId })).lastUpdateTime, time);
    }
    // By time, then by id, descending.
    const ordered = expected.toSorted(([a, s], [b, t]) => t - s || (a < b ? 1 : -1));
    const lists = [
      { appName, userId, limit: 2 },
      ...(service.capabilities.listAllUsers
        ? [{ appName, allUsers: true, limit: 2 } as const]
        : []),
    ];
    for (const list of lists) {
      const listed = (await walkList(reader, list)).flat();
      assert.deepEqual(
        listed.map(({ id, lastUpdateTime }) => [id, lastUpdateTime]),
        ordered,
      );
    }
  }
}

/** Appends at the same moment. */
export const appendRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'gives parallel appends to a session the numbers 1 to N',
    run: expectNumbered,
  }),
  ...raceCases({
    title: 'keeps the events of parallel batches together',
    run: expectTogether,
  }),
  ...raceCases({
    title: 'folds the state of a session in the order of its events, however they race',
    run: expectFolded,
  }),
  ...raceCases({
    title: 'loses none of the parallel changes to different `user:` and `app:` keys',
    run: expectNoneLost,
  }),
  ...raceCases({
    title: 'accepts parallel calls that change the same keys in a different order',
    run: expectAllOfOne,
  }),
  ...raceCases({
    title: 'moves each session to the time of its latest event, however they race',
    run: expectLatest,
  }),
]);
