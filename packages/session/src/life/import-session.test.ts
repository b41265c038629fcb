import type { Event } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { eventMark, markOf } from '../event-mark.ts';
import { localCapabilities } from '../local-capabilities.fixture.ts';
import type { PreparedImport } from '../prepared-life.ts';
import type { ImportedSession } from '../requests.ts';
import type { SessionSnapshot } from '../session.ts';
import type { SessionStore } from '../session-store.ts';
import { StoredSessionService } from '../stored-session-service.ts';

const key = { appName: 'app', userId: 'ann', sessionId: 's' };
const session: ImportedSession = {
  createTime: 1,
  lastUpdateTime: 2,
  revision: 2,
  initialState: {},
  state: {},
};
const eventOf = (seq: number, others: Partial<Event> = {}): Event => ({
  id: `e${seq}`,
  seq,
  invocationId: '',
  timestamp: 1,
  actions: { stateDelta: {} },
  ...others,
});
const events = [eventOf(1), eventOf(2)];

/** A service over a store that keeps parts; there may be a session already, or another part. */
function target({
  inTheWay,
  keepsDetails = true,
}: {
  readonly inTheWay?: 'session' | 'expired session';
  readonly keepsDetails?: boolean;
} = {}) {
  const parts: PreparedImport[] = [];
  let isFree = inTheWay === undefined;
  const expireTime = inTheWay === 'session' ? undefined : 0;
  const store: Partial<SessionStore> = {
    capabilities: localCapabilities,
    importSession(part) {
      if (isFree) parts.push(part);
      return isFree;
    },
    get: () => ({ expireTime }) as SessionSnapshot,
    ...(keepsDetails && { updateSession: () => undefined, findExpired: () => [] }),
    deleteExpired() {
      if (expireTime === undefined) return false;
      isFree = true;
      return true;
    },
  };
  const service = new StoredSessionService(store as SessionStore, { now: () => 1000 });
  return { service, parts };
}

