import type { SessionService } from '@holdfast/session';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gate, type InterceptedCall, interceptedClient } from './intercepted-client.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer } from './own-server.fixture.ts';
import { BUCKETS, bucketOf, RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { runAndKill } from './run-and-kill.fixture.ts';

const keys = new RedisKeys('holdfast');

describeWithOwnServer('the state of an app on a Cluster', () => {
  let cluster: OwnCluster;
  let client: Cluster;
  let service: RedisSessionService;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
    client = cluster.client();
    service = new RedisSessionService({ client });
  });
  afterAll(async () => {
    await service.close();
    await cluster.remove();
  });

  const intercepted = (intercept: (call: InterceptedCall) => Promise<unknown>) =>
    new RedisSessionService({ client: interceptedClient(client, intercept), callTimeout: 60_000 });
  const readApp = (appName: string) => service.getState({ scope: 'app', appName });
  const openIntents = (appName: string) => client.zcard(keys.app(appName).intents);

  it('is whole for the next reader after a process was killed between any two scripts', async () => {
    const writes = (['append', 'create'] as const).flatMap((type) =>
      [0, 1, 2, 3].map((scripts) => ({ type, scripts, sessionId: `${type}-${scripts}` })),
    );
    const keyOf = (sessionId: string) => ({
      appName: `killed-${sessionId}`,
      userId: 'ada',
      sessionId,
    });
    for (const { type, sessionId } of writes) {
      if (type === 'append') await service.create(keyOf(sessionId));
    }
    await runAndKill({ port: cluster.nodes[0]?.server.port ?? 0, writes });

    for (const { type, sessionId, scripts } of writes) {
      const app = await readApp(`killed-${sessionId}`);
      const session = await service.get(keyOf(sessionId));
      // Reserved, written, applied: the second script is the write.
      const isWritten = scripts >= 2;
      expect(app, sessionId).toStrictEqual(isWritten ? { a: 1, b: 2 } : {});
      if (type === 'create' && !isWritten) expect(session, sessionId).toBeUndefined();
      else {
        expect(session?.state.toJSON(), sessionId).toStrictEqual(
          isWritten ? { own: 1, 'app:a': 1, 'app:b': 2 } : {},
        );
      }
    }
  });

  it('takes a retry of what was killed half-way for the same write, and finishes it', async () => {
    const key = { appName: 'retried', userId: 'ada', sessionId: 's' };
    await service.create(key);
    const event = { id: 'e', actions: { stateDelta: { 'app:a': 1 } } };
    const stopped = new Gate();
    const halfway = intercepted(async ({ number, run }) => {
      if (number <= 2) return await run();
      stopped.open();
      return await new Promise(() => {});
    });
    void halfway.appendEvent({ ...key, event }).catch(() => {});
    await stopped.opened;
    // As if the intent had gone with the master that kept it.
    await client.del(keys.app('retried').intents);
    expect((await service.appendEvent({ ...key, event })).seq).toBe(1);
    expect(await readApp('retried')).toStrictEqual({ a: 1 });
  });

  it('keeps what is newer when an old write is applied late, and twice', async () => {
    const key = await newSession(service, 'late');
    const { late, release, done } = await holdApply(key, { 'app:a': 'old', 'app:b': 'old' });
    expect(await readApp('late')).toStrictEqual({ a: 'old', b: 'old' });
    await service.appendEvent({
      ...key,
      event: { actions: { stateDelta: { 'app:a': 'new' }, removedStateKeys: ['app:b'] } },
    });
    release();
    await done;
    await late.close();
    expect(await readApp('late')).toStrictEqual({ a: 'new' });
  });

  it('keeps it, too, once the stamps of keys were forgotten', async () => {
    const key = await newSession(service, 'forgotten');
    const { late, release, done } = await holdApply(key, { 'app:a': 'old' });
    expect(await readApp('forgotten')).toStrictEqual({ a: 'old' });
    await service.updateState({ scope: 'app', appName: 'forgotten', remove: ['a'] });
    const { clock, stamps } = keys.app('forgotten');
    await client.hset(clock, 'forgotten', String(await client.hget(clock, 'last')));
    await client.del(stamps);
    release();
    await done;
    await late.close();
    expect(await readApp('forgotten')).toStrictEqual({});
  });

  it('has the later of two acknowledged writes, whatever clocks say', async () => {
    const users = await usersOnAllMasters();
    const sessions = await Promise.all(
      users.map((userId) => service.create({ appName: 'clocks', userId })),
    );
    const { clock } = keys.app('clocks');
    // A clock of some master that is 5 ms ahead, or an hour, for one reservation.
    const skews = [0, 5_000, 0, 3_600_000_000];
    for (let i = 0; i < 60; i++) {
      const skew = skews[i % skews.length] ?? 0;
      if (skew > 0) await client.hincrby(clock, 'last', skew);
      const { key } = sessions[i % sessions.length] as (typeof sessions)[number];
      if (i % 7 === 6) {
        await service.updateState({ scope: 'app', appName: 'clocks', set: { last: i } });
      } else {
        await service.appendEvent({
          ...key,
          event: { actions: { stateDelta: { 'app:last': i } } },
        });
      }
      expect(await readApp('clocks')).toStrictEqual({ last: i });
    }
  });

  it('has what stands last in a session, though it was reserved first', async () => {
    const key = await newSession(service, 'order');
    const held = new Gate();
    const reserved = new Gate();
    const slow = intercepted(async ({ number, run }) => {
      if (number === 2) {
        reserved.open();
        await held.opened;
      }
      return await run();
    });
    const write = (by: RedisSessionService, a: string) =>
      by.appendEvent({ ...key, event: { id: a, actions: { stateDelta: { 'app:a': a } } } });
    const first = write(slow, 'reserved first');
    await reserved.opened;
    await write(service, 'reserved second');
    held.open();
    expect((await first).seq).toBe(2);
    await slow.close();
    expect(await readApp('order')).toStrictEqual({ a: 'reserved first' });
  });

  it('has a key of each writer, and the last of each, when many write at the same time', async () => {
    const users = await usersOnAllMasters();
    const sessions = await Promise.all(
      users.map((userId) => service.create({ appName: 'many', userId })),
    );
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let i = 0; i < 15; i++) {
          const { key } = sessions[(writer + i) % sessions.length] as (typeof sessions)[number];
          const stateDelta = { [`app:${writer}`]: i, 'app:shared': `${writer}-${i}` };
          await service.appendEvent({ ...key, event: { actions: { stateDelta } } });
          expect((await readApp('many'))[String(writer)]).toBe(i);
        }
      }),
    );
    const { shared, ...own } = await readApp('many');
    expect(own).toStrictEqual(Object.fromEntries(Array.from({ length: 16 }, (_, w) => [w, 14])));
    expect(shared).toMatch(/^\d+-\d+$/);
  });

  it('refuses a write that readers have called off, which then reserves again', async () => {
    const key = await newSession(service, 'off');
    const held = new Gate();
    const reserved = new Gate();
    const slow = intercepted(async ({ number, run }) => {
      if (number === 2) {
        reserved.open();
        await held.opened;
      }
      return await run();
    });
    const event = { id: 'e', actions: { stateDelta: { 'app:a': 1 } } };
    const append = slow.appendEvent({ ...key, event });
    await reserved.opened;
    await makeIntentsOld('off');
    expect(await readApp('off')).toStrictEqual({});
    expect(await openIntents('off')).toBe(0);
    held.open();
    expect((await append).seq).toBe(1);
    await slow.close();
    expect(await readApp('off')).toStrictEqual({ a: 1 });
  });

  it('leaves nothing over of a write that was refused', async () => {
    const own = new RedisSessionService({ client });
    const key = await newSession(own, 'refused');
    const event = { id: 'e', actions: { stateDelta: { 'app:a': 1 } } };
    const refused = (more: object) =>
      expect(own.appendEvent({ ...key, event, ...more })).rejects.toThrow();
    await refused({ expectedRevision: 7 });
    await refused({ sessionId: 'nobody' });
    await own.appendEvent({ ...key, event });
    await refused({ event: { ...event, author: 'other' } });
    await expect(own.create({ ...key, state: { 'app:a': 2 } })).rejects.toThrow();
    await own.close();
    expect(await openIntents('refused')).toBe(0);
    expect(await client.zcard(keys.bucket('refused', bucketOf(key.userId)).outbox)).toBe(0);
    expect(await readApp('refused')).toStrictEqual({ a: 1 });
  });

  it('costs one script a read or an append that changes none of it, and three one that does', async () => {
    let scripts = 0;
    const counted = intercepted(({ run }) => {
      scripts++;
      return run();
    });
    const key = await newSession(service, 'counted');
    const count = async (call: () => Promise<unknown>) => {
      scripts = 0;
      await call();
      return scripts;
    };
    const append = (name: string) =>
      counted.appendEvent({ ...key, event: { actions: { stateDelta: { [name]: 1 } } } });
    expect(await count(() => append('own'))).toBe(1);
    expect(await count(() => append('user:own'))).toBe(1);
    // The fourth clears the outbox, and is not waited for.
    expect(await count(() => append('app:own'))).toBe(4);
    expect(await count(() => counted.get(key))).toBe(2);
    expect(await count(() => counted.getState({ scope: 'app', appName: 'counted' }))).toBe(1);
    await counted.close();
  });

  async function newSession(owner: SessionService, appName: string) {
    return (await owner.create({ appName, userId: 'ada' })).key;
  }

  /** An append that stops before its third script. */
  async function holdApply(key: object, stateDelta: Record<string, unknown>) {
    const held = new Gate();
    const reached = new Gate();
    const late = intercepted(async ({ number, run }) => {
      if (number === 3) {
        reached.open();
        await held.opened;
      }
      return await run();
    });
    const done = late.appendEvent({
      ...(key as { appName: string; userId: string; sessionId: string }),
      event: { actions: { stateDelta } },
    });
    await reached.opened;
    return { late, release: () => held.open(), done };
  }

  async function makeIntentsOld(appName: string): Promise<void> {
    const { intents } = keys.app(appName);
    for (const member of await client.zrange(intents, '0', '-1')) {
      const [version = '', bucket, made] = member.split(':');
      await client.zrem(intents, member);
      await client.zadd(intents, version, `${version}:${bucket}:${Number(made) - 60_000_000}`);
    }
  }

  /** Users whose slots are on different masters. */
  async function usersOnAllMasters(): Promise<readonly string[]> {
    const byMaster = new Map<string, string>();
    for (let i = 0; byMaster.size < 3 && i < BUCKETS; i++) {
      const userId = `user-${i}`;
      const slot = await cluster.slotOf(keys.user({ appName: 'clocks', userId }).user.state);
      byMaster.set((await cluster.masterOf(slot)).id, userId);
    }
    return [...byMaster.values()];
  }
});
