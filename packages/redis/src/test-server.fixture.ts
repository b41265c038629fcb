import { randomBytes } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, describe } from 'vitest';
import type { RedisSessionServiceOptions } from './redis-options.ts';
import { RedisSessionService } from './redis-session-service.ts';

/** The server that the tests use. Each test has keys of its own on it. */
export const TEST_URL = process.env['HOLDFAST_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

const isReachable = await new Promise<boolean>((resolve) => {
  const client = new Redis(TEST_URL, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  client
    .ping()
    .then(
      () => resolve(true),
      () => resolve(false),
    )
    .finally(() => client.disconnect());
});

const isSkipped = !isReachable && !process.env['CI'];
if (isSkipped) {
  console.warn(
    `Skipped: no server at ${TEST_URL}. To start one: docker run --rm -p 6379:6379 redis:7`,
  );
}

/** A `describe` that is skipped if there is no server. If `CI` is set, it fails instead. */
export function describeWithServer(name: string, body: () => void): void {
  describe.skipIf(isSkipped)(isSkipped ? `${name} (no server)` : name, body);
}

/** A prefix that no other key begins with. */
export function newPrefix(): string {
  return `holdfast-test-${randomBytes(6).toString('hex')}`;
}

export interface TestServer {
  readonly keyPrefix: string;
  /** A client of the server; it connects when it is used. */
  readonly client: Redis;
  /** A service over the client. */
  open(options?: Partial<RedisSessionServiceOptions>): RedisSessionService;
}

/** A client and a prefix for the tests of a `describe`; its keys are removed after them. */
export function useServer(
  options: Pick<RedisOptions, 'keyPrefix' | 'enableAutoPipelining'> = {},
): TestServer {
  const keyPrefix = newPrefix();
  const client = new Redis(TEST_URL, { lazyConnect: true, ...options });
  client.on('error', () => {});
  const open = (more?: Partial<RedisSessionServiceOptions>) =>
    new RedisSessionService({ client, keyPrefix, ...more });
  afterAll(async () => {
    await removeKeys(`${keyPrefix}*`);
    client.disconnect();
  });
  return { keyPrefix, client, open };
}

/** Removes all keys that a pattern matches. */
export async function removeKeys(pattern: string): Promise<void> {
  const client = new Redis(TEST_URL);
  for await (const keys of client.scanStream({ match: pattern, count: 1000 })) {
    if (keys.length > 0) await client.unlink(...(keys as string[]));
  }
  client.disconnect();
}
