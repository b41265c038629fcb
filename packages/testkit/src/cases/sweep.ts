import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectGone, expectNothingOld, expire, newFullSession } from '../gone.ts';
import { answersOf, aPause, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, idsOf, read, upTo } from '../scenario.ts';

const ROUNDS = 3;

// A sweep of more than it deletes without looking anew.
const MANY = 104;

// How long sessions are left alone before an idle sweep, and how much longer on a slow machine.
const IDLE_MS = 700;
const MOST_IDLE_MS = 12_000;

interface Owner {
  readonly appName: string;
  readonly userId: string;
}

/** Sessions of one user, some of which have expired. */
async function newSessions(
  { service, newKey, newId }: CaseContext,
  { expired, kept, owner }: { readonly expired: number; readonly kept: number; owner?: Owner },
) {
  const { appName, userId } = owner ?? newKey();
  const keyOf = () => ({ appName, userId, sessionId: newId('session') });
  const [gone, there] = [upTo(expired).map(keyOf), upTo(kept).map(keyOf)];
  await Promise.all([
    ...gone.map((key) => service.create({ ...key, expires: { at: 1 } })),
    ...there.map((key) => service.create({ ...key, expires: { at: at(1) } })),
  ]);
  return { appName, userId, gone, there };
}

async function expectThere(service: SessionService, keys: readonly SessionKey[]): Promise<void> {
  for (const key of keys) await read(service, key);
}

