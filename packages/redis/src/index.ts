export type { RedisClient, RedisPipeline } from './redis-client.ts';
export type {
  OpenRedisOptions,
  RedisSessionServiceOptions,
  RedisStoreOptions,
} from './redis-options.ts';
export { RedisSessionService } from './redis-session-service.ts';
export type { WaitOptions } from './script-runner.ts';
