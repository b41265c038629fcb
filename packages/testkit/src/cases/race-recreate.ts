import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { answersOf, aPause, type Instances, inLanes, nextTurn, raceCases } from '../race.ts';
import { at, idsOf, read, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 6;
const MORE_ROUNDS = 12;

/** Appends until the session is gone, and tells of what was acknowledged. */
async function appendUntilGone(
  service: SessionService,
  {
    key,
    writer,
    acknowledge,
  }: { key: SessionKey; writer: string; acknowledge: (id: string) => void },
): Promise<void> {
  for (const n of upTo(20)) {
    const id = `${writer}-${n}`;
    const stateDelta = { [`own-${id}`]: n, [`user:${id}`]: n };
    const event = { id, author: 'old', timestamp: at(n), actions: { stateDelta } };
    if (
      (await unlessRefused('not_found', () => service.appendEvent({ ...key, event }))) === undefined
    )
      return;
    acknowledge(id);
    // A pause: whoever deletes has to come between two of these.
    await service.get(key);
    await nextTurn();
  }
}

async function expectNoneComesBack(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random } = context;
  await inLanes(MORE_ROUNDS, async (round) => {
    const key = newKey();
    await instances[0].create({ ...key, state: { own: 'old' } });
    const acknowledged: string[] = [];
    const last = random.below(6);
    let writers = 3;
    const append = (n: number) => async () => {
      const acknowledge = (id: string) => acknowledged.push(id);
      const service = instances[n % 2 === 0 ? 0 : 1];
      try {
        await appendUntilGone(service, { key, writer: `w${n}`, acknowledge });
      } finally {
        writers--;
      }
    };
    const remove = async () => {
      while (acknowledged.length < last && writers > 0) await nextTurn();
      return instances[1].delete(key);
    };
    const calls: (() => Promise<unknown>)[] = [remove, append(1), append(2), append(3)];
    const [isDeleted] = await answersOf(calls, { round, random });
    assert.equal(isDeleted, true);
    await expectGone(instances, { key, acknowledged });
  });
}

async function expectGone(
  [first, second]: Instances,
  { key, acknowledged }: { readonly key: SessionKey; readonly acknowledged: readonly string[] },
): Promise<void> {
  const { appName, userId } = key;
  assert.equal(await first.get(key), undefined);
  const list = { appName, userId, includeTotal: true };
  assert.deepEqual(await first.list(list), { sessions: [], total: 0 });
  const user = await second.getState({ scope: 'user', appName, userId });
  assert.deepEqual(Object.keys(user).sort(), acknowledged.toSorted(), 'what was appended stays');

  const created = await first.create({ ...key, state: { own: 'new' } });
  const { revision, events, state, lastUpdateTime } = await read(second, key);
  assert.deepEqual([revision, events, lastUpdateTime], [0, [], created.lastUpdateTime]);
  const own = [...state.keys()].filter((name) => !name.startsWith('user:'));
  assert.deepEqual([own, state.get('own')], [['own'], 'new']);
  assert.deepEqual(await second.listEvents(key), { events: [], hasMore: false });
  // Those that were appended before, and those that came too late: they are all new.
  const ids = upTo(3).flatMap((writer) => upTo(4).map((n) => `w${writer}-${n}`));
  const batch = ids.map((id) => ({ id, author: 'new', timestamp: at(99) }));
  const stored = await second.appendEvents({ ...key, events: batch });
  assert.deepEqual(seqsOf(stored), upTo(ids.length));
  assert.deepEqual((await read(first, key)).events, stored);
  const page = await second.list(list);
  const seen = page.sessions.map((each) => [each.id, each.revision, each.lastUpdateTime]);
  assert.deepEqual([seen, page.total], [[[key.sessionId, ids.length, at(99)]], 1]);
}

async function expectOldOrNew(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random } = context;
  const keys: SessionKey[] = [];
  for (const round of upTo(ROUNDS)) {
    const key = newKey();
    keys.push(key);
    const oldState = Object.fromEntries(upTo(8).map((n) => [`k${n}`, 'old']));
    const newState = Object.fromEntries(upTo(8).map((n) => [`k${n}`, 'new']));
    const { incarnation } = await instances[0].create({ ...key, state: oldState });
    const oldIds = upTo(12).map((n) => `e${n}`);
    await instances[0].appendEvents({
      ...key,
      events: oldIds.map((id) => ({ id, author: 'old' })),
    });

    const expectWhole = async (service: SessionService) => {
      const session = await service.getOrCreate({ ...key, state: newState });
      const isOld = session.incarnation === incarnation;
      const by = session.events.map(({ author }) => [`by${author}`, 1] as const);
      const state = isOld ? oldState : { ...newState, ...Object.fromEntries(by) };
      assert.deepEqual(
        session.state.toJSON(),
        state,
        isOld ? 'the old session' : 'the new session',
      );
      const ids = isOld ? oldIds : session.events.map(({ author }) => `e${author}`);
      assert.deepEqual(idsOf(session.events), ids);
      assert.equal(session.revision, ids.length);
      return session;
    };
    const creator = (n: number) => async () => {
      const service = instances[n % 2 === 0 ? 0 : 1];
      let session = await expectWhole(service);
      for (let tries = 1; session.incarnation === incarnation; tries++) {
        await nextTurn();
        if (tries % 30 === 0) await aPause();
        session = await expectWhole(service);
      }
      const event = { id: `e${n}`, author: `${n}`, actions: { stateDelta: { [`by${n}`]: 1 } } };
      const expectedIncarnation = session.incarnation;
      await service.appendEvent({ ...key, event, expectedIncarnation });
      await expectWhole(service);
      return true;
    };
    const remove = () => instances[1].delete(key);
    const answers = await answersOf([remove, creator(1), creator(2), creator(3)], {
      round,
      random,
    });
    assert.deepEqual(answers, [true, true, true, true]);
  }
  // Whatever a delete does after it was acknowledged, it does to what is there by now.
  for (const key of keys) {
    const { revision, events, state } = await read(instances[1], key);
    assert.deepEqual([revision, idsOf(events).sort(), state.size], [3, ['e1', 'e2', 'e3'], 11]);
    const retry = { id: 'e2', author: '2', actions: { stateDelta: { by2: 1 } } };
    const stored = events.find(({ id }) => id === 'e2');
    assert.deepEqual(await instances[0].appendEvent({ ...key, event: retry }), stored);
    const { sessions } = await instances[0].list({ ...key });
    assert.deepEqual(
      sessions.map((each) => [each.id, each.revision]),
      [[key.sessionId, 3]],
    );
  }
}

/** A session that is deleted, and created again, among other calls at the same moment. */
export const recreateRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'deletes a session among appends to it, with all that they have left in it',
    run: expectNoneComesBack,
  }),
  ...raceCases({
    title: 'gives the old session or a new one, never a mix, while it is deleted and created again',
    run: expectOldOrNew,
  }),
]);
