import { testSessionService } from '@holdfast/testkit';
import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processStarter } from '../../testkit/src/process/bundle-module.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

const startProcess = processStarter(new URL('./store-process.fixture.ts', import.meta.url));

describeWithOwnServer('RedisSessionService on a Cluster', () => {
  let cluster: OwnCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
    client = cluster.client();
  });
  afterAll(() => cluster.remove());

  const open = () => new RedisSessionService({ client, persistent: true });
  testSessionService(
    { describe, it },
    {
      name: 'on a client of its own',
      create: open,
      reopen: open,
      startProcess: () => startProcess({ url: cluster.url, persistent: true }),
      propertyRuns: 10,
    },
  );

  it('is `misconfigured` for a client, or a URL, of one node', async () => {
    const url = `redis://127.0.0.1:${cluster.nodes[0]?.server.port}`;
    const misconfigured = { code: 'misconfigured', message: expect.stringContaining('Cluster') };
    await expect(RedisSessionService.open({ url })).rejects.toMatchObject(misconfigured);
    await (await RedisSessionService.open({ url: `${url}?cluster=true` })).close();
    const node = cluster.nodes[0]?.server.client() as Redis;
    const service = new RedisSessionService({ client: node });
    const refusals = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((userId) =>
        service.getState({ scope: 'user', appName: 'app', userId }),
      ),
    );
    const errors = refusals.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(errors).not.toHaveLength(0);
    for (const error of errors) expect(error).toMatchObject(misconfigured);
  });

  it('has no capability `atomicAppState`', () => {
    const service = new RedisSessionService({ client });
    expect(service.capabilities).toStrictEqual({
      persistent: false,
      shared: true,
      evicts: false,
      atomicAppState: false,
      listAllUsers: true,
      updateSession: true,
      getEvent: true,
      fork: true,
      erase: true,
      increments: true,
      turns: true,
      sweep: true,
      eraseUser: true,
      listUsers: true,
      importSession: true,
      watch: true,
    });
  });
});
