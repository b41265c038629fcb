import type { SessionKey } from '@holdfast/session';
import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import type { RedisClient } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';

const keys = new RedisKeys('holdfast');

describeEachKind('a fork in Redis', ({ open, client, isCluster, store }) => {
  const keyOf = (userId: string): SessionKey => ({ appName: 'app', userId, sessionId: 's' });
  const contents = async (key: SessionKey) => {
    const { events, ids, times } = keys.session(key).session;
    return {
      events: await client().lrange(events, 0, -1),
      ids: await client().hgetall(ids),
      times: await client().zrange(times, '0', '-1', 'WITHSCORES'),
    };
  };
  const create = async (userId: string, times: readonly number[]) => {
    const service = open();
    const { key } = await service.create({ ...keyOf(userId), state: { n: 0 } });
    const events = times.map((timestamp, i) => ({
      id: `é-${i + 1}`,
      timestamp,
      // Of JSON, there is some that Lua cannot read.
      content: { parts: [{ text: `"id":"é-9",\n${i === 1 || i === 27 ? '\ud800' : i}` }] },
      actions: { stateDelta: { n: i + 1 } },
    }));
    await service.appendEvents({ ...key, events });
    return { service, key };
  };

  // Whatever the clock says: later than the creation.
  const late = Date.now() + 1_000_000;
  const inOrder = Array.from({ length: 30 }, (_, i) => late + i);
  const outOfOrder = Array.from({ length: 30 }, (_, i) => late + (i < 10 ? 20 + i : (i * 7) % 20));

  it.each([
    ['in the order of time', inOrder, 0],
    ['not in the order of time', outOfOrder, 10],
  ])('has the first events of the other one, %s', async (title, times, sorted) => {
    const { service, key } = await create(title, times);
    const source = await contents(key);
    for (const through of [0, 1, 3, 5, 10, 11, 15, 20, 27, 28, 29, 30]) {
      const fork = await service.fork({ ...key, throughSeq: through });
      const copied = await contents(fork.key);
      expect(copied.events).toStrictEqual(source.events.slice(0, through));
      const ids = Array.from({ length: through }, (_, i) => [`é-${i + 1}`, String(i + 1)]);
      expect(copied.ids).toStrictEqual(Object.fromEntries(ids));
      const isIndexed = sorted > 0 && through > sorted;
      expect(copied.times).toHaveLength(isIndexed ? 2 * (through - sorted) : 0);
      expect(fork.state.toJSON()).toStrictEqual({ n: through });
      const latest = Math.max(fork.createTime, ...times.slice(0, through));
      expect(fork.lastUpdateTime).toBe(latest);

      const after = late + 12;
      const { events } = (await service.get({ ...fork.key, afterTimestamp: after })) ?? {};
      const expected = times.slice(0, through).flatMap((time, i) => (time >= after ? [i + 1] : []));
      expect(events?.map(({ seq }) => seq)).toStrictEqual(expected);
      // It goes on as any session.
      const retry = { id: 'é-1', timestamp: times[0], content: undefined };
      if (through > 0) {
        await expect(service.appendEvent({ ...fork.key, event: retry })).rejects.toMatchObject({
          code: 'already_exists',
        });
      }
      const added = await service.appendEvent({ ...fork.key, event: { timestamp: late + 2 } });
      expect(added.seq).toBe(through + 1);
    }
    expect(await contents(key)).toStrictEqual(source);
  });

  it('is there once if it is tried again, and none if the other one has changed', async () => {
    const { service, key } = await create('again', inOrder);
    const source = await service.get({ ...key, includeInitialState: true });
    const forked = store();
    const fork = {
      source: key,
      sourceIncarnation: source?.incarnation ?? '',
      throughSeq: 3,
      activeFrom: 1,
      create: {
        key: { ...key, sessionId: 'fork' },
        incarnation: '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21',
        createTime: Date.now(),
        expireTime: undefined,
        state: { session: new Map([['n', 3]]), user: new Map(), app: new Map() },
        details: { labels: {} },
      },
    };
    expect(await forked.fork({ ...fork, sourceIncarnation: 'other' })).toBe('changed');
    expect(await service.get(fork.create.key)).toBeUndefined();
    expect(await forked.fork(fork)).toBe('forked');
    expect(await forked.fork(fork)).toBe('forked');
    const other = { ...fork.create, incarnation: '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b22' };
    expect(await forked.fork({ ...fork, create: other })).toBe('exists');
    expect((await service.get(fork.create.key))?.events).toHaveLength(3);
    await service.delete(key);
    const late = { ...other, key: { ...key, sessionId: 'late' } };
    expect(await forked.fork({ ...fork, create: late })).toBe('changed');
    expect((await service.get(fork.create.key))?.events).toHaveLength(3);
    await forked.close();
  });

  it('of 10,000 events is one script, and they do not pass through the client', async () => {
    const service = open();
    const { key, incarnation } = await service.create(keyOf('long'));
    const text = 'x'.repeat(300);
    for (let i = 0; i < 20; i++) {
      const events = Array.from({ length: 500 }, (_, at) => ({
        id: `e-${i * 500 + at}`,
        content: { parts: [{ text }] },
      }));
      await service.appendEvents({ ...key, events });
    }
    let [scripts, characters] = [0, 0];
    const counting: RedisClient = {
      isCluster,
      async evalsha(sha, count, ...rest) {
        const reply = await client().evalsha(sha, count, ...rest);
        scripts++;
        characters += rest.join('').length + JSON.stringify(reply).length;
        return reply;
      },
      eval: async (script, count, ...rest) => {
        const reply = await client().eval(script, count, ...rest);
        scripts++;
        return reply;
      },
      pipeline: (commands) => (client() as RedisClient).pipeline(commands),
      quit: () => client().quit(),
      disconnect: () => client().disconnect(),
    };
    const own = store({ client: counting });
    // The first call looks at the server.
    await own.findRevisions([key]);
    for (const throughSeq of [10_000, 9_000, 5_000, 4_999, 10]) {
      [scripts, characters] = [0, 0];
      const forked = { ...key, sessionId: `fork-${throughSeq}` };
      const state = { session: new Map(), user: new Map(), app: new Map() };
      const create = {
        key: forked,
        incarnation: `019a2f3c-5b1e-7d4a-9c3b-${String(throughSeq).padStart(12, '0')}`,
        createTime: Date.now(),
        expireTime: undefined,
        state,
        details: { labels: {} },
      };
      const fork = { source: key, sourceIncarnation: incarnation, throughSeq, activeFrom: 1 };
      expect(await own.fork({ ...fork, create })).toBe('forked');
      expect(scripts).toBe(1);
      expect(characters).toBeLessThan(2_000);
      const session = await service.get({ ...forked, numRecentEvents: 1 });
      expect(session?.events[0]?.id).toBe(`e-${throughSeq - 1}`);
    }
    await own.close();
  });
});
