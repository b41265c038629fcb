import assert from 'node:assert/strict';
import {
  type Event,
  exportUser,
  type SessionKey,
  type SessionService,
  type WatchSessionRequest,
} from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import { expectError } from './expect-error.ts';
import { at, idsOf } from './scenario.ts';

/** Lets a session expire, at a moment that is over. */
export async function expire(service: SessionService, key: SessionKey): Promise<void> {
  await service.updateSession({ ...key, expires: { at: 1 } });
}

/** A session with something of everything that a session can have, and with the event `e1`. */
export async function newFullSession({
  service,
  newKey,
}: Pick<CaseContext, 'service' | 'newKey'>): Promise<SessionKey> {
  const key = newKey();
  const state = { own: 'old', 'user:theirs': 'kept', 'app:everyones': 'kept' };
  const labels = { title: 'old' };
  await service.create({ ...key, state, labels, expires: { at: at(1) } });
  const events = [1, 2, 3].map((n) => ({
    id: `e${n}`,
    author: 'old',
    invocationId: `i${n}`,
    timestamp: at(n),
    actions: { stateDelta: { [`old${n}`]: n } },
  }));
  await service.appendEvents({ ...key, events });
  if (service.capabilities.turns) await service.acquireTurn({ ...key, turn: 'old' });
  return key;
}

/** Every call takes the session, which had the event `e1`, for one that does not exist. */
export async function expectGone(service: SessionService, key: SessionKey): Promise<void> {
  await expectNotRead(service, key);
  await expectNotListed(service, key);
  await expectNotWritten(service, key);
  await expectNotRead(service, key);
}

async function expectNotRead(service: SessionService, key: SessionKey): Promise<void> {
  const { getEvent, watch } = service.capabilities;
  assert.equal(await service.get(key), undefined);
  assert.equal(await service.get({ ...key, numRecentEvents: 0 }), undefined);
  assert.equal(await service.get({ ...key, active: true, includeInitialState: true }), undefined);
  const missing = { code: 'not_found', key } as const;
  await expectError(() => service.listEvents(key), missing);
  await expectError(() => service.listEvents({ ...key, order: 'desc', limit: 1 }), missing);
  if (getEvent) await expectError(() => service.getEvent({ ...key, eventId: 'e1' }), missing);
  if (watch) await expectError(() => firstWatched(service, key), missing);
}

async function expectNotListed(service: SessionService, key: SessionKey): Promise<void> {
  const { appName, userId, sessionId } = key;
  const list = { appName, limit: 1000, includeTotal: true, includeState: true } as const;
  const requests = [
    { ...list, userId },
    { ...list, userId, order: 'asc' },
    { ...list, userId, labels: { title: 'old' } },
    ...(service.capabilities.listAllUsers ? [{ ...list, allUsers: true } as const] : []),
  ] as const;
  for (const request of requests) {
    const { sessions, total } = await service.list(request);
    assert.ok(!idsOf(sessions).includes(sessionId), 'what is gone must not be listed');
    assert.equal(total, sessions.length, 'what is gone must not be counted');
  }
  for await (const record of exportUser(service, { appName, userId })) {
    assert.ok(record.type === 'state' || record.sessionId !== sessionId, 'nothing to be exported');
  }
}

async function expectNotWritten(service: SessionService, key: SessionKey): Promise<void> {
  const { fork, turns, erase } = service.capabilities;
  const missing = { code: 'not_found', key } as const;
  const event = { id: 'new', timestamp: at(9), actions: { stateDelta: { 'user:new': 1 } } };
  const refused: (() => Promise<unknown>)[] = [
    () => service.appendEvent({ ...key, event }),
    () => service.appendEvent({ ...key, event, expectedRevision: 3 }),
    () => service.appendEvent({ ...key, event: { id: 'e1', author: 'old', timestamp: at(1) } }),
    () => service.appendEvents({ ...key, events: [event, { id: 'e1' }], onStored: 'skip' }),
    () => service.updateSession({ ...key, labels: { set: { title: 'new' } } }),
    () => service.updateSession({ ...key, expires: null }),
    () => service.rewind({ ...key, toSeq: 0 }),
    () => service.retract({ ...key, eventIds: ['e1'] }),
  ];
  if (erase) refused.push(() => service.retract({ ...key, throughSeq: 1, erase: true }));
  if (fork)
    refused.push(
      () => service.fork(key),
      () => service.fork({ ...key, throughSeq: 0 }),
    );
  if (turns) {
    refused.push(
      () => service.acquireTurn({ ...key, turn: 'new' }),
      () => service.acquireTurn({ ...key, turn: 'old', extend: true }),
      () => service.appendEvent({ ...key, event, turn: 'old' }),
    );
  }
  for (const call of refused) await expectError(call, missing);
  if (turns)
    assert.equal(await service.releaseTurn({ ...key, turn: 'old' }), false, 'it is not held');
  assert.equal(await service.delete(key), false, 'there is nothing to be deleted');
}

/** What a session is like that was created with an id that was used before. */
export async function expectNothingOld(service: SessionService, key: SessionKey): Promise<void> {
  const session = await service.get({ ...key, includeInitialState: true });
  assert.ok(session !== undefined, 'the new session must be there');
  assert.deepEqual(
    [...session.state.keys()].filter((name) => /^(old|own)/.test(name)),
    [],
  );
  assert.ok(session.events.every(({ author }) => author !== 'old'));
  assert.equal(session.revision, session.events.length);
  assert.equal(session.labels['title'], undefined);
  assert.equal(session.expires, undefined);
  const event = { id: 'e1', author: 'new', timestamp: at(5) };
  const turn = 'new';
  const { turns } = service.capabilities;
  if (turns) assert.ok((await service.acquireTurn({ ...key, turn })) > 0, 'it is held for nobody');
  const stored = await service.appendEvent({ ...key, event, ...(turns && { turn }) });
  assert.equal(stored.seq, session.revision + 1, 'an id of an event may be used again');
}

/** The first event that a watch gives; then it is ended. */
export async function firstWatched(
  service: SessionService,
  request: WatchSessionRequest,
): Promise<Event | undefined> {
  for await (const event of service.watch(request)) return event;
  return undefined;
}
