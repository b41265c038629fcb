import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { untilPast, withTimeEnough } from '../clock.ts';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { expectThere, newSessions } from '../expired-sessions.ts';
import { expectGone, expectNothingOld } from '../gone.ts';
import { answersOf, type Instances, raceCases, turnOf } from '../race.ts';
import { at, idsOf, read, upTo } from '../scenario.ts';

const ROUNDS = 3;

// How many sessions are touched while they are swept.
const IDLE = 16;

// How long sessions are left alone before an idle sweep.
const IDLE_MS = 700;

/** Several sweeps at once delete each session once. */
async function expectEachSweptOnce(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const { appName, userId, gone, there } = await newSessions(context, { expired: 12, kept: 2 });
    const sweeps = upTo(4).map((n) => async () => {
      const service = turnOf(instances, n);
      const { deleted } = await service.sweep(
        n < 3 ? { appName, userId } : { appName, allUsers: true },
      );
      return deleted;
    });
    const counts = await answersOf(sweeps, { round, random: context.random });
    const sum = counts.reduce((a, b) => a + b, 0);
    assert.equal(sum, gone.length, 'each session is deleted by one of them');
    for (const service of new Set(instances)) {
      await expectThere(service, there);
      const { sessions } = await service.list({ appName, userId });
      assert.equal(sessions.length, there.length);
    }
  }
}

/** Sessions that are created in the place of expired ones, while these are swept. */
async function expectSuccessorsStay(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const { appName, userId, gone } = await newSessions(context, { expired: 9, kept: 0 });
    const creates = gone.map((key, i) => async () => {
      const service = turnOf(instances, i);
      const event = { id: 'e1', author: 'new', timestamp: at(1) };
      if (i % 3 === 0) await service.create({ ...key, state: { new: 1 } });
      else if (i % 3 === 1) await service.getOrCreate({ ...key, state: { new: 1 } });
      await service.appendEvent({ ...key, event, ifMissing: 'create' });
    });
    const sweeps = upTo(3).map((n) => async () => {
      await turnOf(instances, n).sweep({ appName, userId });
    });
    await answersOf([...creates, ...sweeps], { round, random: context.random });
    await instances[1].sweep({ appName, userId });
    for (const service of new Set(instances)) {
      for (const key of gone) {
        const { revision, events } = await read(service, key);
        assert.deepEqual([revision, idsOf(events)], [1, ['e1']], 'a new session is not swept');
      }
    }
  }
}

function touch(
  service: SessionService,
  { key, n }: { readonly key: SessionKey; readonly n: number },
): Promise<unknown> {
  if (n % 2 === 0) return service.appendEvent({ ...key, event: { author: 'old', timestamp: 0 } });
  return service.updateSession({ ...key, labels: { set: { title: 'old' } } });
}

/**
 * Idle sessions are touched while they are swept, one after the other and from both ends: some before
 * they are found, some after it. Whoever was acknowledged has its session. It is told only if all was
 * over before the sessions could be idle again.
 */
async function expectTouchedStay(context: CaseContext, instances: Instances): Promise<void> {
  const { newId, newKey, random } = context;
  await withTimeEnough(IDLE_MS, async (idle) => {
    const rounds = await Promise.all(
      upTo(ROUNDS).map(async () => {
        const { appName, userId } = newKey();
        const keys = upTo(IDLE).map(() => ({ appName, userId, sessionId: newId('session') }));
        const state = { own: 'old' };
        await Promise.all(keys.map((key) => instances[0].create({ ...key, state })));
        return { appName, userId, keys };
      }),
    );
    const created = Date.now();
    await untilPast(created + idle);
    let isTold = false;
    for (const [round, { appName, userId, keys }] of rounds.entries()) {
      const begun = Date.now();
      const touched = new Set<SessionKey>();
      const touchers = [keys, keys.toReversed()].map((each, n) => async () => {
        for (const [i, key] of each.entries()) {
          const touching = () => touch(turnOf(instances, n), { key, n: n + i });
          if (await unlessRefused('not_found', touching)) touched.add(key);
        }
      });
      const sweeps = upTo(2).map((n) => async () => {
        await turnOf(instances, n).sweep({ appName, userId, idleFor: idle });
      });
      await answersOf([...touchers, ...sweeps], { round, random });
      const found = await Promise.all([...touched].map((key) => instances[1].get(key)));
      if (Date.now() >= begun + idle) continue;
      isTold = true;
      for (const session of found) {
        assert.ok(session !== undefined, 'a session that was just touched is not swept');
      }
      for (const key of keys.filter((key) => !touched.has(key)).slice(0, 2)) {
        await expectGone(instances[1], key);
        await instances[0].create(key);
        await expectNothingOld(instances[1], key);
      }
    }
    return isTold;
  });
}

export const sweepRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'deletes each expired session once, in sweeps at the same moment',
    needs: 'sweep',
    run: expectEachSweptOnce,
  }),
  ...raceCases({
    title: 'never sweeps a session that was created in the place of an expired one',
    needs: 'sweep',
    run: expectSuccessorsStay,
  }),
  ...raceCases({
    title: 'never sweeps a session that was touched at the same moment',
    needs: 'sweep',
    run: expectTouchedStay,
  }),
]);
