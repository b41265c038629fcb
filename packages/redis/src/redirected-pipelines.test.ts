import { afterAll, beforeAll, expect, it } from 'vitest';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, until } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';

describeWithOwnServer('RedisSessionService over a Cluster that makes pipelines of commands', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
  });
  afterAll(() => cluster.remove());

  it('finds a slot that has moved, whatever else is in the pipeline', async () => {
    const client = cluster.client({ enableAutoPipelining: true });
    await until(async () => client.status === 'ready');
    const service = new RedisSessionService({ client });
    const keys = Array.from({ length: 40 }, (_, i) => ({
      appName: 'app',
      userId: `user ${i}`,
      sessionId: 's',
    }));
    await Promise.all(keys.map((key) => service.create(key)));
    const { sessions } = new RedisKeys('holdfast').session(keys[0] as (typeof keys)[0]).bucket;
    const slot = await cluster.slotOf(sessions);
    const source = await cluster.masterOf(slot);
    const target = cluster.nodes.slice(0, 3).find(({ id }) => id !== source.id);
    await cluster.moveSlot(slot, target ?? source);
    const appended = await Promise.all(
      keys.map((key) => service.appendEvent({ ...key, event: {} })),
    );
    expect(appended.map(({ seq }) => seq)).toStrictEqual(keys.map(() => 1));
    await service.close();
  });
});
