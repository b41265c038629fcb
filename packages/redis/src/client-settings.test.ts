import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answersOf, clock } from './answers.fixture.ts';
import { CLIENT_SETTINGS, type ClientSetting } from './client-settings.fixture.ts';
import { exercise } from './exercise.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import type { RedisClient } from './redis-client.ts';
import { RedisSessionService } from './redis-session-service.ts';

const titleOf = ({ setting, driver, tried, effect }: ClientSetting) =>
  `${setting} of ${driver} (${tried}), which is ${effect}`;

describeWithOwnServer('RedisSessionService over a client with', () => {
  let server: OwnServer;
  let plain: string;
  beforeAll(async () => {
    server = await OwnServer.start();
    plain = await answersOver(server.client());
  });
  afterAll(() => server.remove());

  for (const each of CLIENT_SETTINGS.filter(({ redis }) => redis !== undefined)) {
    it(titleOf(each), async () => {
      const admin = server.client();
      await admin.flushall();
      const client = server.client(each.redis);
      await tryOver(client, { each, plain });
      // Half of a session would be left if something was noticed too late.
      if (each.effect === 'refused') expect(await admin.info('keyspace')).not.toMatch(/^db/m);
      client.disconnect();
      admin.disconnect();
    });
  }
});

describeWithOwnServer('RedisSessionService over a client of a Cluster with', () => {
  let cluster: OwnCluster;
  let plain: string;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
    plain = await answersOver(cluster.client());
  });
  afterAll(() => cluster.remove());

  for (const each of CLIENT_SETTINGS.filter((setting) => setting.cluster !== undefined)) {
    it(titleOf(each), async () => {
      const client = cluster.client(each.cluster);
      await tryOver(client, { each, plain });
      client.disconnect();
    });
  }
});

let count = 0;

/** Expects what the table says of a setting: the answers of a plain client, or a refusal. */
async function tryOver(
  client: Redis | Cluster,
  { each, plain }: { readonly each: ClientSetting; readonly plain: string },
): Promise<void> {
  if (client.status !== 'wait' && each.code !== 'invalid_argument') {
    await until(async () => client.status === 'ready');
  }
  const brought = await (each.bring?.(client as Redis) ?? client);
  const takeBack = each.patch?.();
  try {
    if (each.effect === 'refused') {
      await expect(refusalOf(brought as RedisClient)).resolves.toMatchObject({
        code: each.code ?? 'misconfigured',
        ...(each.code === 'invalid_argument' && { path: 'client' }),
        retryable: false,
        message: expect.stringContaining(each.names ?? each.setting),
      });
      return;
    }
    expect(await answersOver(brought as RedisClient)).toBe(plain);
    const service = new RedisSessionService({ client: brought as RedisClient });
    await exercise(service, `exercise-${count++}`);
    await service.close();
  } finally {
    takeBack?.();
    (brought as Partial<Redis>).disconnect?.();
  }
}

async function answersOver(client: RedisClient): Promise<string> {
  const keyPrefix = `answers-${count++}`;
  const service = new RedisSessionService({ client, keyPrefix, now: clock });
  const answers = await answersOf(service, 'app');
  await service.close();
  return answers;
}

async function refusalOf(client: RedisClient): Promise<unknown> {
  try {
    const service = new RedisSessionService({ client });
    await service.create({ appName: 'app', userId: 'ada', state: { a: 1 } });
  } catch (error) {
    return error;
  }
  return 'nothing was refused';
}
