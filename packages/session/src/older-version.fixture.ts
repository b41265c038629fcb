import type { JsonObject, SessionKey } from '@holdfast/core';
import { expect } from 'vitest';
import type { SessionJson } from './session.ts';
import type { SessionService } from './session-service.ts';

/** What an older version of a store has written, as its own code left it: `version-….fixture.json`. */
export interface MadeByOlderVersion<Written> {
  /** What brings it about, in order. */
  readonly written: readonly Written[];
  /** The sessions as that version read them. */
  readonly sessions: readonly OlderSession[];
}

interface OlderSession extends Omit<SessionJson, 'incarnation' | 'labels'> {
  readonly incarnation?: string;
  /** The session's own state at each `seq`, as that version read it; that at its creation first. */
  readonly states?: readonly JsonObject[];
}

/** A time, in epoch ms, after all that was written. A service over it has its clock stand there. */
export const AFTER_OLDER_VERSIONS = 1_796_000_000_000;

/** Sees to it that a service over what an older version has written has all of it, and goes on with it. */
export async function expectOlderVersion(
  service: SessionService,
  { sessions }: MadeByOlderVersion<unknown>,
): Promise<void> {
  for (const session of sessions) await expectWhole(service, session);
  for (const session of sessions) {
    await expectForks(service, session);
    await expectAppends(service, session);
    await expectRewinds(service, session);
    await expectLabels(service, session);
    await expectTurns(service, session);
    await expectExpiry(service, session);
  }
}

/** Sees to it that sessions which were not touched since an older version wrote them are swept. */
export async function expectOlderVersionSwept(
  service: SessionService,
  { sessions }: MadeByOlderVersion<unknown>,
): Promise<void> {
  const [oldest] = [...sessions].sort((a, b) => a.lastUpdateTime - b.lastUpdateTime);
  const { appName, lastUpdateTime } = oldest as OlderSession;
  const age = AFTER_OLDER_VERSIONS - lastUpdateTime;
  const all = { appName, allUsers: true } as const;
  const before = await service.list({ ...all, includeTotal: true });
  expect(await service.sweep({ ...all, idleFor: age + 1 })).toEqual({ deleted: 0, done: true });
  expect(await service.sweep({ ...all, idleFor: age })).toEqual({ deleted: 1, done: true });
  expect(await service.get(keyOf(oldest as OlderSession))).toBeUndefined();
  const after = await service.list({ ...all, includeTotal: true });
  expect(after.total).toBe((before.total as number) - 1);
}

async function expectWhole(service: SessionService, session: OlderSession): Promise<void> {
  const { states: _, ...json } = session;
  const found = await service.get(keyOf(session));
  expect(found?.toJSON()).toEqual({ incarnation: expect.any(String), ...json, labels: {} });
  const { sessions } = await service.list(keyOf(session));
  const listed = sessions.find(({ id }) => id === session.sessionId);
  expect(listed).toMatchObject({ incarnation: found?.incarnation, labels: {} });
}

async function expectForks(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  for (const throughSeq of pointsOf(session)) {
    const fork = await service.fork({ ...key, throughSeq });
    expect(fork.events).toEqual(session.events.slice(0, throughSeq));
    expect(fork.forkedFrom).toEqual({ sessionId: key.sessionId, seq: throughSeq });
    expect(await ownState(service, fork)).toEqual(await stateOf(service, session, throughSeq));
    expect(await service.delete(fork)).toBe(true);
  }
}

async function expectAppends(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  const { revision } = session;
  const found = await service.get(key);
  const expected = { ...key, expectedIncarnation: found?.incarnation };
  const stored = await service.appendEvent({ ...expected, event: { id: 'later' } });
  expect(stored.seq).toBe(revision + 1);
  expect(await service.appendEvent({ ...expected, event: { id: 'later' } })).toEqual(stored);
  const batch = await service.appendEvents({ ...expected, events: [{}, {}] });
  expect(batch.map(({ seq }) => seq)).toEqual([revision + 2, revision + 3]);
  expect((await service.get(key))?.incarnation).toBe(found?.incarnation);
  const { events } = await service.listEvents({ ...key, afterSeq: revision });
  expect(events).toEqual([stored, ...batch]);
  expect(found?.withEvent(stored).revision).toBe(revision + 1);
  expect(await service.getEvent({ ...key, eventId: 'later' })).toEqual(stored);
}

async function expectRewinds(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  const now = await ownState(service, key);
  for (const toSeq of [...pointsOf(session), session.revision]) {
    const expected = await stateOf(service, session, toSeq);
    await service.rewind({ ...key, toSeq });
    expect(await ownState(service, key)).toEqual(expected);
  }
  expect(await ownState(service, key)).toEqual(now);
}

async function expectLabels(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  const labels = { title: 'Older', status: 'a\0\\' };
  const updated = await service.updateSession({ ...key, labels: { set: labels } });
  expect(updated.labels).toEqual(labels);
  const list = async (wanted: Record<string, string>) =>
    (await service.list({ ...key, labels: wanted })).sessions.map(({ id }) => id);
  expect(await list(labels)).toEqual([key.sessionId]);
  expect(await list({ ...labels, title: 'older' })).toEqual([]);
  await service.updateSession({ ...key, labels: { remove: ['title'] } });
  expect(await list({ title: 'Older' })).toEqual([]);
  expect((await service.get(key))?.labels).toEqual({ status: 'a\0\\' });
}

async function expectTurns(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  await service.acquireTurn({ ...key, turn: 'one' });
  await expect(service.acquireTurn({ ...key, turn: 'two' })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(service.appendEvent({ ...key, turn: 'two', event: {} })).rejects.toMatchObject({
    code: 'conflict',
  });
  await service.appendEvent({ ...key, turn: 'one', event: { id: 'in turn' } });
  expect(await service.releaseTurn({ ...key, turn: 'one' })).toBe(true);
}

async function expectExpiry(service: SessionService, session: OlderSession): Promise<void> {
  const key = keyOf(session);
  const found = await service.get({ ...key, numRecentEvents: 0 });
  await service.updateSession({ ...key, expires: { at: AFTER_OLDER_VERSIONS } });
  expect(await service.get(key)).toBeUndefined();
  await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
    code: 'not_found',
  });
  const made = await service.create(key);
  expect(made.incarnation).not.toBe(found?.incarnation);
  const expected = { ...key, expectedIncarnation: found?.incarnation };
  await expect(service.appendEvent({ ...expected, event: {} })).rejects.toMatchObject({
    code: 'conflict',
    path: 'expectedIncarnation',
  });
  expect((await service.get(key))?.toJSON()).toMatchObject({ events: [], revision: 0, labels: {} });
}

/** Every `seq` whose state is known. */
function pointsOf({ states, revision }: OlderSession): readonly number[] {
  return states === undefined ? [revision] : states.map((_, seq) => seq);
}

async function stateOf(
  service: SessionService,
  session: OlderSession,
  seq: number,
): Promise<JsonObject> {
  return session.states?.[seq] ?? (await ownState(service, keyOf(session)));
}

async function ownState(service: SessionService, key: SessionKey): Promise<JsonObject> {
  const session = await service.get({ ...keyOf(key), numRecentEvents: 0 });
  const state = session?.state.toJSON() ?? {};
  return Object.fromEntries(Object.entries(state).filter(([name]) => !/^(app|user):/.test(name)));
}

function keyOf({ appName, userId, sessionId }: SessionKey): SessionKey {
  return { appName, userId, sessionId };
}
