import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { answersOf, type Instances, nextTurn, raceCases } from '../race.ts';
import { at, newSession, read, readState, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 6;

async function expectOneIsTold(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  for (const round of upTo(ROUNDS)) {
    const key = await newSession(context, { own: 1 });
    await instances[0].appendEvents({ ...key, events: upTo(3).map((n) => ({ id: `e${n}` })) });
    const remove = (n: number) => () => instances[n % 2 === 0 ? 0 : 1].delete(key);
    const append = (n: number) => async () => {
      const event = { id: `later${n}`, timestamp: at(n), actions: { stateDelta: { own: n } } };
      const call = () => instances[n % 2 === 0 ? 1 : 0].appendEvent({ ...key, event });
      return (await unlessRefused('not_found', call)) !== undefined && 'appended';
    };
    const appends = round % 2 === 0 ? upTo(4).map(append) : [];
    const calls: (() => Promise<unknown>)[] = [...upTo(6).map(remove), ...appends];
    const answers = await answersOf(calls, { round, random });
    assert.equal(answers.filter((answer) => answer === true).length, 1, 'deletes told true');
    for (const service of instances) assert.equal(await service.get(key), undefined);
    assert.equal(await instances[0].delete(key), false);
  }
}

async function expectAsManyAsCreated(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random } = context;
  const key = newKey();
  let created = 0;
  let deleted = 0;
  const create = (n: number) => async () => {
    for (const _ of upTo(6)) {
      const call = () => instances[n % 2 === 0 ? 0 : 1].create({ ...key, state: { [`k${n}`]: n } });
      const session = await unlessRefused('already_exists', call);
      if (session === undefined) await nextTurn();
      else {
        created++;
        assert.deepEqual(session.state.toJSON(), { [`k${n}`]: n });
      }
    }
  };
  const remove = (n: number) => async () => {
    for (const _ of upTo(6)) {
      if (await instances[n % 2 === 0 ? 0 : 1].delete(key)) deleted++;
      else await nextTurn();
    }
  };
  const calls = upTo(3).flatMap((n) => [create(n), remove(n)]);
  await answersOf(calls, { round: 1, random });
  const left = await instances[0].get(key);
  assert.equal(
    created - deleted,
    left === undefined ? 0 : 1,
    `${created} creates, ${deleted} deletes`,
  );
  if (left !== undefined) assert.equal(left.state.size, 1);
}

async function expectUpdatesStay(context: CaseContext, instances: Instances): Promise<void> {
  const names = upTo(4).flatMap((n) => [`user:k${n}`, `app:k${n}`]);
  const initial = Object.fromEntries(names.map((name) => [name, 0]));
  const { newKey, random } = context;
  for (const round of upTo(ROUNDS)) {
    const key = newKey();
    const { appName, userId } = key;
    await instances[0].create({ ...key, state: { own: 1, ...initial } });
    const scopes = [
      { scope: 'user', appName, userId } as const,
      { scope: 'app', appName } as const,
    ];
    const update = (n: number) => () =>
      instances[n % 2 === 0 ? 0 : 1].updateState({
        ...(scopes[n < 3 ? 0 : 1] ?? scopes[0]),
        set: { [`k${n}`]: n },
      } as Parameters<SessionService['updateState']>[0]);
    const remove = () => instances[1].delete(key);
    const calls: (() => Promise<unknown>)[] = [remove, ...upTo(4).map(update)];
    await answersOf(calls, { round, random });
    const [user, app] = await Promise.all(scopes.map((owner) => instances[0].getState(owner)));
    const [ofUser, ofApp] = [
      { k1: 1, k2: 2, k3: 0, k4: 0 },
      { k1: 0, k2: 0, k3: 3, k4: 4 },
    ];
    assert.deepEqual([user, app], [ofUser, ofApp]);
  }
}

async function expectNoOtherTouched(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, newId, random } = context;
  const base = { ...newKey(), sessionId: 's1' };
  const ids = [
    's',
    's1',
    's10',
    's1x',
    's1:',
    's1:e',
    's1/1',
    's1-2',
    's1%',
    's1_',
    's1*',
    's1\u{10ffff}',
  ];
  const keys = ids.map((sessionId) => ({ ...base, sessionId }));
  keys.push({ ...base, userId: `${base.userId}x` }, { ...base, userId: newId('user') });
  keys.push({ ...base, appName: `${base.appName}x` });
  const events = upTo(2).map((n) => ({ id: `e${n}`, timestamp: at(n) }));
  const fill = async (key: SessionKey) => {
    await instances[0].create({ ...key, state: { own: key.sessionId } });
    await instances[0].appendEvents({ ...key, events });
  };
  await Promise.all(keys.map(fill));
  const [deleted, other] = [keys.slice(0, 2).reverse(), keys.slice(2)];
  for (const [round, gone] of deleted.entries()) {
    const left = [...deleted.slice(round + 1), ...other];
    const append = (key: SessionKey) => () =>
      instances[0].appendEvent({ ...key, event: { id: `later${round}`, timestamp: at(3) } });
    const calls: (() => Promise<unknown>)[] = [
      () => instances[1].delete(gone),
      ...left.map(append),
    ];
    const [isDeleted] = await answersOf(calls, { round, random });
    assert.equal(isDeleted, true);
    const expectWhole = async (key: SessionKey) => {
      const [stored] = await instances[1].appendEvents({ ...key, events });
      assert.equal(stored?.seq, 1, `${key.sessionId} has kept its events`);
      const session = await read(instances[1], key);
      const revision = 3 + round;
      assert.deepEqual([session.revision, seqsOf(session.events)], [revision, upTo(revision)]);
      assert.deepEqual(await readState(instances[0], key), { own: key.sessionId });
    };
    await Promise.all(left.map(expectWhole));
  }
}

/** Deletes among other calls at the same moment. */
export const deleteRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'tells one of many racing deletes that there was a session',
    run: expectOneIsTold,
  }),
  ...raceCases({
    title: 'tells as many deletes that there was a session as were created, if they race',
    run: expectAsManyAsCreated,
  }),
  ...raceCases({
    title: 'keeps what `updateState` changes while a session is deleted',
    run: expectUpdatesStay,
  }),
  ...raceCases({
    title: 'deletes nothing of sessions whose ids begin alike',
    run: expectNoOtherTouched,
  }),
]);
