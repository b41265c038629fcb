import type { Event } from '@holdfast/core';
import { afterAll, expect, it } from 'vitest';
import { bucketOf, RedisKeys } from './redis-keys.ts';
import { describeWithServer, newPrefix, removeKeys, useServer } from './test-server.fixture.ts';

describeWithServer('what RedisSessionService keeps', () => {
  const { client, keyPrefix, open } = useServer();
  const other = newPrefix();
  afterAll(() => removeKeys(`${other}*`));

  it('is JSON, byte for byte as JavaScript writes it', async () => {
    const service = open();
    const odd = {
      empty: [],
      no: {},
      big: 1.5e300,
      small: 1e-300,
      text: '\u0000\n\ud800é',
    };
    const { key } = await service.create({ appName: 'a', userId: 'u', state: { odd } });
    const event = {
      id: 'e',
      timestamp: 8.64e15,
      odd,
      actions: { stateDelta: { odd, 'app:odd': odd } },
    };
    await service.appendEvent({ ...key, event: event as never });
    const { session } = new RedisKeys(keyPrefix).session(key);
    const [text = ''] = await client.lrange(session.events, 0, -1);
    expect(text.startsWith('8640000000000000{')).toBe(true);
    expect(JSON.parse(text.slice(16))).toStrictEqual({ ...event, invocationId: '' });
    expect(await client.hget(session.state, 'odd')).toBe(JSON.stringify(odd));
    expect(await client.get(session.initial)).toBe(JSON.stringify({ odd }));
    const stored = (await service.get(key))?.events[0] as Event & { odd: unknown };
    expect(stored.odd).toStrictEqual(odd);
    expect((await service.get(key))?.lastUpdateTime).toBe(8.64e15);
    await service.close();
  });

  it('is not seen by a service of another prefix', async () => {
    const [mine, theirs] = [open(), open({ keyPrefix: other })];
    const key = { appName: 'a', userId: 'u', sessionId: 'one' };
    const state = { own: 1, 'user:own': 1, 'app:own': 1 };
    await mine.create({ ...key, state });
    expect(await theirs.get(key)).toBeUndefined();
    expect((await theirs.list({ appName: 'a', allUsers: true })).sessions).toHaveLength(0);
    expect(await theirs.getState({ scope: 'app', appName: 'a' })).toStrictEqual({});
    expect((await theirs.create(key)).state.toJSON()).toStrictEqual({});
    expect(await theirs.delete(key)).toBe(true);
    expect((await mine.get(key))?.state.get('user:own')).toBe(1);
    await Promise.all([mine.close(), theirs.close()]);
  });

  it('is gone with a session, but for the state of its user and its app', async () => {
    const service = open();
    const key = { appName: 'gone', userId: 'u:{*}', sessionId: 's:{*}' };
    await service.create({ ...key, state: { own: 1, 'user:own': 1, 'app:own': 1 } });
    await service.appendEvents({ ...key, events: [{ timestamp: 9 }, { timestamp: 5 }] });
    expect(await service.delete(key)).toBe(true);
    const keys = new RedisKeys(keyPrefix);
    const left = await client.keys(`${keyPrefix}:{gone*`);
    const { user } = keys.user(key);
    expect(left.sort()).toStrictEqual([keys.app('gone').state, user.state].sort());
    await service.close();
  });

  it('counts as it lists, page by page, however users share buckets', async () => {
    const service = open({ now: () => 7 });
    const bucket = bucketOf('user-0');
    const crowd = Array.from({ length: 3_000 }, (_, i) => `user-${i}`);
    const users = [...crowd.filter((user) => bucketOf(user) === bucket), ...crowd.slice(0, 40)];
    const ids = [...new Set(users)].flatMap((userId) =>
      ['a', 'ab', 'abc'].map((sessionId) => ({ appName: 'crowd', userId, sessionId })),
    );
    await Promise.all(ids.map((key) => service.create(key)));
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await service.list({
          ...{ appName: 'crowd', allUsers: true, order, limit: 17, cursor },
          includeTotal: true,
        });
        expect(page.total).toBe(ids.length);
        seen.push(...page.sessions.map(({ userId, id }) => `${userId} ${id}`));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      const expected = ids.map(({ userId, sessionId }) => `${userId} ${sessionId}`).sort();
      expect(seen).toStrictEqual(order === 'asc' ? expected : expected.reverse());
    }
    await service.close();
  });
});
