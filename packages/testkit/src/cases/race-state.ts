import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { GetStateRequest } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { answersOf, type Instances, raceCases, turnOf } from '../race.ts';
import { at, newSession, newSibling, upTo } from '../scenario.ts';

const ROUNDS = 6;
const CALLERS = 10;

type Scope = 'user' | 'app';

interface Scoped {
  readonly instances: Instances;
  readonly scope: Scope;
}

function ownerOf(scope: Scope, { appName, userId }: SessionKey): GetStateRequest {
  return scope === 'user' ? { scope, appName, userId } : { scope, appName };
}

/** Keys that callers remove or change, and others that stay. */
function initialState(): Record<string, number> {
  const names = upTo(CALLERS).flatMap((n) => [`old${n}`, `changed${n}`, `kept${n}`]);
  return Object.fromEntries(names.map((name) => [name, 0]));
}

/** What is there once all callers have made their changes. */
function changedState(): Record<string, number> {
  const changes = upTo(CALLERS).map((n) => ({ [`k${n}`]: n, [`changed${n}`]: n, [`kept${n}`]: 0 }));
  return Object.assign({}, ...changes);
}

async function expectNoneLost(context: CaseContext, { instances, scope }: Scoped): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const owner = ownerOf(scope, context.newKey());
    await instances[0].updateState({ ...owner, set: initialState() });
    const calls = upTo(CALLERS).map((n) => async () => {
      const set = { [`k${n}`]: n, [`changed${n}`]: n };
      const update = { ...owner, set, remove: [`old${n}`] };
      const answer = await turnOf(instances, n).updateState(update);
      const seen = [answer[`k${n}`], answer[`changed${n}`], answer[`old${n}`], answer[`kept${n}`]];
      assert.deepEqual(seen, [n, n, undefined, 0], 'the state after the change');
    });
    await answersOf(calls, { round, random: context.random });
    for (const service of new Set(instances)) {
      assert.deepEqual(await service.getState(owner), changedState());
    }
  }
}

async function expectNoneLostOfAny(
  context: CaseContext,
  { instances, scope }: Scoped,
): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const sibling = await newSibling(context, key);
    const owner = ownerOf(scope, key);
    await instances[0].updateState({ ...owner, set: initialState() });
    const calls = upTo(CALLERS).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 3));
      const set = { [`k${n}`]: n, [`changed${n}`]: n };
      const remove = [`old${n}`];
      const scoped = Object.entries(set).map(([name, value]) => [`${scope}:${name}`, value]);
      const stateDelta = Object.fromEntries(scoped);
      if (n % 3 === 0) return service.updateState({ ...owner, set, remove });
      if (n % 3 === 1) {
        const removedStateKeys = remove.map((name) => `${scope}:${name}`);
        const event = { timestamp: at(n), actions: { stateDelta, removedStateKeys } };
        return service.appendEvent({ ...(n % 2 === 0 ? key : sibling), event });
      }
      // What `create` cannot remove is removed by another call at the same time.
      const create = { ...key, sessionId: `s${n}`, state: stateDelta };
      return Promise.all([service.create(create), service.updateState({ ...owner, remove })]);
    });
    await answersOf<unknown>(calls, { round, random: context.random });
    for (const service of new Set(instances)) {
      assert.deepEqual(await service.getState(owner), changedState());
    }
  }
}

async function expectWhole(context: CaseContext, { instances, scope }: Scoped): Promise<void> {
  const names = upTo(8).map((n) => `k${n}`);
  for (const round of upTo(ROUNDS).keys()) {
    const owner = ownerOf(scope, context.newKey());
    const update = (n: number) => {
      const ordered = n % 4 < 2 ? names : names.toReversed();
      if (n % 3 === 0) return { set: { removed: n }, remove: ordered };
      const set = Object.fromEntries(ordered.map((name) => [name, n]));
      return { set, remove: ['removed'] };
    };
    const after = (n: number) => update(n).set;
    const calls = upTo(CALLERS).map(
      (n) => () => turnOf(instances, n).updateState({ ...owner, ...update(n) }),
    );
    const answers = await answersOf(calls, { round, random: context.random });
    answers.push(await turnOf(instances, round).getState(owner));
    for (const state of answers) {
      const n = Number(state['removed'] ?? state['k1']);
      assert.deepEqual(state, after(n), 'the keys of one update change together');
    }
    assert.deepEqual(await instances[1].getState(owner), answers.at(-1));
  }
}

/** Changes of the state of users and apps at the same moment. */
export const stateRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'loses none of the parallel `updateState` of different keys of a user',
    run: (context, instances) => expectNoneLost(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: 'loses none of the parallel `updateState` of different keys of an app',
    run: (context, instances) => expectNoneLost(context, { instances, scope: 'app' }),
  }),
  ...raceCases({
    title: "loses none of a user's keys that all kinds of calls change at the same time",
    run: (context, instances) => expectNoneLostOfAny(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: "loses none of an app's keys that all kinds of calls change at the same time",
    run: (context, instances) => expectNoneLostOfAny(context, { instances, scope: 'app' }),
  }),
  ...raceCases({
    title: "makes one of many racing changes of a user's keys the last one, as a whole",
    run: (context, instances) => expectWhole(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: "makes one of many racing changes of an app's keys the last one, as a whole",
    run: (context, instances) => expectWhole(context, { instances, scope: 'app' }),
  }),
]);
