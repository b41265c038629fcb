import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { checkOptions, type RedisSessionServiceOptions } from './redis-options.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { RedisStore } from './redis-store.ts';

/** A server or a Cluster of a test's own. */
export interface Kind {
  readonly isCluster: boolean;
  client(): Redis | Cluster;
  url(): string;
  /** A service over the client, closed after the tests. */
  open(options?: Partial<RedisSessionServiceOptions>): RedisSessionService;
  /** The same without the service. */
  store(options?: Partial<RedisSessionServiceOptions>): RedisStore;
  /** All that is kept: names and what they hold, as one text. */
  dump(): Promise<string>;
}

/** A `describe` for one server, and one for a Cluster. */
export function describeEachKind(name: string, body: (kind: Kind) => void): void {
  for (const isCluster of [false, true]) {
    describeWithOwnServer(`${name}, ${isCluster ? 'on a Cluster' : 'on one server'}`, () => {
      let own: OwnServer | OwnCluster;
      let client: Redis | Cluster;
      const services: RedisSessionService[] = [];
      beforeAll(async () => {
        own = isCluster ? await OwnCluster.startSteady() : await OwnServer.start();
        client = own.client();
      });
      afterAll(async () => {
        await Promise.all(services.map((service) => service.close()));
        await own.remove();
      });
      body({
        isCluster,
        client: () => client,
        url: () => own.url,
        open(options) {
          const service = new RedisSessionService({ client, ...options });
          services.push(service);
          return service;
        },
        store: (options) => new RedisStore(checkOptions({ client, ...options })),
        async dump() {
          const nodes = 'nodes' in client ? client.nodes('master') : [client];
          return (await Promise.all(nodes.map(dumpNode))).join('\n');
        },
      });
    });
  }
}

async function dumpNode(node: Redis): Promise<string> {
  const names = await node.keys('*');
  const texts = names.map(async (name) => {
    const read = {
      string: () => node.get(name),
      list: () => node.lrange(name, 0, -1),
      hash: () => node.hgetall(name),
      zset: () => node.zrange(name, '0', '-1', 'WITHSCORES'),
    }[await node.type(name)];
    return `${name} ${JSON.stringify(await read?.())}`;
  });
  return (await Promise.all(texts)).join('\n');
}
