import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectNobody, userOf } from '../erased-user.ts';
import { unlessRefused } from '../expect-error.ts';
import { expectNothingOld, newFullSession } from '../gone.ts';
import {
  answersOf,
  type Instances,
  lookWhile,
  nextTurn,
  outcomesOf,
  raceCases,
  turnOf,
} from '../race.ts';
import { at, idsOf, upTo } from '../scenario.ts';

const ROUNDS = 3;

// How many sessions are created beside an erasure, if it takes its time.
const MOST_CREATED = 90;

/**
 * Writers that create nothing anew find their sessions gone at some moment: what they leave behind
 * is erased, too, however they meet the erasure.
 */
async function expectNothingLeftBehind(context: CaseContext, instances: Instances): Promise<void> {
  const { random, newId } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newFullSession(context);
    const { appName, userId } = key;
    const keys = [key, ...upTo(5).map(() => ({ appName, userId, sessionId: newId('session') }))];
    for (const each of keys.slice(1)) await instances[0].create({ ...each, state: { own: 'old' } });
    const writes = keys.map((each, i) => async () => {
      const service = turnOf(instances, i);
      const stateDelta = { [`user:old${i}`]: i, [`old${i}`]: i };
      const event = { author: 'old', timestamp: at(i), actions: { stateDelta } };
      if (i % 3 === 0 && service.capabilities.fork) await service.fork({ ...each });
      if (i % 3 === 1 && service.capabilities.updateSession) {
        await service.updateSession({ ...each, labels: { set: { title: 'old' } } });
      }
      await service.appendEvent({ ...each, event });
      await service.appendEvents({ ...each, events: [event, event] });
    });
    const erase = async () => {
      await instances[1].eraseUser({ appName, userId });
    };
    const { refusals } = await outcomesOf([...writes, erase], { round, random });
    for (const { code } of refusals) assert.equal(code, 'not_found');
    for (const service of new Set(instances)) await expectNobody(service, key);
    for (const each of keys) {
      await instances[0].create(each);
      await expectNothingOld(instances[1], each);
    }
  }
}

/** What was acknowledged before the erasure began is gone, whatever is created beside it. */
async function expectEndBesideCreators(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newFullSession(context);
    const { appName, userId } = key;
    let isErased = false;
    let created = 0;
    const create = (n: number) => async () => {
      const service = turnOf(instances, n);
      // As long as the erasure lasts: it has to end nevertheless.
      while (!isErased && created < 300) {
        const sessionId = `new${created++}`;
        await service.create({ appName, userId, sessionId, state: { 'user:new': n } });
      }
    };
    const before = upTo(10).map((n) => ({ appName, userId, sessionId: `old${n}` }));
    for (const each of before) {
      await instances[0].create({ ...each, state: { own: 'old', [`user:${each.sessionId}`]: 1 } });
    }
    const erase = async () => {
      try {
        const erased = await instances[1].eraseUser({ appName, userId });
        assert.ok(erased.sessions >= 11, 'what was there is counted');
        assert.ok(erased.stateKeys >= 11, 'what was there is counted');
      } finally {
        isErased = true;
      }
    };
    await answersOf<void>([erase, create(1), create(2)], { round, random });
    for (const service of new Set(instances)) {
      for (const each of [key, ...before]) assert.equal(await service.get(each), undefined);
      const state = await service.getState(userOf(key));
      assert.ok(Object.keys(state).every((name) => name === 'new'));
      const { sessions } = await service.list({ appName, userId, limit: 1000 });
      assert.ok(idsOf(sessions).every((id) => id.startsWith('new')));
    }
    await instances[0].eraseUser({ appName, userId });
    await expectNobody(instances[1], key);
  }
}

/**
 * All goes at one moment: who looks finds each session with all that it has written to the user's
 * state, or neither, while others create sessions and when all is over.
 */
async function expectWholeOrGone(context: CaseContext, instances: Instances): Promise<void> {
  const { random, newKey } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const { appName, userId } = newKey();
    const written = new Map<string, string[]>();
    const create = async (service: SessionService) => {
      const sessionId = `s${written.size}`;
      const names = [`${sessionId}-created`];
      written.set(sessionId, names);
      await service.create({ appName, userId, sessionId, state: { [`user:${names[0]}`]: 1 } });
      const name = `${sessionId}-appended`;
      const event = { actions: { stateDelta: { [`user:${name}`]: 1 } } };
      const append = () => service.appendEvent({ appName, userId, sessionId, event });
      if (await unlessRefused('not_found', append)) names.push(name);
    };
    for (const _ of upTo(10)) await create(instances[0]);
    let isErased = false;
    const erase = async () => {
      await instances[1].eraseUser({ appName, userId });
      isErased = true;
    };
    const creators = upTo(2).map((n) => async () => {
      while (!isErased && written.size < MOST_CREATED) {
        await create(turnOf(instances, n));
        await nextTurn();
      }
    });
    const look = async () => {
      const list = { appName, userId, limit: 1000, includeState: true };
      for (const { id, state } of (await instances[0].list(list)).sessions) {
        assert.ok(state?.has(`user:${id}-created`), 'no session is there without its state');
      }
    };
    const race = async () => void (await answersOf([erase, ...creators], { round, random }));
    await lookWhile(race, look, 1);
    for (const service of new Set(instances)) {
      const { sessions } = await service.list({ appName, userId, limit: 1000 });
      const left = sessions.flatMap(({ id }) => written.get(id) ?? []);
      const state = await service.getState({ scope: 'user', appName, userId });
      assert.deepEqual(
        Object.keys(state).sort(),
        left.sort(),
        'the state of the sessions there are',
      );
    }
  }
}

/** Erasures at once all end, and leave nothing. */
async function expectAllEnd(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newFullSession(context);
    const { appName, userId } = key;
    for (const n of upTo(6)) {
      await instances[0].create({ appName, userId, sessionId: `s${n}`, state: { 'user:n': n } });
    }
    const erasures = upTo(4).map((n) => () => turnOf(instances, n).eraseUser({ appName, userId }));
    const counts = await answersOf(erasures, { round, random });
    const sessions = counts.reduce((sum, erased) => sum + erased.sessions, 0);
    assert.equal(sessions, 7, 'each session is counted by one of them');
    for (const service of new Set(instances)) await expectNobody(service, key);
  }
}

export const eraseUserRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'erases a user among writes to the sessions, with all that these have left',
    needs: 'eraseUser',
    run: expectNothingLeftBehind,
  }),
  ...raceCases({
    title: 'ends the erasure of a user beside those who create sessions, with all that was before',
    needs: 'eraseUser',
    run: expectEndBesideCreators,
  }),
  ...raceCases({
    title: 'erases a user at one moment: what is created meanwhile is there as a whole, or gone',
    needs: 'eraseUser',
    run: expectWholeOrGone,
  }),
  ...raceCases({
    title: 'erases a user by several calls at the same moment',
    needs: 'eraseUser',
    run: expectAllEnd,
  }),
]);
