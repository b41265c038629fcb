import { type RedisClient, RedisSessionService } from '@holdfast/redis';

export declare const client: RedisClient;
export const over = () => new RedisSessionService({ client, wait: { replicas: 1 } });
export const opened = () => RedisSessionService.open({ url: 'redis://host', keyPrefix: 'shop' });
export const openedAs = (...given: Parameters<typeof RedisSessionService.open>) => given;
export const made = (...given: ConstructorParameters<typeof RedisSessionService>) => given;
export const pipeline = client.pipeline([]);
export const nodes = client.nodes;
export const stream = client.stream;
