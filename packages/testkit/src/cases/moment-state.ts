import assert from 'node:assert/strict';
import type { JsonObject } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { Progress, type Watch, watchWhile } from '../progress.ts';
import { answersOf, type Instances, raceCases } from '../race.ts';
import { newSession, newSibling, upTo } from '../scenario.ts';

const UPDATES = 16;
const KEYS = 24;
const ROUNDS = 6;

interface Scoped {
  readonly instances: Instances;
  readonly scope: 'app' | 'user';
}

/** Update `n` sets all keys to `n`, renames one, and says so by a third. */
function update(n: number) {
  const set = Object.fromEntries(upTo(KEYS).map((i) => [`k${i}`, n]));
  const [come, gone] = n % 2 === 0 ? ['even', 'odd'] : ['odd', 'even'];
  return { set: { ...set, [come]: n }, remove: [gone] };
}

function expectUpdated(state: JsonObject, { watch, call }: { watch: Watch; call: string }): void {
  const n = Number(state['k1'] ?? 0);
  watch.expect(n, call);
  assert.deepEqual(state, n === 0 ? {} : update(n).set, `${call} gives the state of update ${n}`);
}

async function expectWholeUpdates(
  context: CaseContext,
  { instances, scope }: Scoped,
): Promise<void> {
  const key = await newSession(context);
  await newSibling(context, key);
  const { appName, userId } = key;
  const owner = scope === 'user' ? ({ scope, appName, userId } as const) : { scope, appName };
  const progress = new Progress();
  const write = async (pace: () => Promise<void>) => {
    for (const _ of upTo(UPDATES)) {
      await pace();
      await progress.next(async (n) => {
        const answer = await instances[0].updateState({ ...owner, ...update(n) });
        assert.deepEqual(answer, update(n).set);
      });
    }
  };
  const bare = (state: Iterable<readonly [string, unknown]> | undefined) =>
    Object.fromEntries(
      [...(state ?? [])].map(([name, value]) => [name.slice(scope.length + 1), value]),
    ) as JsonObject;
  const getState = async (service: SessionService) => {
    const watch = progress.watch();
    expectUpdated(await service.getState(owner), { watch, call: '`getState`' });
  };
  const get = async (service: SessionService) => {
    const watch = progress.watch();
    const session = await service.get(key);
    expectUpdated(bare(session?.state), { watch, call: '`get`' });
  };
  const list = async (service: SessionService) => {
    const watch = progress.watch();
    const { sessions } = await service.list({ ...key, includeState: true });
    const [first, second, ...rest] = sessions.map(({ state }) => bare(state));
    assert.ok(first !== undefined && second !== undefined && rest.length === 0);
    expectUpdated(first, { watch, call: '`list`' });
    assert.deepEqual(second, first, 'the state of a page must be of one moment');
  };
  const nothing = async (service: SessionService) => {
    const watch = progress.watch();
    expectUpdated(await service.updateState(owner), { watch, call: '`updateState` of nothing' });
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [getState, get, list, nothing],
  });
}

/** Whoever is answered at a later moment has all that those at an earlier one have. */
function expectOneByOne(answers: readonly (readonly string[])[]): void {
  const ordered = answers.toSorted((a, b) => a.length - b.length);
  for (const [i, names] of ordered.entries()) {
    const lost = (ordered[i - 1] ?? []).filter((name) => !names.includes(name));
    assert.deepEqual(lost, [], 'two answers lack what the other has written');
  }
}

async function expectAnswersInOrder(
  { newKey, newId, random }: CaseContext,
  { instances, scope }: Scoped,
): Promise<void> {
  for (const round of upTo(ROUNDS)) {
    const { appName, userId } = newKey();
    const owner = scope === 'user' ? ({ scope, appName, userId } as const) : { scope, appName };
    const namesOf = (names: Iterable<string>) =>
      [...names].flatMap((name) => name.match(/k\d+$/)?.[0] ?? []);
    const write = async (n: number) => {
      const service = instances[n % 2 === 0 ? 0 : 1];
      if (n % 4 < 2)
        return Object.keys(await service.updateState({ ...owner, set: { [`k${n}`]: n } }));
      const create = { appName, userId, sessionId: newId('session') };
      const { state } = await service.create({ ...create, state: { [`${scope}:k${n}`]: n } });
      return state.keys();
    };
    const calls = upTo(8).map((n) => async () => {
      const names = namesOf(await write(n));
      assert.ok(names.includes(`k${n}`), 'an answer has what the call has written');
      return names;
    });
    expectOneByOne(await answersOf(calls, { round, random }));
  }
}

/** What is seen of the state of users and apps while it changes. */
export const stateMomentCases = casesOf('moments', [
  ...raceCases({
    title: "shows all that `updateState` changes of a user's state, or nothing of it",
    run: (context, instances) => expectWholeUpdates(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: "shows all that `updateState` changes of an app's state, or nothing of it",
    run: (context, instances) => expectWholeUpdates(context, { instances, scope: 'app' }),
  }),
  ...raceCases({
    title: "answers `updateState` and `create` with the user's state after the write",
    run: (context, instances) => expectAnswersInOrder(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: "answers `updateState` and `create` with the app's state after the write",
    needs: 'atomicAppState',
    run: (context, instances) => expectAnswersInOrder(context, { instances, scope: 'app' }),
  }),
]);