export const sweepCases = casesOf('sweep', [
  {
    title: 'deletes sessions that have expired, and no others, and says how many',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, there } = await newSessions(context, { expired: 3, kept: 2 });
      const always = { appName, userId, sessionId: context.newId('session') };
      await service.create(always);
      const result = await service.sweep({ appName, userId });
      assert.deepEqual(result, { deleted: 3, done: true });
      expectFrozen(result, 'the result of a sweep');
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 0, done: true });
      await expectThere(service, [...there, always]);
      const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
      assert.deepEqual([sessions.length, total], [3, 3]);
    },
  },
  {
    title: 'deletes those of the user that it is told, or of every user of the app',
    needs: 'sweep',
    async run(context) {
      const { service, newId } = context;
      const first = await newSessions(context, { expired: 2, kept: 1 });
      const { appName } = first;
      const own = { expired: 3, kept: 1, owner: { appName, userId: newId('user') } };
      const second = await newSessions(context, own);
      const otherApp = await newSessions(context, {
        expired: 1,
        kept: 0,
        owner: { appName: newId('app'), userId: first.userId },
      });
      const { userId } = first;
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 2, done: true });
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 0, done: true });
      const all = { appName, allUsers: true } as const;
      assert.deepEqual(await service.sweep(all), { deleted: 3, done: true });
      assert.deepEqual(await service.sweep(all), { deleted: 0, done: true });
      await expectThere(service, [...first.there, ...second.there]);
      assert.deepEqual(await service.sweep(otherApp), { deleted: 1, done: true });
    },
  },
  {
    title: 'finds nothing to be deleted in an app, or of a user, that is not there',
    needs: 'sweep',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const request of [{ appName, userId }, { appName, allUsers: true } as const]) {
        assert.deepEqual(await service.sweep(request), { deleted: 0, done: true });
        const idle = await service.sweep({ ...request, idleFor: 0 });
        assert.deepEqual(idle, { deleted: 0, done: true });
      }
    },
  },
  {
    title: 'stops at its limit, and says whether it has left any',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, there } = await newSessions(context, { expired: 5, kept: 1 });
      const sweep = { appName, userId, limit: 2 };
      assert.deepEqual(await service.sweep(sweep), { deleted: 2, done: false });
      assert.deepEqual(await service.sweep(sweep), { deleted: 2, done: false });
      assert.deepEqual(await service.sweep(sweep), { deleted: 1, done: true });
      assert.deepEqual(await service.sweep(sweep), { deleted: 0, done: true });
      await newSessions(context, { expired: 2, kept: 0, owner: { appName, userId } });
      const all = { appName, allUsers: true, limit: 2 } as const;
      assert.deepEqual(await service.sweep(all), { deleted: 2, done: true });
      await expectThere(service, there);
    },
  },
  {
    title: 'deletes more sessions than it looks up at once',
    needs: 'sweep',
    async run(context) {
      const { service, newKey } = context;
      const { appName, userId } = newKey();
      await service.create({ appName, userId, sessionId: 'kept' });
      await Promise.all(
        upTo(MANY).map((n) =>
          service.create({ appName, userId, sessionId: `s${n}`, expires: { at: 1 } }),
        ),
      );
      const limited = await service.sweep({ appName, userId, limit: MANY - 2 });
      assert.deepEqual(limited, { deleted: MANY - 2, done: false });
      const rest = await service.sweep({ appName, allUsers: true });
      assert.deepEqual(rest, { deleted: 2, done: true });
      await service.create({ appName, userId, sessionId: 's1' });
      const { sessions } = await service.list({ appName, userId });
      assert.deepEqual(idsOf(sessions).sort(), ['kept', 's1']);
    },
  },
  {
    title: 'takes whole sessions: nothing of one is left for the next of its id',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const key = await newFullSession(context);
      const { appName, userId } = key;
      await expire(service, key);
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 1, done: true });
      await expectGone(service, key);
      await service.create(key);
      await expectNothingOld(service, key);
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {
        theirs: 'kept',
      });
    },
  },
  {
    title: 'takes sessions that were not touched for the time that it is told, by the clock',
    needs: 'sweep',
    async run(context) {
      const { service, newKey, newId } = context;
      const { appName, userId } = newKey();
      const keys = upTo(4).map(() => ({ appName, userId, sessionId: newId('session') }));
      const [early, late, labelled, expired] = keys as [
        SessionKey,
        SessionKey,
        SessionKey,
        SessionKey,
      ];
      for (const key of keys) await service.create(key);
      await service.appendEvent({ ...early, event: { timestamp: 0 } });
      await service.appendEvent({ ...late, event: { timestamp: at(1_000_000) } });
      await service.updateSession({ ...labelled, expires: { at: at(1) } });
      await expire(service, expired);
      const idleFor = 1_000_000_000;
      const sweep = { appName, userId, idleFor };
      assert.deepEqual(await service.sweep(sweep), { deleted: 1, done: true });
      await expectThere(service, [early, late, labelled]);
      const all = await service.sweep({ appName, allUsers: true, idleFor: 0 });
      assert.deepEqual(all, { deleted: 3, done: true });
      for (const key of keys) assert.equal(await service.get(key), undefined);
    },
  },
  {
    title: 'stops at its limit among idle sessions, too',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSessions(context, { expired: 2, kept: 3 });
      const idle = { appName, userId, idleFor: 0 };
      const first = await service.sweep({ ...idle, limit: 4 });
      assert.deepEqual(first, { deleted: 4, done: false });
      assert.deepEqual(await service.sweep({ ...idle, limit: 4 }), { deleted: 1, done: true });
      assert.deepEqual((await service.list({ appName, userId })).sessions, []);
    },
  },
  {
    title: 'sweeps nothing if its signal was aborted before, and rejects with the reason',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSessions(context, { expired: 2, kept: 0 });
      const reason = new Error('not now');
      const sweep = { appName, userId, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => service.sweep(sweep)), reason);
      const { signal } = new AbortController();
      const result = await service.sweep({ appName, userId, signal });
      assert.deepEqual(result, { deleted: 2, done: true });
    },
  },
  {
    title: 'ends in the midst if its signal is aborted, and can be called again',
    needs: 'sweep',
    async run(context) {
      const { service, newKey } = context;
      const { appName, userId } = newKey();
      const sessionIds = upTo(30).map((n) => `s${n}`);
      await Promise.all(
        sessionIds.map((sessionId) =>
          service.create({ appName, userId, sessionId, expires: { at: 1 } }),
        ),
      );
      const controller = new AbortController();
      const reason = new Error('enough');
      const sweeping = service.sweep({ appName, userId, signal: controller.signal });
      const ended = refusalOf(() => sweeping);
      controller.abort(reason);
      const refusal = await ended;
      // A store that does not wait may have ended before.
      const before = refusal === undefined ? (await sweeping).deleted : undefined;
      if (before === undefined) assert.equal(refusal, reason);
      const { deleted, done } = await service.sweep({ appName, userId });
      assert.ok(done);
      assert.ok(before === undefined ? deleted <= 30 : before + deleted === 30);
      for (const sessionId of sessionIds) {
        assert.equal((await service.create({ appName, userId, sessionId })).revision, 0);
      }
    },
  },
  {
    title: 'refuses what does not say whose sessions are meant, and limits that are none',
    needs: 'sweep',
    async run(context) {
      const { service } = context;
      const { appName, userId, gone } = await newSessions(context, { expired: 1, kept: 1 });
      const refused: readonly (readonly [object, string])[] = [
        [{ appName }, 'userId'],
        [{ userId }, 'appName'],
        [{ appName, userId, allUsers: true }, 'userId'],
        [{ appName, allUsers: false }, 'allUsers'],
        [{ appName, userId, idleFor: -1 }, 'idleFor'],
        [{ appName, userId, idleFor: 0.5 }, 'idleFor'],
        [{ appName, userId, idleFor: null }, 'idleFor'],
        [{ appName, userId, limit: 0 }, 'limit'],
        [{ appName, userId, limit: 100_001 }, 'limit'],
        [{ appName, userId, limit: '1' }, 'limit'],
        [{ appName, userId, signal: 'now' }, 'signal'],
      ];
      for (const [request, path] of refused) {
        const call = () => service.sweep(request as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      assert.deepEqual(await service.sweep({ appName, userId }), {
        deleted: gone.length,
        done: true,
      });
    },
  },
]);

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

