import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { RedisSessionServiceOptions } from './redis-options.ts';
import { RedisSessionService } from './redis-session-service.ts';

const client = new Redis({ lazyConnect: true });

describe('the options of RedisSessionService', () => {
  const wrong: readonly [path: string, options: object][] = [
    ['client', { client: undefined }],
    ['client', { client: {} }],
    ['client', { client: new Redis({ lazyConnect: true, keyPrefix: '{mine}:' }) }],
    ['client', { client: new Redis({ lazyConnect: true, monitor: true }) }],
    ['closeClient', { closeClient: 'yes' }],
    ['keyPrefix', { keyPrefix: '' }],
    ['keyPrefix', { keyPrefix: 'a{b}' }],
    ['keyPrefix', { keyPrefix: 'a b' }],
    ['keyPrefix', { keyPrefix: 'x'.repeat(65) }],
    ['keyPrefix', { keyPrefix: 7 }],
    ['persistent', { persistent: 1 }],
    ['callTimeout', { callTimeout: 0 }],
    ['callTimeout', { callTimeout: 2 ** 31 }],
    ['wait', { wait: 1 }],
    ['wait.replicas', { wait: {} }],
    ['wait.replicas', { wait: { replicas: 0 } }],
    ['wait.timeout', { wait: { replicas: 1, timeout: 0 } }],
    ['maxEventBytes', { maxEventBytes: 0 }],
    ['now', { now: 7 }],
  ];
  for (const [path, options] of wrong) {
    it(`are refused for ${path}: ${JSON.stringify(options)}`, () => {
      const all = { client, ...options } as RedisSessionServiceOptions;
      expect(() => new RedisSessionService(all)).toThrow(
        expect.objectContaining({ code: 'invalid_argument', path }),
      );
    });
  }

  it('must be a plain object', async () => {
    expect(() => new RedisSessionService(undefined as never)).toThrow('options');
    await expect(RedisSessionService.open([] as never)).rejects.toThrow('options');
  });

  it('are refused if they cannot be read', async () => {
    const unreadable = {
      get url(): string {
        throw new Error('not today');
      },
    };
    await expect(RedisSessionService.open(unreadable)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'url',
    });
  });

  it('leave a client open that was brought, and end one that is handed over', async () => {
    const left = new Redis({ lazyConnect: true });
    await new RedisSessionService({ client: left }).close();
    expect(left.status).toBe('wait');
    const ended = new Redis({ lazyConnect: true });
    await new RedisSessionService({ client: ended, closeClient: true }).close();
    expect(ended.status).not.toBe('wait');
    ended.disconnect();
  });
});
