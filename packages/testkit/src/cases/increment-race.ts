import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { adding, MOST } from '../increments.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { newSession, newSibling, read, upTo } from '../scenario.ts';

const WRITERS = 16;
const RAISES = 25;
const FEWER_RAISES = 8;
const ROUNDS = 3;

function raise(names: readonly string[], by = 1) {
  const stateIncrements = Object.fromEntries(names.map((name) => [name, by]));
  return adding(stateIncrements);
}

interface Raises {
  readonly keys: readonly SessionKey[];
  readonly names: readonly string[];
  /** By each writer. */
  readonly raises: number;
}

/** Each writer raises its counters so often, in a session of its own or in one of all. */
async function raiseAll(instances: Instances, { keys, names, raises }: Raises): Promise<void> {
  await Promise.all(
    upTo(WRITERS).map(async (writer) => {
      const service = turnOf(instances, writer);
      const key = keys[writer % keys.length] as SessionKey;
      for (const n of upTo(raises)) {
        await service.appendEvent({ ...key, event: { id: `w${writer}-${n}`, ...raise(names) } });
      }
    }),
  );
}

async function expectCount(
  instances: Instances,
  { key, name, count }: { readonly key: SessionKey; readonly name: string; readonly count: number },
): Promise<void> {
  for (const service of new Set(instances)) {
    assert.equal((await read(service, key)).state.get(name), count, `${name} at the end`);
  }
}

async function expectAllCounted(
  context: CaseContext,
  { instances, raises }: { readonly instances: Instances; readonly raises: number },
): Promise<void> {
  const key = await newSession(context, { 'app:served': 0 });
  const others = await Promise.all(
    upTo(3).map(async () => {
      const other = { ...context.newKey(), appName: key.appName };
      await context.service.create(other);
      return other;
    }),
  );
  await raiseAll(instances, { keys: [key, ...others], names: ['app:served'], raises });
  await expectCount(instances, { key, name: 'app:served', count: WRITERS * raises });
}

async function expectAllScopesCounted(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const names = ['n', 'user:n', 'app:n'];
  await raiseAll(instances, { keys: [key], names, raises: FEWER_RAISES });
  const count = WRITERS * FEWER_RAISES;
  for (const name of names) await expectCount(instances, { key, name, count });
  assert.equal((await read(instances[0], key)).revision, count);
}

/** Appends, batches and updates of one counter, and of others in another order. */
async function expectMixedCounted(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const sibling = await newSibling(context, key);
    const { appName, userId } = key;
    const names = upTo(6).flatMap((n) => [`user:k${n}`, `app:k${n}`]);
    const calls = upTo(12).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 3));
      const ordered = n % 2 === 0 ? names : names.toReversed();
      const to = n % 4 < 2 ? key : sibling;
      if (n % 3 === 0) return void (await service.appendEvent({ ...to, event: raise(ordered, n) }));
      if (n % 3 === 1) {
        const halves = [ordered.slice(0, 6), ordered.slice(6)];
        const events = halves.map((half) => raise(half, n));
        return void (await service.appendEvents({ ...to, events }));
      }
      const increment = Object.fromEntries(upTo(6).map((i) => [`k${i}`, n]));
      await service.updateState({ scope: 'user', appName, userId, increment });
      await service.updateState({ scope: 'app', appName, increment });
    });
    await answersOf<void>(calls, { round, random: context.random });
    const expected = Object.fromEntries(names.map((name) => [name, 78]));
    for (const service of new Set(instances)) {
      assert.deepEqual((await read(service, key)).state.toJSON(), expected);
    }
  }
}

