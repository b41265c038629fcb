import type { Event } from '@holdfast/core';
import { expect, it } from 'vitest';
import { describeWithServer, useServer } from './test-server.fixture.ts';

describeWithServer('RedisSessionService with events of any order of time', () => {
  const { client, open } = useServer();

  // The same numbers in every run.
  let seed = 42;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };

  const orders: Readonly<Record<string, (i: number) => number>> = {
    'in order': (i) => 1_000 + i * 10,
    'in order, many at the same time': (i) => 1_000 + Math.floor(i / 20),
    'in order up to a late one': (i) => (i === 150 ? 1_500 : 1_000 + i * 10),
    'with the last one first': (i) => (i === 0 ? 9_000 : 1_000 + i * 10),
    backwards: (i) => 9_000 - i * 10,
    'at random': () => 1_000 + random(3_000),
  };
  for (const [title, timeOf] of Object.entries(orders)) {
    it(`gives those since a time, and no others: ${title}`, async () => {
      const service = open({ now: () => 500 });
      const { key } = await service.create({ appName: 'app', userId: 'ada' });
      const stored: Event[] = [];
      // Some come one by one, and some in batches.
      while (stored.length < 200) {
        const count = 1 + random(8) * random(2);
        const events = Array.from({ length: count }, (_, i) => ({
          timestamp: timeOf(stored.length + i),
        }));
        if (count > 1) stored.push(...(await service.appendEvents({ ...key, events })));
        else stored.push(await service.appendEvent({ ...key, event: events[0] ?? {} }));
      }
      const times = [0, 500, 9_001, ...stored.map(({ timestamp }) => timestamp)];
      for (let i = 0; i < 60; i++) {
        const afterTimestamp = (times[random(times.length)] ?? 0) + random(3) - 1;
        if (afterTimestamp < 0) continue;
        const numRecentEvents = [undefined, 0, 1, 5, 60, 500][random(6)];
        const from =
          numRecentEvents === undefined ? 0 : Math.max(0, stored.length - numRecentEvents);
        const expected = stored.slice(from).filter(({ timestamp }) => timestamp >= afterTimestamp);
        const session = await service.get({ ...key, afterTimestamp, numRecentEvents });
        expect(session?.events).toStrictEqual(expected);
      }
      const latest = Math.max(...stored.map(({ timestamp }) => timestamp));
      expect((await service.get({ ...key, numRecentEvents: 0 }))?.lastUpdateTime).toBe(latest);
      await service.close();
    });
  }

  it('keeps an index by time only if the list is out of order', async () => {
    const service = open();
    const { key } = await service.create({ appName: 'app', userId: 'bob' });
    for (const timestamp of [2e15, 2e15, 2e15 + 1]) {
      await service.appendEvent({ ...key, event: { timestamp } });
    }
    const indexes = () => client.keys(`*:t:bob:${key.sessionId}`);
    expect(await indexes()).toHaveLength(0);
    await service.appendEvent({ ...key, event: { timestamp: 5 } });
    expect(await indexes()).toHaveLength(1);
    await service.delete(key);
    expect(await client.keys(`*${key.sessionId}*`)).toHaveLength(0);
    await service.close();
  });
});
