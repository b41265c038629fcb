import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { aPartOf, type Instances, lengthOf, raceCases, turnOf } from '../race.ts';
import { at, newSession, read } from '../scenario.ts';

const ROUNDS = 4;

type Look = (service: SessionService) => Promise<unknown>;

/**
 * Makes `write` while the same looks are under way that follow it. Those before may see it or not;
 * those that follow must. A look that came before, and whatever was kept of it, is no answer.
 */
async function expectSeen(
  { random }: CaseContext,
  {
    instances,
    write,
    looks,
  }: {
    readonly instances: Instances;
    readonly write: () => Promise<unknown>;
    readonly looks: readonly (readonly [Look, unknown])[];
  },
): Promise<void> {
  const lookAll = () =>
    Promise.all(
      looks.flatMap(([look]) => instances.map((service) => look(service).catch((error) => error))),
    );
  // What is kept of the calls before is kept by now.
  const length = await lengthOf(lookAll);
  const before = lookAll();
  await aPartOf(length, random);
  await write();
  const again = lookAll();
  const seen = await again;
  await before;
  for (const [i, [look, expected]] of looks.entries()) {
    for (const [n] of instances.entries()) {
      const value = seen[i * instances.length + n];
      if (value instanceof Error) throw value;
      assert.deepEqual(value, expected, `${look.name} after the write was acknowledged`);
    }
  }
}

async function expectAppends(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context, { own: 0 });
  const { appName, userId } = key;
  const get: Look = async (service) => {
    const { revision, state, events } = await read(service, key);
    return [revision, state.get('own'), events.length];
  };
  const window: Look = async (service) => {
    const session = await service.get({ ...key, numRecentEvents: 1 });
    return session?.events.map(({ seq }) => seq);
  };
  const list: Look = async (service) => {
    const { sessions } = await service.list({ appName, userId, includeState: true });
    return sessions.map(({ revision, lastUpdateTime }) => [revision, lastUpdateTime]);
  };
  const listEvents: Look = async (service) => {
    const { events } = await service.listEvents({ ...key, order: 'desc', limit: 1 });
    return events.map(({ seq }) => seq);
  };
  const getState: Look = (service) => service.getState({ scope: 'user', appName, userId });
  for (let n = 1; n <= ROUNDS; n++) {
    const actions = { stateDelta: { own: n, 'user:theirs': n } };
    const write = () =>
      turnOf(instances, n).appendEvent({ ...key, event: { timestamp: at(n), actions } });
    const looks = [
      [get, [n, n, n]],
      [window, [n]],
      [list, [[n, at(n)]]],
      [listEvents, [n]],
      [getState, { theirs: n }],
    ] as const;
    await expectSeen(context, { instances, write, looks });
  }
}

async function expectUpdates(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const { appName, userId } = key;
  const user = { scope: 'user', appName, userId } as const;
  const app = { scope: 'app', appName } as const;
  const get: Look = async (service) => (await read(service, key)).state.toJSON();
  const list: Look = async (service) => {
    const { sessions } = await service.list({ appName, userId, includeState: true });
    return sessions.map(({ state }) => state?.toJSON());
  };
  const ofUser: Look = (service) => service.getState(user);
  const ofApp: Look = (service) => service.getState(app);
  let state = {};
  for (let n = 1; n <= ROUNDS; n++) {
    for (const owner of [user, app]) {
      state = { ...state, [`${owner.scope}:k`]: n };
      const write = () => turnOf(instances, n).updateState({ ...owner, set: { k: n } });
      const looks = [
        [get, state],
        [list, [state]],
        [owner === user ? ofUser : ofApp, { k: n }],
      ] as const;
      await expectSeen(context, { instances, write, looks });
    }
  }
}

async function expectSessions(context: CaseContext, instances: Instances): Promise<void> {
  const { appName, userId, sessionId } = context.newKey();
  const key: SessionKey = { appName, userId, sessionId };
  const get: Look = async (service) => (await service.get(key))?.incarnation;
  const list: Look = async (service) => {
    const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
    return [sessions.map(({ incarnation }) => incarnation), total];
  };
  for (let n = 1; n <= ROUNDS; n++) {
    let incarnation = '';
    // It is known only when it is created.
    const isNew =
      (look: Look): Look =>
      async (service) =>
        JSON.stringify(await look(service)).replaceAll(incarnation || ' ', 'new');
    const create = async () => {
      ({ incarnation } = await turnOf(instances, n).create(key));
    };
    const created = [
      [isNew(async (service) => (await get(service)) ?? null), '"new"'],
      [isNew(list), '[["new"],1]'],
    ] as const;
    await expectSeen(context, { instances, write: create, looks: created });
    const remove = () => turnOf(instances, n).delete(key);
    const gone = [
      [get, undefined],
      [list, [[], 0]],
    ] as const;
    await expectSeen(context, { instances, write: remove, looks: gone });
  }
}

/** What calls see that are made once a write was acknowledged. */
export const latestMomentCases = casesOf('moments', [
  ...raceCases({
    title: 'shows an event to every call after its append, even if calls before are under way',
    run: expectAppends,
  }),
  ...raceCases({
    title: 'shows what `updateState` changes to every call after it, even if others are under way',
    run: expectUpdates,
  }),
  ...raceCases({
    title: 'shows to every call that a session was created, deleted and created again',
    run: expectSessions,
  }),
]);