/** The same event, sent by many at once, counts once. */
async function expectRetriesCountOnce(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const events = upTo(3).map((n) => ({ id: `e${n}`, ...raise(['n', 'user:n', 'app:n']) }));
    const calls = upTo(12).map((n) => async () => {
      const event = events[n % 3] as (typeof events)[0];
      return (await turnOf(instances, n).appendEvent({ ...key, event })).seq;
    });
    await answersOf(calls, { round, random: context.random });
    for (const service of new Set(instances)) {
      const { state, revision } = await read(service, key);
      assert.deepEqual(state.toJSON(), { n: 3, 'user:n': 3, 'app:n': 3 });
      assert.equal(revision, 3);
    }
  }
}

/** A counter that has place for some of them takes so many, and refuses the others as a whole. */
async function expectNoneBeyond(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const scope = (['', 'user:', 'app:'] as const)[round % 3] ?? '';
    const name = `${scope}n`;
    const key = await newSession(context, { [name]: MOST - 3 });
    const calls = upTo(8).map((n) => async () => {
      const event = { ...raise([name]), id: `e${n}` };
      const actions = { ...event.actions, stateDelta: { [`user:by${n}`]: n } };
      return (await turnOf(instances, n).appendEvent({ ...key, event: { ...event, actions } })).id;
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [3, 5]);
    for (const { code } of refusals) assert.equal(code, 'conflict');
    const by = answers.map((id) => [`user:by${id.slice(1)}`, Number(id.slice(1))]);
    for (const service of new Set(instances)) {
      const { state, revision } = await read(service, key);
      assert.equal(revision, 3);
      assert.deepEqual(state.toJSON(), { ...Object.fromEntries(by), [name]: MOST });
    }
  }
}

/** What is added at the same moment as it is set or removed comes before it, or after it. */
async function expectBeforeOrAfter(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context, { 'user:n': 100, 'app:n': 100 });
    const { appName, userId } = key;
    const add = (service: SessionService) => () =>
      service.appendEvent({ ...key, event: raise(['user:n', 'app:n'], 5) });
    const set = async () => {
      const service = instances[1];
      await service.updateState({ scope: 'user', appName, userId, set: { n: 1 } });
      return service.updateState({ scope: 'app', appName, remove: ['n'] });
    };
    const calls = [...upTo(4).map((n) => add(turnOf(instances, n))), set];
    await answersOf<unknown>(calls, { round, random: context.random });
    for (const service of new Set(instances)) {
      const { state } = await read(service, key);
      const user = state.get('user:n');
      const app = state.get('app:n');
      assert.ok([1, 6, 11, 16, 21].includes(user as number), `${user} must be what was added to 1`);
      assert.ok(
        app === undefined || [5, 10, 15, 20].includes(app as number),
        `${app} of a new key`,
      );
    }
  }
}

export const incrementRaceCases = casesOf('concurrency', [
  {
    title: 'loses none of 400 increments of one counter of an app by 16 writers',
    needs: 'increments',
    run: (context) =>
      expectAllCounted(context, { instances: [context.service, context.service], raises: RAISES }),
  },
  ...raceCases({
    title: 'loses none of the increments of one counter of an app by 16 writers',
    needs: 'increments',
    run: (context, instances) => expectAllCounted(context, { instances, raises: FEWER_RAISES }),
  }).slice(1),
  {
    title: 'loses none of the increments of counters of every scope in one session',
    needs: 'increments',
    run: (context) => expectAllScopesCounted(context, [context.service, context.service]),
  },
  ...raceCases({
    title: 'loses no increment among appends, batches and updates of many counters',
    needs: 'increments',
    run: expectMixedCounted,
  }),
  ...raceCases({
    title: 'counts an event once that many send at the same moment',
    needs: 'increments',
    run: expectRetriesCountOnce,
  }),
  ...raceCases({
    title: 'raises a counter as far as it goes, and refuses those beyond as a whole',
    needs: 'increments',
    run: expectNoneBeyond,
  }),
  ...raceCases({
    title: 'adds before or after what sets or removes the key at the same moment',
    needs: 'increments',
    run: expectBeforeOrAfter,
  }),
]);
