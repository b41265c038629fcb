import type { Redis } from 'ioredis';
import { redisBytes } from '../../seeds/redis-bytes.ts';
import type { FillRequest, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { mergeScopes, type ScopedEntry } from '../scoped-state.ts';
import { stateRows } from '../state-row.ts';
import * as script from './redis-scripts.ts';

const SCOPES = ['session', 'user', 'app'] as const;

export const bareRedis: Contestant = {
  id: 'bare-redis',
  name: 'one bare script',
  kind: 'limit',
  group: 'redis',
  packages: ['ioredis'],
  note: 'One EVALSHA over `ioredis` that writes the same: a list of events, a hash of their ids, hashes of state, the sorted sets of sessions.',
  async open({ redisUrl, redisPrefix }) {
    const { Redis: Client } = await import('ioredis');
    const client = new Client(redisUrl);
    const sha = async (text: string) => String(await client.script('LOAD', text));
    const [append, read, list] = await Promise.all(
      [script.REDIS_APPEND, script.REDIS_READ, script.REDIS_LIST].map(sha),
    );
    const keysOf = (name: SessionName) => redisKeys(redisPrefix, name);
    const readSession = async (name: SessionName, count: number) => {
      const keys = keysOf(name);
      const answer = await client.evalsha(read ?? '', keys.length, ...keys, name.session, -count);
      return parseRead(answer as RedisRead);
    };
    return {
      fill: (request) => fill(client, { request, keysOf }),
      async append({ n, delta, ...name }) {
        const event = sampleEvent(n, delta);
        const state = stateRows(name, delta).flatMap(({ user, session, name: key, value }) => [
          // The number of the key that holds the scope.
          session === '' ? (user === '' ? 6 : 5) : 4,
          key,
          value,
        ]);
        const keys = keysOf(name);
        const { timestamp, id } = event;
        const args = [name.session, timestamp, id, JSON.stringify(event), ...state];
        return client.evalsha(append ?? '', keys.length, ...keys, ...args);
      },
      recent: async ({ count, ...name }) => (await readSession(name, count)).events,
      full: async (name) => (await readSession(name, 0)).events,
      list: async ({ user, limit }) => {
        const keys = keysOf({ user, session: '' });
        const all = await client.evalsha(list ?? '', keys.length, ...keys, limit);
        return all as string[][];
      },
      async audit(name) {
        const { events, state } = await readSession(name, 0);
        const ids = events.map(({ id }) => id);
        return { ids, seqs: ids.map((_, i) => i + 1), state };
      },
      bytes: () => redisBytes(client, redisPrefix),
      close: async () => client.disconnect(),
    };
  },
};

function redisKeys(prefix: string, { user, session }: SessionName): readonly string[] {
  const own = `${prefix}:{${APP}:${user}}`;
  return [
    `${own}:metas`,
    `${own}:e:${session}`,
    `${own}:i:${session}`,
    `${own}:s:${session}`,
    `${own}:state`,
    `${prefix}:{${APP}}:state`,
    `${own}:sessions`,
    `${own}:bucket`,
  ];
}

type RedisRead = readonly [events: string[], session: string[], user: string[], app: string[]];

function parseRead([events, ...scopes]: RedisRead) {
  const entries: ScopedEntry[] = [];
  scopes.forEach((pairs, scope) => {
    for (let i = 0; i < pairs.length; i += 2) {
      entries.push([SCOPES[scope] ?? 'app', pairs[i] ?? '', pairs[i + 1] ?? '']);
    }
  });
  return {
    events: events.map((body) => JSON.parse(body) as { readonly id: string }),
    state: mergeScopes(entries),
  };
}

async function fill(
  client: Redis,
  {
    request: { user, sessions, from, count },
    keysOf,
  }: {
    readonly request: FillRequest;
    readonly keysOf: (name: SessionName) => readonly string[];
  },
): Promise<void> {
  for (let first = 0; first < sessions.length; first += 100) {
    const pipeline = client.pipeline();
    for (const session of sessions.slice(first, first + 100)) {
      const [metas = '', events = '', ids = '', , , , list = '', bucket = ''] = keysOf({
        user,
        session,
      });
      const time = sampleEvent(from + Math.max(count - 1, 0)).timestamp;
      pipeline.hset(metas, session, String(time));
      pipeline.zadd(list, time, session);
      pipeline.zadd(bucket, time, session);
      for (let n = from; n < from + count; n++) {
        const event = sampleEvent(n);
        pipeline.rpush(events, JSON.stringify(event));
        pipeline.hset(ids, event.id, n + 1);
      }
    }
    await pipeline.exec();
  }
}
