import { serveService } from '@holdfast/testkit/process';
import type { OpenRedisOptions } from './redis-options.ts';
import { RedisSessionService } from './redis-session-service.ts';

/** The other process of the kit. */
serveService((options) => RedisSessionService.open(JSON.parse(options) as OpenRedisOptions));
