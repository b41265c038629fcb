import { copyOptions } from '@holdfast/core/internal';
import { StoredSessionService } from '@holdfast/session/store';
import { openClient } from './open-client.ts';
import {
  checkLimits,
  checkOptions,
  type OpenRedisOptions,
  type RedisSessionServiceOptions,
} from './redis-options.ts';
import { checkServerOf, RedisStore } from './redis-store.ts';

/**
 * Keeps sessions in Redis or Valkey, on one server or a Cluster. An append is one script.
 *
 * @example
 * await using service = await RedisSessionService.open({ url: 'redis://localhost:6379' });
 * const { key } = await service.create({ appName: 'shop', userId: 'ada' });
 */
export class RedisSessionService extends StoredSessionService {
  /** An option that is out of range is `invalid_argument`. */
  constructor(options: RedisSessionServiceOptions) {
    const own = copyOptions(options);
    super(new RedisStore(checkOptions(own)), own);
  }

  /**
   * Connects, and checks that the server is suitable: one older than Redis 6.2 is `unsupported`;
   * one that may evict keys, or that does not fit the URL, is `misconfigured`; one that cannot be
   * reached within `callTimeout` is `unavailable`. A lost connection is made again for as long as
   * the service is open; `close()` ends it.
   */
  static async open(options: OpenRedisOptions): Promise<RedisSessionService> {
    const { url, ...rest } = copyOptions(options);
    const { callTimeout } = checkLimits(rest);
    const client = await openClient(url, callTimeout);
    try {
      const all = { ...rest, client, closeClient: true };
      const service = new RedisSessionService(all);
      await checkServerOf(checkOptions(all));
      return service;
    } catch (error) {
      client.disconnect();
      throw error;
    }
  }
}
