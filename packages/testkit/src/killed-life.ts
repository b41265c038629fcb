import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type ExportRecord, exportUser, type SessionService } from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import type { ServiceProcess } from './conformance-options.ts';
import { patiently } from './killed-writer.ts';
import { nextTurn } from './race.ts';
import { at, idsOf, read, upTo } from './scenario.ts';

/** How many sessions a user has, each with as many events. */
const SESSIONS = 6;
const EVENTS = 40;

/** A user, half of whose sessions have expired. */
export interface KilledWorld {
  readonly appName: string;
  readonly userId: string;
  readonly keys: readonly SessionKey[];
  readonly expired: readonly SessionKey[];
}

/** Makes a user whose sessions are all alike, so that a part of one is told from the whole. */
export async function newWorld({
  service,
  newKey,
}: Pick<CaseContext, 'service' | 'newKey'>): Promise<KilledWorld> {
  const { appName, userId } = newKey();
  const keys = upTo(SESSIONS).map((n) => ({ appName, userId, sessionId: `s${n}` }));
  const events = upTo(EVENTS).map((n) => ({
    id: `e${n}`,
    timestamp: at(n),
    author: 'user',
    actions: { stateDelta: { n } },
  }));
  for (const key of keys) {
    const state = { begun: true, 'user:name': 'Ada' };
    await service.create({ ...key, state, labels: { status: 'open' } });
    await service.appendEvents({ ...key, events });
  }
  return { appName, userId, keys, expired: keys.filter((_, i) => i % 2 === 0) };
}

/** Ends the time of half of a user's sessions. */
export async function expireHalf(service: SessionService, { expired }: KilledWorld): Promise<void> {
  for (const key of expired) await service.updateSession({ ...key, expires: { at: 1 } });
}

/** Lets a process do something, and kills it after some time; resolves when it is gone. */
export async function killDuring(
  { service, kill }: ServiceProcess,
  {
    work,
    ms,
  }: { readonly work: (service: SessionService) => Promise<unknown>; readonly ms: number },
): Promise<void> {
  let [isOver, isKilled] = [false, false];
  const working = work(service)
    .catch((error: unknown) => {
      if (!isKilled) throw error;
    })
    .finally(() => {
      isOver = true;
    });
  const end = performance.now() + ms;
  while (!isOver && performance.now() < end) await nextTurn();
  isKilled = true;
  await kill();
  await working;
}

/** Fails unless each session that is there is whole, and others have left nothing to be found. */
export async function expectWhole(
  service: SessionService,
  { appName, userId, keys }: KilledWorld,
): Promise<readonly SessionKey[]> {
  const there: SessionKey[] = [];
  for (const key of keys) {
    const session = await patiently(() => service.get(key));
    if (session === undefined) continue;
    there.push(key);
    expectWholeSession(session);
  }
  const user = { appName, userId };
  const ids = there.map(({ sessionId }) => sessionId);
  const all = await patiently(() => service.list({ ...user, includeTotal: true }));
  assert.deepEqual(idsOf(all.sessions).toSorted(), ids, 'all that is there must be listed');
  assert.equal(all.total, ids.length);
  const open = await service.list({ ...user, labels: { status: 'open' }, includeTotal: true });
  assert.deepEqual(idsOf(open.sessions).toSorted(), ids, 'by their label, too');
  assert.equal(open.total, ids.length);
  return there;
}

/** Fails unless a session has all that it was made with. */
export function expectWholeSession({
  events,
  state,
  labels,
}: Pick<Awaited<ReturnType<typeof read>>, 'events' | 'state' | 'labels'>): void {
  assert.deepEqual(
    idsOf(events),
    upTo(EVENTS).map((n) => `e${n}`),
    'a session must have all of its events',
  );
  assert.equal(state.get('begun'), true);
  assert.equal(state.get('n'), EVENTS);
  assert.equal(labels['status'], 'open');
}

/** Fails unless nothing of sessions before is seen by new ones of their ids. */
export async function expectNothingOfBefore(
  service: SessionService,
  keys: readonly SessionKey[],
): Promise<void> {
  for (const key of keys) {
    const session = await patiently(() => service.create(key));
    assert.equal(session.state.get('n'), undefined, 'a new session has no state of before');
    const { events } = await service.listEvents(key);
    assert.deepEqual(events, [], 'a new session has no events of before');
    await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1) } });
    assert.equal((await read(service, key)).revision, 1);
    await service.delete(key);
  }
}

/** All that an export gives. */
export async function recordsOf(
  service: SessionService,
  user: Pick<SessionKey, 'appName' | 'userId'>,
): Promise<readonly ExportRecord[]> {
  const records: ExportRecord[] = [];
  for await (const record of exportUser(service, user)) records.push(record);
  return records;
}

/** The records of another user. */
export function renamed(records: readonly ExportRecord[], userId: string): readonly ExportRecord[] {
  return records.map((record) => ({ ...record, userId }));
}