/**
 * Idle sessions are touched while they are swept: whoever was acknowledged has its session. It is
 * told only if all was over before the sessions could be idle again.
 */
async function expectTouchedStay(context: CaseContext, instances: Instances): Promise<void> {
  const { newId, newKey, random } = context;
  for (let idle = IDLE_MS; idle <= MOST_IDLE_MS; idle *= 2) {
    const rounds = await Promise.all(
      upTo(ROUNDS).map(async () => {
        const { appName, userId } = newKey();
        const keys = upTo(6).map(() => ({ appName, userId, sessionId: newId('session') }));
        const state = { own: 'old' };
        await Promise.all(keys.map((key) => instances[0].create({ ...key, state })));
        return { appName, userId, keys };
      }),
    );
    const created = Date.now();
    while (Date.now() <= created + idle) await aPause();
    let isTold = false;
    for (const [round, { appName, userId, keys }] of rounds.entries()) {
      const begun = Date.now();
      const touches = keys.map((key, i) => async () => {
        const service = turnOf(instances, i);
        const event = { id: 'e1', author: 'old', timestamp: 0 };
        if (i % 3 === 2) await service.updateSession({ ...key, labels: { set: { title: 'old' } } });
        else await service.appendEvent({ ...key, event });
        return key;
      });
      const sweeps = upTo(2).map((n) => async () => {
        await turnOf(instances, n).sweep({ appName, userId, idleFor: idle });
        return undefined;
      });
      const { answers, refusals } = await outcomesOf([...touches, ...sweeps], { round, random });
      for (const { code } of refusals) assert.equal(code, 'not_found');
      const touched = answers.flatMap((key) => key ?? []);
      const found = await Promise.all(touched.map((key) => instances[1].get(key)));
      if (Date.now() >= begun + idle) continue;
      isTold = true;
      for (const session of found) {
        assert.ok(session !== undefined, 'a session that was just touched is not swept');
      }
      for (const key of keys.filter((key) => !touched.includes(key))) {
        await expectGone(instances[1], key);
        await instances[0].create(key);
        await expectNothingOld(instances[1], key);
      }
    }
    if (isTold) return;
  }
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
