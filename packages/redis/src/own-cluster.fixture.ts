import { Cluster, type ClusterOptions, type Redis } from 'ioredis';
import { OwnServer, until } from './own-server.fixture.ts';

const MASTERS = 3;
const SLOTS = 16_384;

interface Node {
  readonly server: OwnServer;
  readonly client: Redis;
  readonly id: string;
}

/** Three masters, each with a replica, on loopback ports. */
export class OwnCluster {
  readonly nodes: readonly Node[];
  readonly #clients: Cluster[] = [];

  private constructor(nodes: readonly Node[]) {
    this.nodes = nodes;
  }

  /** One whose masters stay what they are, however slow the machine is. */
  static async startSteady(): Promise<OwnCluster> {
    return await OwnCluster.start('--cluster-node-timeout', '15000');
  }

  /** One whose replicas take over from a master that does not answer for a second. */
  static async start(...options: readonly string[]): Promise<OwnCluster> {
    const cluster = new OwnCluster(
      await Promise.all(
        Array.from({ length: 2 * MASTERS }, async () => {
          const server = await OwnServer.start(
            ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'],
            ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
            ...options,
          );
          const client = server.client();
          return { server, client, id: String(await client.cluster('MYID')) };
        }),
      ),
    );
    await cluster.#join();
    return cluster;
  }

  get url(): string {
    const [first, ...rest] = this.nodes.map(({ server }) => `127.0.0.1:${server.port}`);
    return `redis://${[first, ...rest].join(',')}`;
  }

  /** A client that goes with the Cluster. */
  client(options: ClusterOptions = {}): Cluster {
    const [{ server }] = this.nodes as [Node];
    const all: object = { slotsRefreshTimeout: 5_000, ...options };
    const client = new Cluster([{ host: '127.0.0.1', port: server.port }], all);
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  /** The master of a slot, as one of the nodes that run sees it. */
  async masterOf(slot: number): Promise<Node> {
    for (const { client, server } of this.nodes) {
      if (!server.isRunning) continue;
      const ranges = (await client.cluster('SLOTS')) as unknown as [
        number,
        number,
        [string, number],
      ][];
      const range = ranges.find(([from, to]) => from <= slot && slot <= to);
      const master = this.nodes.find((node) => node.server.port === range?.[2][1]);
      if (master?.server.isRunning) return master;
    }
    throw new Error(`nobody serves slot ${slot}`);
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.nodes[0]?.client.cluster('KEYSLOT', key));
  }

  /** Moves a slot, key by key, as `redis-cli --cluster reshard` does. */
  async moveSlot(slot: number, target: Node): Promise<void> {
    const source = await this.masterOf(slot);
    if (source.id === target.id) return;
    await target.client.cluster('SETSLOT', slot, 'IMPORTING', source.id);
    await source.client.cluster('SETSLOT', slot, 'MIGRATING', target.id);
    for (;;) {
      const keys = (await source.client.cluster('GETKEYSINSLOT', slot, 1)) as string[];
      const [key] = keys;
      if (key === undefined) break;
      await source.client.migrate('127.0.0.1', target.server.port, key, 0, 5_000);
    }
    await target.client.cluster('SETSLOT', slot, 'NODE', target.id);
    await source.client.cluster('SETSLOT', slot, 'NODE', target.id);
  }

  async remove(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.nodes.map(({ server }) => server.remove()));
  }

  async #join(): Promise<void> {
    const masters = this.nodes.slice(0, MASTERS);
    const share = Math.ceil(SLOTS / MASTERS);
    await Promise.all(
      masters.map(({ client }, i) => {
        const first = i * share;
        const slots = Array.from({ length: Math.min(share, SLOTS - first) }, (_, n) => first + n);
        return client.cluster('ADDSLOTS', ...slots);
      }),
    );
    await Promise.all(this.nodes.map(({ client }, i) => client.cluster('SET-CONFIG-EPOCH', i + 1)));
    // Each with each: what they hear of each other takes its time.
    for (const { client } of this.nodes) {
      for (const { server } of this.nodes) await client.cluster('MEET', '127.0.0.1', server.port);
    }
    await this.#until(({ nodes }) => nodes.length === this.nodes.length);
    await Promise.all(
      this.nodes
        .slice(MASTERS)
        .map(({ client }, i) => client.cluster('REPLICATE', masters[i]?.id ?? '')),
    );
    await this.untilHealthy();
  }

  /** Waits until every node that runs knows of all slots, and every master has a replica. */
  async untilHealthy(): Promise<void> {
    await this.#until(
      ({ nodes, info }) =>
        /cluster_state:ok/.test(info) &&
        nodes.filter((line) => /\bmaster\b/.test(line) && !/\bfail\b/.test(line)).length ===
          MASTERS,
    );
    for (const { client, server } of this.nodes) {
      if (!server.isRunning) continue;
      await until(async () => {
        const info = await client.info('replication');
        return /role:master/.test(info)
          ? /connected_slaves:[1-9]/.test(info) && /state=online,offset=[1-9]/.test(info)
          : /master_link_status:up/.test(info);
      });
    }
  }

  async #until(
    isSo: (seen: { readonly nodes: readonly string[]; readonly info: string }) => boolean,
  ): Promise<void> {
    for (const { client, server } of this.nodes) {
      if (!server.isRunning) continue;
      await until(async () => {
        const nodes = String(await client.cluster('NODES'));
        const info = String(await client.cluster('INFO'));
        return isSo({
          nodes: nodes
            .trim()
            .split('\n')
            .filter((line) => !/handshake/.test(line)),
          info,
        });
      });
    }
  }
}
