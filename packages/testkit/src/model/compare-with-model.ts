import assert from 'node:assert/strict';
import { type Event, isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { idsOf } from '../scenario.ts';
import type { Entry, ModelSession } from './model-session.ts';
import type { NamedEvent } from './named-events.ts';
import { isOnSession, type Operation } from './operations.ts';
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
    const expected = model.apply(operation, createTime) ?? outcome;
    assert.deepEqual(outcome, expected, `the answer to ${operation.call}`);
    const user = operation.call === 'copyUser' ? operation.to : operation.user;
    await compareUser(service, { appName, model, user });
  }
  for (const user of ['ann', 'bob']) await compareUser(service, { appName, model, user });
  const users = model.users();
  if (!service.capabilities.listUsers || users === undefined) return;
  assert.deepEqual((await service.listUsers({ appName })).userIds, users, 'the users');
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
  if (!isOnSession(operation)) return 0;
  const sessionId = operation.call === 'fork' ? operation.newSession : operation.session;
  const key = { appName, userId: operation.user, sessionId };
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
  for (const { id, labels } of sessions) {
    assert.deepEqual(labels, model.sessions.get(`${user}/${id}`)?.labels, 'the listed labels');
  }
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
  const session = await service.get({ ...key, includeInitialState: true });
  const expected = model.sessions.get(`${key.userId}/${key.sessionId}`);
  assert.equal(session !== undefined, expected !== undefined, 'whether the session is there');
  if (session === undefined || expected === undefined) return undefined;
  const { createTime, lastUpdateTime, revision, events, state } = session;
  assert.deepEqual(events.map(whatIsSet), expected.entries.map(asStored(events)), 'the events');
  assert.equal(revision, expected.revision, 'the revision');
  assert.deepEqual(state.toJSON(), model.state(key.userId, key.sessionId), 'the state');
  // The time of a marker is the service's to tell.
  const times = events.map((event) => event.timestamp);
  assert.equal(createTime, expected.createTime, 'createTime');
  assert.equal(lastUpdateTime, Math.max(createTime, ...times), 'lastUpdateTime');
  assert.deepEqual(session.labels, expected.labels, 'the labels');
  assert.deepEqual(session.forkedFrom, expected.forkedFrom, 'where it was forked from');
  const history = session.conversationHistory.map(({ parts }) => parts?.[0]?.text);
  assert.deepEqual(history, expected.active(), 'the active events');
  if (service.capabilities.fork) compareKept(session, expected);
  return lastUpdateTime;
}

/** Compares what a store keeps for forks and rewinds. */
function compareKept(
  { initialState, activeFrom }: { readonly initialState: unknown; readonly activeFrom: number },
  expected: ModelSession,
): void {
  assert.deepEqual(initialState, expected.states[0], 'the initial state');
  assert.equal(activeFrom, expected.activeFrom(), 'from where on events are active');
}

/** A marker without the changes of state that it makes: they are seen in the state. */
function whatIsSet(event: Event): unknown {
  const { rewind, retract } = event.actions;
  if (rewind === undefined && retract === undefined) return event;
  return { ...event, actions: { rewind, retract } };
}

function asStored(events: readonly Event[]) {
  return (entry: Entry, index: number): unknown => {
    const seq = index + 1;
    const { id, timestamp } = events[index] ?? {};
    const marker = { id, timestamp, seq, invocationId: '', author: 'user' };
    switch (entry.type) {
      case 'event':
        return { ...entry.event, invocationId: '', actions: storedActions(entry.event), seq };
      case 'rewind':
        return { ...marker, actions: { rewind: { toSeq: entry.toSeq }, retract: undefined } };
      case 'retract': {
        const { ids: eventIds, throughSeq } = entry;
        const retract = eventIds.length > 0 ? { eventIds } : { throughSeq };
        return { ...marker, actions: { rewind: undefined, retract } };
      }
      case 'erased': {
        const { author = 'user', ...known } = entry.event ?? { id, timestamp };
        return { id: known.id, seq, timestamp: known.timestamp, author, erased: true };
      }
    }
  };
}

function storedActions({ actions }: NamedEvent): unknown {
  const { stateDelta, removedStateKeys } = actions;
  const isKept = (key: string) => !key.startsWith('temp:');
  return {
    ...actions,
    stateDelta: Object.fromEntries(Object.entries(stateDelta).filter(([key]) => isKept(key))),
    removedStateKeys: removedStateKeys.filter(isKept),
  };
}
