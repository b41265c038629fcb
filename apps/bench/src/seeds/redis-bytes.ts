import type { Redis } from 'ioredis';
import { eachRedisKey } from './each-redis-key.ts';

/** Bytes that the server uses for all keys of a prefix, each looked at as a whole. */
export async function redisBytes(client: Redis, prefix: string): Promise<number> {
  let bytes = 0;
  await eachRedisKey({ client, prefix }, async (keys) => {
    const pipeline = client.pipeline();
    for (const key of keys) pipeline.call('MEMORY', 'USAGE', key, 'SAMPLES', '0');
    for (const [error, size] of (await pipeline.exec()) ?? []) {
      if (error !== null) throw error;
      bytes += Number(size);
    }
  });
  return bytes;
}
