import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

const MANY = 10_000;

// What the documents say that a user must be allowed to do.
const COMMANDS = new Set([
  ...['evalsha', 'eval', 'info', 'hello', 'client|setname', 'client|setinfo', 'wait'],
  ...['hget', 'hmget', 'hset', 'hsetnx', 'hdel', 'hlen', 'hgetall', 'get', 'set', 'unlink'],
  ...['llen', 'lindex', 'lrange', 'rpush', 'rpop', 'zadd', 'zcard', 'zcount', 'zrange'],
  ...['zrevrange', 'zrangebyscore', 'zrem', 'zremrangebyscore', 'zscore', 'time', 'exists'],
  ...['zlexcount', 'zrangebylex', 'zmscore', 'hscan'],
]);

describeWithOwnServer('what a call of RedisSessionService costs', () => {
  let server: OwnServer;
  let admin: Redis;
  let service: RedisSessionService;
  beforeAll(async () => {
    server = await OwnServer.start('--slowlog-log-slower-than', '0', '--slowlog-max-len', '9999');
    admin = server.client();
    service = await RedisSessionService.open({ url: server.url });
  });
  afterAll(async () => {
    await service.close();
    await server.remove();
  });

  it('is the same with 10,000 events and 10,000 sessions as with a few', async () => {
    const app = { appName: 'app' };
    const key = { ...app, userId: 'ada', sessionId: 's' };
    const late = { ...app, userId: 'ada', sessionId: 'late' };
    const labelled = { ...app, userId: 'ada', sessionId: 'labelled' };
    const life = { labels: { rare: 'x', common: 'y' }, expires: { afterIdle: 8_640_000_000 } };
    let time = Date.now();
    await service.create(key);
    await service.create(late);
    for (let i = 0; i < 20; i++) {
      await service.create({ ...labelled, sessionId: i === 0 ? 'labelled' : undefined, ...life });
    }
    const event = () => ({ timestamp: ++time, actions: { stateDelta: { n: time } } });
    // One session has its events in the order of time, the other has not.
    const grow = async (count: number) => {
      const events = () => Array.from({ length: count }, event);
      await service.appendEvents({ ...key, events: events() });
      await service.appendEvents({ ...late, events: events().reverse() });
    };
    const calls = {
      'an append': () => service.appendEvent({ ...key, event: event() }),
      'an append to the other': () => service.appendEvent({ ...late, event: { timestamp: 5 } }),
      'a retry': async () => {
        const repeated = { id: 'again', author: 'user' };
        await service.appendEvent({ ...key, event: repeated });
      },
      'the last 20': () => service.get({ ...key, numRecentEvents: 20 }),
      'the last 20 by time': () => service.get({ ...key, afterTimestamp: time - 20 }),
      'a page': () => service.listEvents({ ...key, afterSeq: 40, limit: 20 }),
      'a creation': () => service.create({ ...app, userId: 'ada' }),
      'a deletion': async () => {
        const sessionId = `gone-${++time}`;
        await service.create({ ...app, userId: 'ada', sessionId });
        await service.delete({ ...app, userId: 'ada', sessionId });
      },
      'a list': () => service.list({ ...app, userId: 'ada', limit: 20, includeTotal: true }),
      'an append to one that expires': () => service.appendEvent({ ...labelled, event: event() }),
      'an update': () =>
        service.updateSession({ ...labelled, labels: { set: { n: String(++time) } } }),
      'a turn': () => service.acquireTurn({ ...labelled, turn: 't' }),
      'an event by its id': () => service.getEvent({ ...key, eventId: 'again' }),
      'a list by labels': () =>
        service.list({ ...app, userId: 'ada', labels: life.labels, includeTotal: true }),
      'a sweep': () => service.sweep({ ...app, userId: 'ada' }),
      'a list of all': () => service.list({ ...app, allUsers: true, limit: 20 }),
    };

    await grow(150);
    await createMany(150);
    const few = await measure(calls);
    await grow(MANY);
    await createMany(MANY);
    const many = await measure(calls);
    for (const [name, cost] of Object.entries(many)) {
      // Noise is in these numbers. To look at all that is there would be tens of times as much.
      expect(cost, name).toBeLessThan(3 * (few[name] ?? 0) + 100);
    }
  });

  it('uses no command that looks at all keys, and none that the documents do not name', async () => {
    const stats = await admin.info('commandstats');
    const used = Array.from(stats.matchAll(/^cmdstat_([^:]+):/gm), ([, name = '']) => name);
    const ownTests = new Set(['ping', 'slowlog|get', 'slowlog|reset', 'info', 'config|resetstat']);
    expect(used.filter((name) => !COMMANDS.has(name) && !ownTests.has(name))).toStrictEqual([]);
  });

  async function createMany(count: number): Promise<void> {
    for (let i = 0; i < count; i += 200) {
      const some = Array.from({ length: Math.min(200, count - i) }, (_, at) => {
        // As many users at first as later: a list of all looks at each part that has some.
        const userId = at % 2 === 0 ? 'ada' : `user-${(i + at) % 150}`;
        const labels = { common: 'y' };
        return service.create({ appName: 'app', userId, labels, expires: { at: 8e15 } });
      });
      await Promise.all(some);
    }
  }

  /** The median time of its scripts on the server, in µs. */
  async function measure(
    calls: Readonly<Record<string, () => Promise<unknown>>>,
  ): Promise<Readonly<Record<string, number>>> {
    const costs: Record<string, number> = {};
    for (const [name, call] of Object.entries(calls)) {
      await call();
      await admin.slowlog('RESET');
      for (let i = 0; i < 15; i++) await call();
      const entries = (await admin.slowlog('GET', 9999)) as [number, number, number, string[]][];
      const times = entries.flatMap(([, , time, [command]]) =>
        command?.toLowerCase() === 'evalsha' ? [time] : [],
      );
      expect(times.length).toBeGreaterThanOrEqual(15);
      costs[name] = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    }
    return costs;
  }
});