describe('importSession', () => {
  it('hands a store the events with their numbers, marked as those of the new session', async () => {
    const { service, parts } = target();
    const part = await service.importSession({ ...key, session, events });
    const [written] = parts;
    expect(part).toStrictEqual({ revision: 2, incarnation: written?.incarnation });
    expect(written).toMatchObject({ key, fromRevision: 0, isLast: true, now: 1000 });
    expect(written?.events.map(({ id, seq }) => [id, seq])).toEqual([
      ['e1', 1],
      ['e2', 2],
    ]);
    for (const event of written?.events ?? []) {
      expect(eventMark(event)).toBe(markOf(part.incarnation));
      expect(Object.isFrozen(event)).toBe(true);
    }
  });

  it('goes on with the same incarnation, and knows the last part', async () => {
    const { service, parts } = target();
    const first = await service.importSession({ ...key, session, events: [eventOf(1)] });
    const second = { ...key, session, events: [eventOf(2)], part: first };
    expect(await service.importSession(second)).toEqual({ ...first, revision: 2 });
    expect(parts.map(({ isLast, fromRevision }) => [isLast, fromRevision])).toEqual([
      [false, 0],
      [true, 1],
    ]);
    expect(parts[1]?.incarnation).toBe(parts[0]?.incarnation);
  });

  it('keeps what is left of an erased event, and no more', async () => {
    const { service, parts } = target();
    const stub = { id: 'e1', seq: 1, timestamp: 5, author: 'user', erased: true, content: 'no' };
    await service.importSession({ ...key, session, events: [stub as never, eventOf(2)] });
    expect(JSON.parse(JSON.stringify(parts[0]?.events[0]))).toStrictEqual({
      id: 'e1',
      seq: 1,
      timestamp: 5,
      author: 'user',
      erased: true,
    });
  });

  it('takes a state that is larger than a call may be, value by value', async () => {
    const { service, parts } = target();
    const large = 'x'.repeat(5 * 1024 * 1024);
    const state = { a: large, b: large, ['__proto__']: 1 };
    await service.importSession({ ...key, session: { ...session, state }, events });
    expect([...(parts[0]?.session.state ?? [])]).toEqual([
      ['a', large],
      ['b', large],
      ['__proto__', 1],
    ]);
    const tooLarge = { ...session, state: { a: large + large } };
    await expect(
      service.importSession({ ...key, session: tooLarge, events }),
    ).rejects.toMatchObject({ code: 'too_large', path: 'session.state' });
  });

  it('counts idleness from the import', async () => {
    const { service, parts } = target();
    const expires = { afterIdle: 50 };
    await service.importSession({ ...key, session: { ...session, expires }, events });
    expect(parts[0]?.session).toMatchObject({ expireTime: 1050, details: { expires } });
  });

  it('refuses labels and an expiry that the store would not keep', async () => {
    const { service, parts } = target({ keepsDetails: false });
    for (const [path, details] of [
      ['session.labels', { labels: { title: 'Books' } }],
      ['session.expires', { labels: { title: 'Books' }, expires: { at: 5000 } }],
    ] as const) {
      const call = service.importSession({ ...key, session: { ...session, ...details }, events });
      await expect(call).rejects.toMatchObject({ code: 'unsupported', path });
    }
    const forkedFrom = { sessionId: 'source', seq: 0 };
    const plain = { ...session, labels: {}, expires: null, forkedFrom };
    await service.importSession({ ...key, session: plain, events });
    expect(parts).toHaveLength(1);
  });

  it('makes way for itself if what is there has expired', async () => {
    const { service, parts } = target({ inTheWay: 'expired session' });
    await service.importSession({ ...key, session, events });
    expect(parts).toHaveLength(1);
  });

  it('is `already_exists` if there is a session, and `conflict` if a part is missing', async () => {
    const { service, parts } = target({ inTheWay: 'session' });
    const first = service.importSession({ ...key, session, events });
    await expect(first).rejects.toMatchObject({ code: 'already_exists', path: 'sessionId' });
    const part = { revision: 1, incarnation: 'first' };
    const second = service.importSession({ ...key, session, events: [eventOf(2)], part });
    await expect(second).rejects.toMatchObject({ code: 'conflict', path: 'part' });
    expect(parts).toEqual([]);
  });

  it.each<[string, object]>([
    ['session', { session: undefined }],
    ['session.revision', { session: { ...session, revision: -1 } }],
    ['session.createTime', { session: { ...session, createTime: 'now' } }],
    ['session.state', { session: { ...session, state: null } }],
    ['session.initialState', { session: { ...session, initialState: [] } }],
    ['session.state["user:"]', { session: { ...session, state: { 'user:': 0n } } }],
    ['session.labels["a"]', { session: { ...session, labels: { a: 7 } } }],
    ['session.labels', { session: { ...session, labels: [] } }],
    ['session.expires.at', { session: { ...session, expires: { at: -1 } } }],
    ['session.expires.in', { session: { ...session, expires: { in: 5 } } }],
    ['session.activeFrom', { session: { ...session, activeFrom: 4 } }],
    ['session.forkedFrom.seq', { session: { ...session, forkedFrom: { sessionId: 'a' } } }],
    ['part', { part: 1 }],
    ['part.revision', { part: { revision: 0, incarnation: 'a' } }],
    ['events', { events: {} }],
    ['events', { events: [] }],
    ['events', { events: [...events, eventOf(3)] }],
    ['events[0].seq', { events: [eventOf(2)] }],
    ['events[1].id', { events: [eventOf(1), eventOf(2, { id: 'e1' })] }],
    ['events[0].partial', { events: [eventOf(1, { partial: true })] }],
    ['events[0].id', { events: [{ erased: true, timestamp: 1 }] }],
    ['events[0]', { events: ['no event', eventOf(2)] }],
  ])('is `invalid_argument` for a bad %s, and writes nothing', async (path, bad) => {
    const { service, parts } = target();
    const request = { ...key, session, events, ...bad };
    await expect(service.importSession(request as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
    });
    expect(parts).toEqual([]);
  });
});
