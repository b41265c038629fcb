import { Redis } from 'ioredis';
import { TEST_URL } from './test-server.fixture.ts';

/** Every key of a prefix, and all that is in it. */
export async function scanKeys(keyPrefix: string): Promise<readonly string[]> {
  const client = new Redis(TEST_URL);
  try {
    const pieces: string[] = [];
    for await (const keys of client.scanStream({ match: `${keyPrefix}*`, count: 1000 })) {
      for (const key of keys as string[]) pieces.push(key, ...(await valuesOf(client, key)));
    }
    return pieces;
  } finally {
    client.disconnect();
  }
}

async function valuesOf(client: Redis, key: string): Promise<readonly string[]> {
  const type = await client.type(key);
  switch (type) {
    case 'none':
      return [];
    case 'string':
      return [(await client.get(key)) ?? ''];
    case 'list':
      return client.lrange(key, 0, -1);
    case 'set':
      return client.smembers(key);
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES');
    case 'hash':
      return Object.entries(await client.hgetall(key)).flat();
    default:
      throw new Error(`${key} is a ${type}, of which it is not known how to read it`);
  }
}
