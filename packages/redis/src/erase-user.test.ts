import type { SessionKey } from '@holdfast/session';
import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import { Gate, interceptedClient } from './intercepted-client.fixture.ts';
import type { OwnCluster } from './own-cluster.fixture.ts';
import { until } from './own-server.fixture.ts';
import { bucketOf, RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';

const keys = new RedisKeys('holdfast');

// What a scan of all keys is to find nowhere.
const secret = (what: string) => `secret-${what}`;

describeEachKind('an erasure in Redis', ({ open, client, dump, isCluster, server, store }) => {
  it('of events leaves no byte of what they said, and all else as it was', async () => {
    const service = open();
    const { key } = await service.create({ appName: 'events', userId: 'ada' });
    const events = ['a', 'b', 'c', 'd'].map((id) => ({
      id,
      author: `author-${id}`,
      content: { parts: [{ text: secret(id) }] },
      odd: secret(id),
    }));
    await service.appendEvents({ ...key, events });
    const before = await service.get(key);
    await service.retract({ ...key, eventIds: ['b', 'd'], erase: true });
    const after = await service.get(key);
    expect(after?.events[0]).toStrictEqual(before?.events[0]);
    expect(after?.events[1]).toEqual({
      id: 'b',
      seq: 2,
      timestamp: before?.events[1]?.timestamp,
      author: 'author-b',
      erased: true,
    });
    expect(after?.revision).toBe(5);
    const all = await dump();
    expect(all).toContain(secret('a'));
    expect(all).not.toContain(secret('b'));
    expect(all).not.toContain(secret('d'));
    expect((await service.fork(key)).events).toEqual(after?.events);
    expect(await dump()).not.toContain(secret('b'));
    await service.eraseUser(key);
  });

  it('of many events, in a row or not, leaves each of the others where it is', async () => {
    const service = open();
    const { key } = await service.create({ appName: 'long', userId: 'ada' });
    const ids = Array.from({ length: 700 }, (_, i) => `e-${i + 1}`);
    const events = ids.map((id) => ({ id, content: { parts: [{ text: secret(id) }] } }));
    await service.appendEvents({ ...key, events });
    const eraseAndLook = async (request: object, isErased: (seq: number) => boolean) => {
      const before = (await service.get(key))?.events ?? [];
      await service.retract({ ...key, erase: true, ...request } as never);
      const after = (await service.get(key))?.events ?? [];
      expect(after).toHaveLength(before.length + 1);
      expect(after.slice(0, ids.length).map(({ id }) => id)).toStrictEqual(ids);
      after.slice(0, ids.length).forEach((event, i) => {
        if (isErased(i + 1)) expect(event.erased).toBe(true);
        else expect(event).toStrictEqual(before[i]);
      });
      const all = await dump();
      const left = ids.filter((id) => all.includes(`"${secret(id)}\\"`));
      expect(left).toStrictEqual(ids.filter((_, i) => !isErased(i + 1)));
    };
    await eraseAndLook({ eventIds: ['e-700', 'e-7'] }, (seq) => seq === 700 || seq === 7);
    const even = ids.filter((_, i) => i % 2 === 1).reverse();
    await eraseAndLook({ eventIds: even }, (seq) => seq % 2 === 0 || seq === 7);
    await eraseAndLook({ throughSeq: 690 }, (seq) => seq <= 690 || seq % 2 === 0);
    await eraseAndLook({ throughSeq: 700 }, () => true);
    await service.eraseUser(key);
  });

  it('of events that are not there writes nothing', async () => {
    const service = open();
    const { key, incarnation } = await service.create({ appName: 'none', userId: 'ada' });
    await service.appendEvent({ ...key, event: { id: 'a' } });
    const own = store();
    const event = { id: 'm', invocationId: '', timestamp: 5, actions: { stateDelta: {} } } as never;
    const none = new Map();
    const call = own.erase({
      key,
      events: [event],
      latestTimestamp: 5,
      changes: { session: none, user: none, app: none },
      expectedRevision: 1,
      expectedIncarnation: incarnation,
      now: Date.now(),
      stubs: [{ id: 'b', seq: 7, timestamp: 5, erased: true } as never],
    });
    await expect(call).rejects.toMatchObject({ code: 'corrupt' });
    expect((await service.get(key))?.events.map(({ id }) => id)).toStrictEqual(['a']);
    await own.close();
  });

  it('of a user leaves nothing of the user, and nothing out of others', async () => {
    const service = open();
    const app = { appName: 'users' };
    // No name that is in an id of random digits by chance.
    const ids = ['zoe', 'a:{*}%é', inBucketOf('zoe')];
    const labels = { title: secret('title'), status: secret('status') };
    for (const userId of ids) {
      const user = { ...app, userId };
      const state = { own: secret('own'), 'user:own': secret('user'), 'app:own': 'app' };
      for (let i = 0; i < 12; i++) {
        const expires = i % 3 === 0 ? { afterIdle: 1e9 } : i % 3 === 1 ? { at: 5 } : undefined;
        const sessionId = `s:{${i}}`;
        await service.create({ ...user, sessionId, state, labels, expires: expires ?? null });
      }
      const { key } = await service.create(user);
      for (const timestamp of [50, 40]) {
        await service.appendEvent({
          ...key,
          event: { id: secret(`id-${timestamp}`), timestamp, actions: { stateDelta: state } },
        });
      }
      await service.acquireTurn({ ...key, turn: secret('turn') });
      await service.fork({ ...key, labels });
    }
    const [erased, ...others] = ids as [string, string, string];
    const snapshot = async (userId: string) => ({
      list: (await service.list({ ...app, userId, includeState: true })).sessions.map((each) =>
        JSON.stringify(each),
      ),
      labelled: (await service.list({ ...app, userId, labels, includeTotal: true })).total,
      state: await service.getState({ scope: 'user', ...app, userId }),
    });
    const before = await Promise.all(others.map(snapshot));
    const first = await dump();
    const outcome = await service.eraseUser({ ...app, userId: erased });
    expect(outcome).toStrictEqual({ sessions: 14, stateKeys: 1 });
    expect(await Promise.all(others.map(snapshot))).toStrictEqual(before);

    const linesOf = (all: string) =>
      all.split('\n').filter((line) => /\{users/.test(line) && line.includes(erased));
    expect(linesOf(first).length).toBeGreaterThan(10);
    expect(linesOf(await dump())).toStrictEqual([]);
    expect(await service.getState({ scope: 'app', ...app })).toStrictEqual({ own: 'app' });
    expect(await service.eraseUser({ ...app, userId: erased })).toStrictEqual({
      sessions: 0,
      stateKeys: 0,
    });
    for (const userId of others) await service.eraseUser({ ...app, userId });
    expect(await dump()).not.toContain(secret(''));
  });

  it('of a user ends beside eight who go on creating sessions', async () => {
    const service = open();
    const user = { appName: 'busy', userId: 'ada' };
    for (let i = 0; i < 300; i++) await service.create(user);
    let isOver = false;
    let created = 0;
    const writers = Array.from({ length: 8 }, async () => {
      const own = open();
      while (!isOver) {
        await own.create({ ...user, state: { own: secret('busy') } });
        created++;
      }
    });
    const { sessions } = await service.eraseUser(user);
    const meanwhile = created;
    isOver = true;
    await Promise.all(writers);
    expect(sessions).toBeGreaterThanOrEqual(300);
    expect(meanwhile).toBeGreaterThan(0);
    await service.eraseUser(user);
    expect(await dump()).not.toContain(secret('busy'));
  });

  it('of a user goes in steps of whole sessions', async () => {
    const own = store();
    const service = open();
    const user = { appName: 'steps', userId: 'ada' };
    for (let i = 0; i < 7; i++) await service.create({ ...user, state: { 'user:a': 1, b: 1 } });
    const erase = { ...user, limit: 3 };
    const step = { sessions: 3, stateKeys: 0, done: false };
    expect(await own.eraseUser(erase)).toStrictEqual(step);
    const { total } = await service.list({ ...user, includeTotal: true });
    expect(total).toBe(4);
    expect(await own.eraseUser(erase)).toStrictEqual(step);
    expect(await service.getState({ scope: 'user', ...user })).toStrictEqual({ a: 1 });
    expect(await own.eraseUser(erase)).toStrictEqual({ sessions: 1, stateKeys: 1, done: true });
    await own.close();
  });

  // One server has no outbox.
  if (isCluster)
    it('of a user applies what an outbox has of the app, and clears it', async () => {
      const service = open();
      const { key } = await service.create({ appName: 'outbox', userId: 'ada' });
      const [reached, held] = [new Gate(), new Gate()];
      const halfway = interceptedClient(client() as never, async ({ number, run }) => {
        if (number <= 2) return await run();
        reached.open();
        return await held.opened;
      });
      const killed = new RedisSessionService({ client: halfway, callTimeout: 60_000 });
      const actions = { stateDelta: { 'app:a': 'x' }, stateIncrements: { 'app:n': 1 } };
      void killed.appendEvent({ ...key, event: { actions } }).catch(() => {});
      await reached.opened;
      const { outbox } = keys.bucket('outbox', bucketOf(key.userId));
      expect(await client().zcard(outbox)).toBe(1);
      await service.eraseUser({ appName: 'outbox', userId: 'ada' });
      expect(await client().zcard(outbox)).toBe(0);
      const app = { scope: 'app', appName: 'outbox' } as const;
      expect(await service.getState(app)).toStrictEqual({ a: 'x', n: 1 });
    });

  if (isCluster)
    it('of a user happens as a whole or not at all while a slot moves', async () => {
      const cluster = server() as OwnCluster;
      const service = open({ callTimeout: 500 });
      const user = { appName: 'moving', userId: 'ada' };
      // All that is named is there, so that the script begins.
      const own = { labels: { title: secret('move') }, expires: { afterIdle: 1e9 } };
      for (let i = 0; i < 20; i++) {
        await service.create({ ...user, ...own, state: { own: secret('move') } });
      }
      const { sessions } = await service.list(user);
      const { session } = keys.session(sessions[0]?.key as SessionKey);
      await service.updateState({ scope: 'user', ...user, set: { a: secret('move') } });
      const slot = await cluster.slotOf(keys.user(user).user.state);
      const source = await cluster.masterOf(slot);
      const target = cluster.nodes.slice(0, 3).find(({ id }) => id !== source.id) as typeof source;
      await target.client.cluster('SETSLOT', slot, 'IMPORTING', source.id);
      await source.client.cluster('SETSLOT', slot, 'MIGRATING', target.id);
      const migrate = async (name: string) => {
        await source.client.migrate('127.0.0.1', target.server.port, name, 0, 5_000);
      };
      // What is named has stayed, and something that the script finds has gone.
      await migrate(session.state);
      const before = (await dump()).split('\n').sort();
      await expect(service.eraseUser(user)).rejects.toMatchObject({ code: 'unavailable' });
      expect((await dump()).split('\n').sort()).toStrictEqual(before);

      for (const name of (await source.client.cluster('GETKEYSINSLOT', slot, 1_000)) as string[]) {
        await migrate(name);
      }
      await target.client.cluster('SETSLOT', slot, 'NODE', target.id);
      await source.client.cluster('SETSLOT', slot, 'NODE', target.id);
      await until(async () => (await service.eraseUser(user)).sessions === 20);
      expect(await dump()).not.toContain(secret('move'));
    });

  function inBucketOf(userId: string): string {
    for (let i = 0; ; i++) if (bucketOf(`other-${i}`) === bucketOf(userId)) return `other-${i}`;
  }
});
