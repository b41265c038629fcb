import assert from 'node:assert/strict';
import { isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { idsOf } from '../scenario.ts';
import type { NamedEvent, Operation } from './operations.ts';
import { perform } from './perform-operation.ts';
import { type Outcome, SessionModel } from './session-model.ts';

/** Performs the operations in an app of their own, and compares with the model after each. */
export async function compareWithModel(
  service: SessionService,
  { appName, operations }: { readonly appName: string; readonly operations: readonly Operation[] },
): Promise<void> {
  const model = new SessionModel();
  for (const operation of operations) {
    const outcome = await outcomeOf(() => perform(service, { appName, operation }));
    const createTime = await readCreateTime(service, { appName, operation });
    assert.deepEqual(
      outcome,
      model.apply(operation, createTime),
      `the answer to ${operation.call}`,
    );
    await compareUser(service, { appName, model, user: operation.user });
  }
  for (const user of ['ann', 'bob']) await compareUser(service, { appName, model, user });
}

async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (error) {
    if (isHoldfastError(error)) return { code: error.code };
    throw error;
  }
}

async function readCreateTime(
  service: SessionService,
  { appName, operation }: { readonly appName: string; readonly operation: Operation },
): Promise<number> {
  if (operation.call === 'updateState') return 0;
  const key = { appName, userId: operation.user, sessionId: operation.session };
  return (await service.get({ ...key, numRecentEvents: 0 }))?.createTime ?? 0;
}

/** Compares all that can be read of one user. */
async function compareUser(
  service: SessionService,
  view: { readonly appName: string; readonly model: SessionModel; readonly user: string },
): Promise<void> {
  const { appName, model, user } = view;
  const found: { id: string; time: number }[] = [];
  for (const sessionId of ['one', 'two']) {
    const time = await compareSession(service, {
      key: { appName, userId: user, sessionId },
      model,
    });
    if (time !== undefined) found.push({ id: sessionId, time });
  }
  found.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const { sessions } = await service.list({ appName, userId: user, order: 'asc' });
  assert.deepEqual(idsOf(sessions), idsOf(found), 'the list');
  const ofApp = Object.entries(await service.getState({ scope: 'app', appName }));
  const ofUser = Object.entries(await service.getState({ scope: 'user', appName, userId: user }));
  const shared = Object.fromEntries([
    ...ofApp.map(([key, value]) => [`app:${key}`, value]),
    ...ofUser.map(([key, value]) => [`user:${key}`, value]),
  ]);
  assert.deepEqual(shared, model.state(user), 'the state of the app and of the user');
}

/** Compares one session, and gives its `lastUpdateTime`; undefined if there is none. */
async function compareSession(
  service: SessionService,
  { key, model }: { readonly key: SessionKey; readonly model: SessionModel },
): Promise<number | undefined> {
  const session = await service.get(key);
  const expected = model.sessions.get(`${key.userId}/${key.sessionId}`);
  assert.equal(session !== undefined, expected !== undefined, 'whether the session is there');
  if (session === undefined || expected === undefined) return undefined;
  const { createTime, lastUpdateTime, revision, events, state } = session;
  assert.deepEqual(events, expected.events.map(asStored), 'the events');
  assert.equal(revision, expected.events.length, 'the revision');
  assert.deepEqual(state.toJSON(), model.state(key.userId, key.sessionId), 'the state');
  const times = expected.events.map((event) => event.timestamp);
  assert.equal(createTime, expected.createTime, 'createTime');
  assert.equal(lastUpdateTime, Math.max(createTime, ...times), 'lastUpdateTime');
  return lastUpdateTime;
}

function asStored(event: NamedEvent, index: number): unknown {
  const { stateDelta, removedStateKeys } = event.actions;
  const isKept = (key: string) => !key.startsWith('temp:');
  const actions = {
    stateDelta: Object.fromEntries(Object.entries(stateDelta).filter(([key]) => isKept(key))),
    removedStateKeys: removedStateKeys.filter(isKept),
  };
  return { ...event, invocationId: '', actions, seq: index + 1 };
}
