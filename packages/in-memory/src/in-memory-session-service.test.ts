/// <reference types="node" />

import { inspect } from 'node:util';
import { StoredSessionService } from '@holdfast/session/store';
import { describe, expect, it } from 'vitest';
import { InMemorySessionService } from './in-memory-session-service.ts';
import { InMemoryStore } from './in-memory-store.ts';

const key = { appName: 'app', userId: 'user', sessionId: 's1' };

async function createSessions(service: InMemorySessionService, ids: readonly string[]) {
  for (const sessionId of ids) await service.create({ ...key, sessionId });
}

async function idsOf(service: InMemorySessionService) {
  const { sessions } = await service.list({ appName: 'app', allUsers: true, limit: 1000 });
  return sessions.map(({ id }) => id).sort();
}

describe('InMemorySessionService', () => {
  it('declares that it evicts where it is bounded', () => {
    const { capabilities } = new InMemorySessionService({ maxSessions: 5 });
    expect(capabilities).toMatchObject({ evicts: true, persistent: false, shared: false });
  });

  it.each([
    [{ maxSessions: 0 }, 'maxSessions'],
    [{ maxEventBytes: 0 }, 'maxEventBytes'],
    [{ now: 5 as never }, 'now'],
    [null as never, 'options'],
  ])('refuses the options %j', (options, path) => {
    expect(() => new InMemorySessionService(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });

  it('refuses options that cannot be read', () => {
    const options = {
      get maxSessions(): number {
        throw new Error('not today');
      },
    };
    expect(() => new InMemorySessionService(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'maxSessions' }),
    );
  });

  it('takes its times from its clock', async () => {
    let now = 1000;
    const service = new InMemorySessionService({ now: () => now });
    expect(await service.create(key)).toMatchObject({ createTime: 1000, lastUpdateTime: 1000 });
    now = 2000;
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ timestamp: 2000 });
    now = 500;
    await service.appendEvent({ ...key, event: {} });
    expect(await service.get(key)).toMatchObject({ createTime: 1000, lastUpdateTime: 2000 });
  });

  it('ends a watch that waits if an error is thrown into it', async () => {
    const service = new InMemorySessionService();
    await service.create(key);
    const watch = service.watch(key) as AsyncGenerator;
    const waiting = watch.next();
    const fault = new Error('not today');
    await expect(watch.throw(fault)).rejects.toBe(fault);
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('refuses a clock that gives no time', async () => {
    const service = new InMemorySessionService({ now: () => Number.NaN });
    await expect(service.create(key)).rejects.toMatchObject({ path: 'now' });
  });

  it('gives sessions and states that show themselves in a console', async () => {
    const session = await new InMemorySessionService().create({ ...key, state: { step: 1 } });
    expect(inspect(session.state)).toBe('{ step: 1 }');
    expect(inspect(session)).toContain("id: 's1'");
    expect(inspect(session)).toContain('state: { step: 1 }');
  });

  it('holds events to the size it was told', async () => {
    const service = new InMemorySessionService({ maxEventBytes: 200 });
    await service.create(key);
    const text = 'x'.repeat(200);
    const tooLarge = expect.objectContaining({ code: 'too_large' });
    const event = { content: { parts: [{ text }] } };
    await expect(service.appendEvent({ ...key, event })).rejects.toEqual(tooLarge);
    await expect(service.getOrCreate({ ...key, state: { text } })).rejects.toEqual(tooLarge);
    await expect(
      service.updateState({ scope: 'app', appName: 'app', set: { text } }),
    ).rejects.toEqual(tooLarge);
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
  });

  it('lets the least recently used session go where it is bounded', async () => {
    const service = new InMemorySessionService({ maxSessions: 3 });
    await createSessions(service, ['a', 'b', 'c']);
    await service.get({ ...key, sessionId: 'a' });
    await service.appendEvent({ ...key, sessionId: 'b', event: {} });
    await createSessions(service, ['d']);
    expect(await idsOf(service)).toEqual(['a', 'b', 'd']);
    await service.listEvents({ ...key, sessionId: 'a' });
    await service.getOrCreate({ ...key, sessionId: 'b' });
    await createSessions(service, ['e']);
    expect(await idsOf(service)).toEqual(['a', 'b', 'e']);
    await service.delete({ ...key, sessionId: 'a' });
    await createSessions(service, ['f']);
    expect(await idsOf(service)).toEqual(['b', 'e', 'f']);
  });

  it('keeps the state of users and apps whose sessions went', async () => {
    const service = new InMemorySessionService({ maxSessions: 1 });
    await service.create({ ...key, state: { 'user:name': 'Ada', 'app:motd': 'hi' } });
    await service.create({ ...key, userId: 'other', sessionId: 's2' });
    expect(await service.getState({ scope: 'user', appName: 'app', userId: 'user' })).toEqual({
      name: 'Ada',
    });
    expect(await service.getState({ scope: 'app', appName: 'app' })).toEqual({ motd: 'hi' });
  });

  it('shares what it read, instead of copying it', async () => {
    const service = new InMemorySessionService();
    await service.create({ ...key, state: { list: [1] } });
    const event = await service.appendEvent({ ...key, event: { id: 'e1' } });
    const [first, second] = await Promise.all([service.get(key), service.get(key)]);
    expect(first?.events[0]).toBe(event);
    expect(second?.events[0]).toBe(event);
    expect(first?.state.get('list')).toBe(second?.state.get('list'));
  });

  it('finds events by time in any order of times', async () => {
    const service = new InMemorySessionService();
    await service.create(key);
    const times = Array.from({ length: 2000 }, (_, i) => (i * 7919) % 2003);
    for (const timestamp of times) await service.appendEvent({ ...key, event: { timestamp } });
    const seqsSince = (time: number, last = 0) =>
      times.flatMap((timestamp, i) =>
        timestamp >= time && i >= times.length - last ? [i + 1] : [],
      );
    for (const afterTimestamp of [0, 1, 500, 1990, 2002, 2003]) {
      const all = await service.get({ ...key, afterTimestamp });
      expect(all?.events.map(({ seq }) => seq)).toEqual(seqsSince(afterTimestamp, 2000));
      for (const numRecentEvents of [0, 3, 1000]) {
        const some = await service.get({ ...key, afterTimestamp, numRecentEvents });
        expect(some?.events.map(({ seq }) => seq)).toEqual(
          seqsSince(afterTimestamp, numRecentEvents),
        );
      }
    }
    await service.appendEvent({ ...key, event: { id: 'late', timestamp: 1995 } });
    const late = await service.get({ ...key, afterTimestamp: 1995 });
    expect(late?.events.at(-1)?.id).toBe('late');
  });

  it('lists thousands of sessions in order, while they move and go', async () => {
    const service = new InMemorySessionService({ now: () => 0 });
    const expected = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const sessionId = `s${String(i).padStart(4, '0')}`;
      await service.create({ ...key, sessionId });
      expected.set(sessionId, 0);
    }
    for (let i = 0; i < 6000; i++) {
      const sessionId = `s${String((i * 1009) % 3000).padStart(4, '0')}`;
      const timestamp = (i * 7919) % 5003;
      if (i % 7 === 0) {
        await service.delete({ ...key, sessionId });
        expected.delete(sessionId);
      } else if (expected.has(sessionId)) {
        await service.appendEvent({ ...key, sessionId, event: { timestamp } });
        expected.set(sessionId, Math.max(expected.get(sessionId) ?? 0, timestamp));
      }
    }
    const inOrder = [...expected]
      .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      .map(([id]) => id);
    for (const order of ['asc', 'desc'] as const) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await service.list({ ...key, order, cursor, limit: 77, includeTotal: true });
        expect(page.total).toBe(expected.size);
        found.push(...page.sessions.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(order === 'asc' ? inOrder : [...inOrder].reverse());
    }
  });

  it('forgets users and apps of whom nothing is left', async () => {
    const service = new InMemorySessionService();
    expect(await service.list({ ...key, includeTotal: true })).toEqual({ sessions: [], total: 0 });
    await service.updateState({ scope: 'user', appName: 'app', userId: 'user', set: { a: 1 } });
    await service.updateState({ scope: 'user', appName: 'app', userId: 'user', remove: ['a'] });
    await service.updateState({ scope: 'app', appName: 'app', remove: ['a'] });
    await service.create(key);
    expect(await service.delete(key)).toBe(true);
    expect(await service.delete(key)).toBe(false);
    expect(await service.getState({ scope: 'user', appName: 'app', userId: 'user' })).toEqual({});
  });

  describe('with thousands of sessions', () => {
    const everything = { appName: 'app', allUsers: true, idleFor: 0, limit: 100_000 } as const;
    const user = { appName: 'app', userId: 'user' } as const;
    async function withSessions(count: number) {
      const service = new InMemorySessionService();
      for (let i = 0; i < count; i++) await service.create({ ...user, state: { 'user:a': 1 } });
      return service;
    }

    it('ends a sweep, and the erasure of a user, by a signal with a time-out', async () => {
      const service = await withSessions(6_000);
      const sweep = service.sweep({ ...everything, signal: AbortSignal.timeout(5) });
      await expect(sweep).rejects.toMatchObject({ name: 'TimeoutError' });
      const erase = service.eraseUser({ ...user, signal: AbortSignal.timeout(5) });
      await expect(erase).rejects.toMatchObject({ name: 'TimeoutError' });
      const left = (await service.list({ ...user, includeTotal: true })).total ?? 0;
      expect(left).toBeGreaterThan(0);
      expect(await service.eraseUser(user)).toEqual({ sessions: left, stateKeys: 1 });
      expect(await service.eraseUser(user)).toEqual({ sessions: 0, stateKeys: 0 });
    });

    it('sweeps none that was idle for less than is asked for, however early it is', async () => {
      let time = 0;
      const service = new InMemorySessionService({ now: () => time });
      await service.create(user);
      time = 5;
      expect((await service.sweep({ ...everything, idleFor: 6 })).deleted).toBe(0);
      expect((await service.sweep({ ...everything, idleFor: 5 })).deleted).toBe(1);
    });

    it('erases a user beside others who create sessions', async () => {
      const service = await withSessions(1_000);
      let created = 0;
      const timer = setInterval(() => {
        created++;
        void service.create(user);
      }, 0);
      const { sessions, stateKeys } = await service.eraseUser(user);
      clearInterval(timer);
      const left = (await service.list({ ...user, includeTotal: true })).total ?? 0;
      expect([sessions + left, stateKeys]).toEqual([1_000 + created, 1]);
    });
  });

  describe('with a summary that is appended while others change the session', () => {
    /** A store in which something happens once, right after a session was read. */
    class ChangingStore extends InMemoryStore {
      afterGet: (() => void) | undefined;

      override get(get: Parameters<InMemoryStore['get']>[0]) {
        const found = super.get(get);
        const change = this.afterGet;
        this.afterGet = undefined;
        change?.();
        return found;
      }
    }

    const event = (id: string) => ({ id, content: { role: 'user', parts: [{ text: id }] } });
    const summaryOf = (throughSeq: number) => ({
      id: `through ${throughSeq}`,
      actions: { compaction: { fromSeq: 1, throughSeq, compactedContent: { parts: [] } } },
    });
    const idsOfActive = async (service: StoredSessionService) =>
      (await service.get({ ...key, active: true }))?.events.map(({ id }) => id);

    it('leaves nothing out of a session that was created again', async () => {
      const store = new ChangingStore({ maxSessions: 9 });
      const service = new StoredSessionService(store);
      await service.create(key);
      await service.appendEvents({ ...key, events: ['a', 'b', 'c', 'd'].map(event) });
      store.afterGet = () => {
        void service.delete(key);
        void service.create(key);
        void service.appendEvent({ ...key, event: event('new') });
      };
      await service.appendEvent({ ...key, event: summaryOf(4) });
      expect(await idsOfActive(service)).toEqual(['new', 'through 4']);
    });

    it('leaves out no more than it covers if a later one is retracted', async () => {
      const store = new ChangingStore({ maxSessions: 9 });
      const service = new StoredSessionService(store);
      await service.create(key);
      await service.appendEvents({ ...key, events: ['a', 'b', 'c', 'd'].map(event) });
      await service.appendEvent({ ...key, event: summaryOf(4) });
      const retract = { eventIds: ['through 4'] };
      store.afterGet = () => {
        void service.appendEvent({ ...key, event: { actions: { retract } } });
      };
      await service.appendEvent({ ...key, event: summaryOf(2) });
      expect(await idsOfActive(service)).toEqual(expect.arrayContaining(['c', 'd', 'through 2']));
    });
  });
});
