import type { Event } from '@holdfast/core';
import type { PreparedImport } from '@holdfast/session/store';
import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import { RedisKeys } from './redis-keys.ts';

const keys = new RedisKeys('holdfast');

describeEachKind('an import in Redis', ({ open, client, store, dump }) => {
  const incarnation = '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21';
  const eventOf = (seq: number, timestamp: number): Event =>
    Object.freeze({
      id: `e-${seq}`,
      seq,
      invocationId: '',
      timestamp,
      actions: { stateDelta: {}, artifactDelta: {} },
    });
  const times = [10, 20, 30, 25, 40, 5];
  const events = times.map((time, i) => eventOf(i + 1, time));
  const part = (userId: string, more: Partial<PreparedImport>): PreparedImport => ({
    key: { appName: 'app', userId, sessionId: 's' },
    incarnation,
    fromRevision: 0,
    events: [],
    session: {
      createTime: 1,
      lastUpdateTime: 41,
      activeFrom: 3,
      details: { labels: { title: 't' }, forkedFrom: { sessionId: 'x', seq: 2 } },
      expireTime: undefined,
      initialState: new Map([['a', 0]]),
      state: new Map([['a', 1]]),
    },
    isLast: false,
    now: 1_000,
    ...more,
  });
  const parts = (userId: string) => [
    part(userId, { events: events.slice(0, 2) }),
    part(userId, { events: events.slice(2, 4), fromRevision: 2 }),
    part(userId, { events: events.slice(4), fromRevision: 4, isLast: true }),
  ];

  it('is there for nobody before its last part, and then as a whole', async () => {
    const [service, own] = [open(), store()];
    const [first, second, last] = parts('whole') as [
      PreparedImport,
      PreparedImport,
      PreparedImport,
    ];
    const { key } = first;
    for (const each of [first, second]) {
      // Each may come twice, as a driver may send it again.
      expect(await own.importSession(each)).toBe(true);
      expect(await own.importSession(each)).toBe(true);
      expect(await service.get(key)).toBeUndefined();
      const list = await service.list({ appName: 'app', userId: 'whole', includeTotal: true });
      expect(list).toMatchObject({ sessions: [], total: 0 });
      await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect(await own.importSession(last)).toBe(true);
    expect(await own.importSession(last)).toBe(true);

    const session = await service.get({ ...key, includeInitialState: true });
    expect(session?.toJSON()).toMatchObject({
      revision: 6,
      createTime: 1,
      lastUpdateTime: 41,
      incarnation,
      labels: { title: 't' },
      forkedFrom: { sessionId: 'x', seq: 2 },
      state: { a: 1 },
    });
    expect(session?.expires).toBeUndefined();
    expect(session?.initialState).toStrictEqual({ a: 0 });
    expect(session?.events).toStrictEqual(events);
    const active = await service.get({ ...key, active: true });
    expect(active?.events.map(({ seq }) => seq)).toStrictEqual([3, 4, 5, 6]);
    for (const after of [5, 10, 25, 26, 40]) {
      const expected = events.flatMap(({ seq, timestamp }) => (timestamp >= after ? [seq] : []));
      const found = await service.get({ ...key, afterTimestamp: after });
      expect(found?.events.map(({ seq }) => seq)).toStrictEqual(expected);
    }
    const { sessions } = await service.list({
      appName: 'app',
      userId: 'whole',
      labels: { title: 't' },
    });
    expect(sessions).toHaveLength(1);
    const { bucket, user } = keys.user(key);
    expect(await client().zcard(bucket.expiries)).toBe(0);
    expect(await client().zcard(user.expiries)).toBe(0);
    expect((await service.appendEvent({ ...key, event: { timestamp: 22 } })).seq).toBe(7);
    await own.close();
  });

  it('refuses a part that does not go on from the one before', async () => {
    const own = store();
    const [first, second, last] = parts('gap') as [PreparedImport, PreparedImport, PreparedImport];
    expect(await own.importSession(second)).toBe(false);
    expect(await own.importSession(first)).toBe(true);
    expect(await own.importSession(last)).toBe(false);
    const other = '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b22';
    expect(await own.importSession({ ...first, incarnation: other })).toBe(false);
    expect(await own.importSession({ ...second, incarnation: other })).toBe(false);
    const service = open();
    await service.sweep({ appName: 'app', allUsers: true });
    expect(await own.importSession(second)).toBe(false);
    expect(await dump()).not.toContain(':gap');
    await own.close();
  });

  it('refuses a session that exists, and one without events comes in one part', async () => {
    const [service, own] = [open(), store()];
    const taken = part('taken', { isLast: true });
    await service.create(taken.key);
    expect(await own.importSession(taken)).toBe(false);
    const empty = part('empty', { isLast: true });
    const { session } = empty;
    const unknown = { ...empty, session: { ...session, activeFrom: 1, initialState: undefined } };
    expect(await own.importSession(unknown)).toBe(true);
    const found = await service.get({ ...empty.key, includeInitialState: true });
    expect(found?.revision).toBe(0);
    expect(found?.state.toJSON()).toStrictEqual({ a: 1 });
    expect(found?.initialState).toBeNull();
    const idle = { labels: {}, expires: { afterIdle: 50 } };
    const gone = part('idle', {
      isLast: true,
      session: { ...session, details: idle, expireTime: 5 },
    });
    expect(await own.importSession(gone)).toBe(true);
    expect(await service.get(gone.key)).toBeUndefined();
    await own.close();
  });
});
