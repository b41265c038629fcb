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
  server(): OwnServer | OwnCluster;
  client(): Redis | Cluster;
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
        server: () => own,
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
    try {
      return `${name} ${JSON.stringify(await contentOf(node, name))}`;
    } catch (error) {
      // While a slot moves, a node does not let what it has received be read.
      if (/^MOVED/.test(String((error as Error).message))) return `${name} (moving)`;
      throw error;
    }
  });
  return (await Promise.all(texts)).join('\n');
}

async function contentOf(node: Redis, name: string): Promise<unknown> {
  switch (await node.type(name)) {
    case 'string':
      return await node.get(name);
    case 'list':
      return await node.lrange(name, 0, -1);
    case 'hash':
      return await node.hgetall(name);
    case 'zset':
      return await node.zrange(name, '0', '-1', 'WITHSCORES');
    default:
      return undefined;
  }
}
