import assert from 'node:assert/strict';
import { isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService, State, StateInput } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { refusalOf, unlessRefused } from '../expect-error.ts';
import { watchWhile } from '../progress.ts';
import { answersOf, aPause, type Instances, nextTurn, raceCases, someTurns } from '../race.ts';
import { at, read, readState, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 8;
const KEYS = 12;
const READERS = 6;
// More than enough for a create that is slow.
const MOST_TRIES = 2_000;
const TRIES_AT_ONCE = 30;
const MOST_PAUSES = 600;

function stateOf(scopes: readonly string[], value: string): StateInput {
  const names = scopes.flatMap((scope) => upTo(KEYS).map((n) => `${scope}k${n}`));
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** Looks at a session that is created meanwhile: nothing of it is there, or all. */
function looksAtNew(key: SessionKey, state: StateInput) {
  let isThere = false;
  const see = (found: boolean, { wasThere, call }: { wasThere: boolean; call: string }) => {
    assert.ok(found || !wasThere, `${call}: the session was seen before, and is gone`);
    isThere ||= found;
  };
  const expectWhole = (found: State | undefined, call: string) =>
    assert.deepEqual(found?.toJSON(), state, `${call} gives the initial state`);
  return [
    async (service: SessionService) => {
      const wasThere = isThere;
      const session = await service.get(key);
      if (session) expectWhole(session.state, '`get`');
      see(session !== undefined, { wasThere, call: '`get`' });
    },
    async (service: SessionService) => {
      const wasThere = isThere;
      const { sessions, total } = await service.list({
        ...key,
        includeState: true,
        includeTotal: true,
      });
      assert.equal(total, sessions.length);
      for (const summary of sessions) expectWhole(summary.state, '`list`');
      see(sessions.length === 1, { wasThere, call: '`list`' });
    },
    async (service: SessionService) => {
      const wasThere = isThere;
      const { appName, userId } = key;
      const found = await service.getState({ scope: 'user', appName, userId });
      const size = Object.keys(found).length;
      assert.ok(size === 0 || size === KEYS, `\`getState\` gives ${size} of ${KEYS} keys`);
      see(size > 0, { wasThere, call: '`getState`' });
    },
    async (service: SessionService) => {
      const wasThere = isThere;
      const error = await refusalOf(() => service.listEvents(key));
      if (error !== undefined && !isHoldfastError(error, 'not_found')) throw error;
      see(error === undefined, { wasThere, call: '`listEvents`' });
    },
  ];
}

async function expectWhole(
  context: CaseContext,
  { instances, scopes }: { readonly instances: Instances; readonly scopes: readonly string[] },
): Promise<void> {
  const state = stateOf(scopes, 'initial');
  for (const round of upTo(ROUNDS)) {
    const key = context.newKey();
    const looks = looksAtNew(key, state);
    const write = async (pace: () => Promise<void>) => {
      await pace();
      const call = round % 2 === 0 ? 'create' : 'getOrCreate';
      const created = await instances[0][call]({ ...key, state });
      assert.deepEqual([created.revision, created.state.toJSON()], [0, state]);
    };
    await watchWhile(write, { instances, random: context.random, looks, readers: READERS });
    assert.deepEqual(await readState(instances[1], key), state);
  }
}

/**
 * Makes a call again and again until the session is there: at first in every turn, so as not to
 * miss the moment, and then with longer and longer pauses, so that no unfair lock keeps the create.
 */
async function onceThere<T>(call: () => Promise<T | false>): Promise<T> {
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    const answer = await unlessRefused('not_found', call);
    if (answer !== undefined && answer !== false) return answer;
    await nextTurn();
    for (let n = TRIES_AT_ONCE; n < Math.min(tries, MOST_PAUSES); n += TRIES_AT_ONCE)
      await aPause();
  }
  throw new Error('the session is still not there, although it is being created');
}

async function expectOnTop(
  context: CaseContext,
  { instances, scopes }: { readonly instances: Instances; readonly scopes: readonly string[] },
): Promise<void> {
  const { newKey, random } = context;
  for (const _ of upTo(ROUNDS)) {
    const key = newKey();
    const create = async () => {
      await someTurns(random.below(3));
      return instances[0].create({ ...key, state: stateOf(scopes, 'initial') });
    };
    const append = (n: number) => () => {
      const actions = { stateDelta: stateOf(scopes, 'later') };
      const event = { id: `e${n}`, timestamp: at(1), actions };
      return onceThere(() => instances[n % 2 === 0 ? 0 : 1].appendEvent({ ...key, event }));
    };
    await answersOf<unknown>([create, append(1), append(2), append(3)], { round: 0, random });
    const session = await read(instances[1], key);
    assert.deepEqual([session.revision, seqsOf(session.events)], [3, [1, 2, 3]]);
    assert.deepEqual(session.state.toJSON(), stateOf(scopes, 'later'));
    const { sessions } = await instances[0].list({ ...key, includeState: true });
    const seen = sessions.map(({ id, lastUpdateTime }) => [id, lastUpdateTime]);
    assert.deepEqual(seen, [[key.sessionId, at(1)]]);
    assert.equal(session.lastUpdateTime, at(1));
  }
}

async function expectNothingLeft(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random } = context;
  for (const _ of upTo(ROUNDS)) {
    const key = newKey();
    const state = stateOf(['', 'user:'], 'initial');
    const create = async () => {
      await someTurns(random.below(3));
      return instances[0].create({ ...key, state });
    };
    const remove = () => onceThere(() => instances[1].delete(key));
    await answersOf<unknown>([create, remove], { round: 0, random });
    assert.equal(await instances[0].get(key), undefined);
    const { sessions, total } = await instances[1].list({ ...key, includeTotal: true });
    assert.deepEqual([sessions, total], [[], 0]);
    const again = await instances[0].create({ ...key, state: { own: 'new' } });
    const expected = { ...stateOf(['user:'], 'initial'), own: 'new' };
    assert.deepEqual(again.state.toJSON(), expected);
    assert.deepEqual(await readState(instances[1], key), expected);
  }
}

/** What others see of a session, and do to it, while it is being created. */
export const createMomentCases = casesOf('moments', [
  ...raceCases({
    title: 'shows a new session with all of its initial state, or not at all',
    run: (context, instances) => expectWhole(context, { instances, scopes: ['', 'user:'] }),
  }),
  ...raceCases({
    title: 'shows a new session with all of its initial `app:` state, or not at all',
    needs: 'atomicAppState',
    run: (context, instances) => expectWhole(context, { instances, scopes: ['', 'user:', 'app:'] }),
  }),
  ...raceCases({
    title: 'appends to a session on top of its initial state, even while it is being created',
    run: (context, instances) => expectOnTop(context, { instances, scopes: ['', 'user:'] }),
  }),
  ...raceCases({
    title:
      'appends to a session on top of its initial `app:` state, even while it is being created',
    needs: 'atomicAppState',
    run: (context, instances) => expectOnTop(context, { instances, scopes: ['', 'user:', 'app:'] }),
  }),
  ...raceCases({
    title: 'leaves nothing of a session that is deleted while it is being created',
    run: expectNothingLeft,
  }),
]);
