import { redisBytes } from '../../seeds/redis-bytes.ts';
import type { Contestant } from '../contestant.ts';
import { serviceStore } from './service-store.ts';

export const redis: Contestant = {
  id: 'redis',
  name: 'Holdfast',
  kind: 'holdfast',
  group: 'redis',
  packages: ['@holdfast/redis', 'ioredis'],
  note: 'An append is one script. Here on one server; on a Cluster, one with `app:` keys takes three.',
  async open({ redisUrl: url, redisPrefix: keyPrefix }) {
    const { RedisSessionService } = await import('@holdfast/redis');
    const { Redis } = await import('ioredis');
    const service = await RedisSessionService.open({ url, keyPrefix });
    const reader = new Redis(url);
    return serviceStore(service, {
      bytes: () => redisBytes(reader, keyPrefix),
      close: async () => reader.disconnect(),
    });
  },
};
