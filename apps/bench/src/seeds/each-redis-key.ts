import type { Redis } from 'ioredis';

/** Gives all keys of a prefix, in portions. */
export async function eachRedisKey(
  { client, prefix }: { readonly client: Redis; readonly prefix: string },
  take: (keys: readonly string[]) => Promise<unknown>,
): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000);
    if (keys.length > 0) await take(keys);
    cursor = next;
  } while (cursor !== '0');
}
