import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectNothingOld, expire, newFullSession } from '../gone.ts';
import { answersOf, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, read, upTo } from '../scenario.ts';

const ROUNDS = 4;

/** Each append is there before the end, or refused; nothing of it is there after it. */
async function expectWholeUntilTheEnd(
  context: CaseContext,
  instances: readonly [SessionService, SessionService],
): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const appends = upTo(8).map((n) => async () => {
      const service = turnOf(instances, n);
      const actions = { stateDelta: { [`old${n}`]: n } };
      const event = { id: `e${n}`, author: 'old', timestamp: at(n), actions };
      return (await service.appendEvent({ ...key, event })).id;
    });
    const end = async () => {
      await expire(instances[1], key);
      return 'the end';
    };
    const { answers, refusals } = await outcomesOf([...appends, end], {
      round,
      random: context.random,
    });
    assert.ok(answers.includes('the end'));
    for (const { code } of refusals) assert.equal(code, 'not_found');
    for (const service of new Set(instances)) {
      assert.equal(await service.get(key), undefined);
      await expectError(() => service.appendEvent({ ...key, event: {} }), { code: 'not_found' });
    }
    await instances[0].create(key);
    await expectNothingOld(instances[1], key);
  }
}

async function expectOneSuccessor(
  context: CaseContext,
  instances: readonly [SessionService, SessionService],
): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newFullSession(context);
    await expire(context.service, key);
    const creates = upTo(8).map((n) => async () => {
      const created = await turnOf(instances, n).create({ ...key, state: { by: n } });
      return created.state.get('by');
    });
    const { answers, refusals } = await outcomesOf(creates, { round, random: context.random });
    assert.equal(answers.length, 1, 'one of them creates the session');
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    for (const service of new Set(instances)) {
      assert.equal((await read(service, key)).state.get('by'), answers[0]);
    }
    await expectNothingOld(instances[1], key);
  }
}

async function expectSharedSuccessor(
  context: CaseContext,
  instances: readonly [SessionService, SessionService],
): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newFullSession(context);
    await expire(context.service, key);
    const calls = upTo(8).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n % 4 === 0) await service.sweep({ appName: key.appName, userId: key.userId });
      const { incarnation } = await service.getOrCreate(key);
      const event = { id: `new${n}`, timestamp: at(n) };
      await service.appendEvent({ ...key, event, ifMissing: 'create' });
      return incarnation;
    });
    const incarnations = await answersOf(calls, { round, random: context.random });
    assert.equal(new Set(incarnations).size, 1, 'all of them get the same new session');
    const { revision, events } = await read(instances[1], key);
    assert.deepEqual([revision, idsOf(events).sort()], [8, upTo(8).map((n) => `new${n}`)]);
    await expectNothingOld(instances[0], key);
  }
}

export const expiryRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'lets a session expire among appends to it, with all that they have left in it',
    needs: 'updateSession',
    run: expectWholeUntilTheEnd,
  }),
  ...raceCases({
    title: 'lets one of many create a session with the id of an expired one',
    needs: 'updateSession',
    run: expectOneSuccessor,
  }),
  ...raceCases({
    title: 'gives all the same new session for an expired one, while it is swept',
    needs: 'updateSession',
    run: expectSharedSuccessor,
  }),
]);
