import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { exercise } from './exercise.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

const PASSWORD = 'p@ss:/?#[]%+ é𝄞';
const encoded = encodeURIComponent(PASSWORD);
const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const key = { appName: 'app', userId: 'ada', sessionId: 's' };

describeWithOwnServer('RedisSessionService.open over a server with a password and a socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast socket-'));
  const socket = join(folder, 'own é.sock');
  let server: OwnServer;
  beforeAll(async () => {
    const bound = ['127.0.0.1', ...(hasIPv6 ? ['::1'] : [])];
    const own = ['--unixsocket', socket, '--requirepass', PASSWORD, '--bind', ...bound];
    server = await OwnServer.start(...own);
    const admin = server.client({ password: PASSWORD });
    await admin.acl('SETUSER', 'me', 'on', `>${PASSWORD}`, '~*', '+@all');
  });
  afterAll(async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (user: string) => server.url.replace('//', `//${user}@`);
  const urls: Readonly<Record<string, () => string>> = {
    'redis:// with a password': () => at(`:${encoded}`),
    'redis:// with a user': () => at(`me:${encoded}`),
    'redis:// with a password and a database as parameters': () =>
      `${server.url}?password=${encoded}&db=3&family=4&connectionName=own`,
    'unix:// with a user': () => `unix://me:${encoded}@${encodeURI(socket)}`,
    'unix:// with parameters': () => `unix://${encodeURI(socket)}?password=${encoded}&db=5`,
    'the path of the socket': () => `${socket}?password=${encoded}&username=me`,
    'a host and a port': () => `127.0.0.1:${server.port}?password=${encoded}`,
    RESP2: () => `${at(`:${encoded}`)}/1?protocol=2`,
  };
  let count = 0;
  for (const [title, url] of Object.entries(urls)) {
    it(`takes ${title}`, async () => {
      const service = await RedisSessionService.open({ url: url() });
      await exercise(service, `app-${count++}`);
      await service.close();
    });
  }

  it.skipIf(!hasIPv6)('takes an IPv6 address', async () => {
    const url = at(`:${encoded}`).replace('127.0.0.1', '[::1]');
    const service = await RedisSessionService.open({ url });
    await exercise(service, 'ipv6');
    await service.close();
  });

  it('keeps databases apart, wherever the URL names them', async () => {
    const open = (path: string) =>
      RedisSessionService.open({ url: `${at(`:${encoded}`)}${path}`, keyPrefix: 'apart' });
    const [first, second, again] = await Promise.all([open('/6'), open('?db=7'), open('?db=6')]);
    await first.create(key);
    expect(await second.get(key)).toBeUndefined();
    expect((await again.get(key))?.sessionId).toBe('s');
    await Promise.all([first, second, again].map((service) => service.close()));
  });

  it('is `unavailable` for a socket that does not exist, and names it', async () => {
    const url = `unix://${folder}/none.sock`;
    await expect(RedisSessionService.open({ url, callTimeout: 500 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('none.sock'),
    });
  });

  it('is `misconfigured` for a wrong password over a socket', async () => {
    const url = `unix://:wrong@${encodeURI(socket)}`;
    await expect(RedisSessionService.open({ url })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('password'),
    });
  });
});

describeWithOwnServer('RedisSessionService.open over a Cluster with a password', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
    const clients = cluster.nodes.map(({ client }) => client);
    await Promise.all(
      clients.map((client) => client.acl('SETUSER', 'me', 'on', `>${PASSWORD}`, '~*', '+@all')),
    );
  });
  afterAll(() => cluster.remove());

  const urls: Readonly<Record<string, () => string>> = {
    'several hosts': () => cluster.url.replace('//', `//me:${encoded}@`),
    'one host and cluster=true': () =>
      `redis://127.0.0.1:${cluster.nodes[0]?.server.port}?cluster=true&username=me&password=${encoded}`,
    'hosts that say which protocol they speak': () =>
      `${cluster.url.replace('//', `//me:${encoded}@`)}?protocol=2`,
    'names of hosts and a family': () =>
      `${cluster.url.replaceAll('127.0.0.1', 'localhost').replace('//', `//me:${encoded}@`)}?family=4`,
  };
  let count = 0;
  for (const [title, url] of Object.entries(urls)) {
    it(`takes ${title}`, async () => {
      const service = await RedisSessionService.open({ url: url() });
      await exercise(service, `app-${count++}`);
      await service.close();
    });
  }

  it('looks at each node, whatever a program makes of INFO', async () => {
    Redis.Command.setReplyTransformer('info', () => ({ redis_version: '5.0.0' }));
    onTestFinished(() => Redis.Command.setReplyTransformer('info', undefined as never));
    const url = cluster.url.replace('//', `//me:${encoded}@`);
    const service = await RedisSessionService.open({ url });
    await service.getOrCreate(key);
    await service.close();
  });
});
