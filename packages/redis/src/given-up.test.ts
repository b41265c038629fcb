import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { TcpProxy } from './tcp-proxy.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
const unavailable = { code: 'unavailable', retryable: true };
const CALL_MS = 400;
// Much more than a call takes, and less than without end.
const BOUND_MS = 10_000;

describeWithOwnServer('RedisSessionService that closes a client of a server that hangs', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server.remove());

  async function expectClosed(client: Redis | Cluster, streams: () => readonly unknown[]) {
    const service = new RedisSessionService({ client, closeClient: true, callTimeout: CALL_MS });
    const waiting = client.status === 'wait' ? undefined : service.get(key).catch((error) => error);
    const before = streams();
    const start = performance.now();
    await service.close();
    // A call that was under way has its time, and then the client.
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    if (waiting !== undefined) expect(await waiting).toMatchObject(unavailable);
    for (const stream of before) expect(stream).toMatchObject({ destroyed: true });
    await until(async () => client.status === 'end');
  }

  const streamOf = (client: Redis) => () => [(client as unknown as { stream: object }).stream];

  for (const [name, options] of Object.entries<RedisOptions>({
    'that is connected': {},
    'without an offline queue': { enableOfflineQueue: false },
    'that makes pipelines of its commands': { enableAutoPipelining: true },
    'that never gives up': { maxRetriesPerRequest: null },
  })) {
    it(`ends a client ${name}`, async () => {
      const client = server.client(options);
      await until(async () => client.status === 'ready');
      server.signal('SIGSTOP');
      await expectClosed(client, streamOf(client)).finally(() => server.signal('SIGCONT'));
    });
  }

  it('ends a client that has subscribed to something', async () => {
    const client = server.client({ protocol: 3 });
    await client.subscribe('news');
    server.signal('SIGSTOP');
    await expectClosed(client, streamOf(client)).finally(() => server.signal('SIGCONT'));
  });

  it('ends a client that is about to connect, and one that was never used', async () => {
    server.signal('SIGSTOP');
    try {
      const connecting = server.client();
      await until(async () => connecting.status === 'connect');
      await expectClosed(connecting, streamOf(connecting));
      await expectClosed(server.client({ lazyConnect: true }), () => []);
    } finally {
      server.signal('SIGCONT');
    }
  });
});

describeWithOwnServer('a call that RedisSessionService has given up', () => {
  let server: OwnServer;
  let admin: Redis;
  let observer: RedisSessionService;
  beforeAll(async () => {
    server = await OwnServer.start();
    admin = server.client();
    observer = new RedisSessionService({ client: admin });
  });
  afterAll(() => server.remove());

  const owner = { scope: 'user', appName: 'app', userId: 'ada' } as const;

  for (const [name, options] of Object.entries<RedisOptions>({
    '': {},
    ' that makes pipelines of its commands': { enableAutoPipelining: true },
    ' that gives up earlier': { commandTimeout: 200 },
    ' that never gives up': { maxRetriesPerRequest: null },
  })) {
    it(`is not sent again over the next connection of a client${name}`, async () => {
      await admin.flushall();
      await observer.create(key);
      const proxy = await TcpProxy.start(server.port);
      const all: object = { retryStrategy: () => 20, ...options };
      const client = new Redis(proxy.url, all);
      client.on('error', () => {});
      onTestFinished(async () => {
        client.disconnect();
        await proxy.stop();
      });
      const service = new RedisSessionService({ client, callTimeout: CALL_MS });
      expect((await service.get(key))?.revision).toBe(0);
      proxy.silence();
      const calls = [
        service.delete(key),
        service.updateState({ ...owner, set: { late: 1 } }),
        service.appendEvent({ ...key, event: {} }),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject(unavailable);
      // These were never written: they wait for the next connection.
      const more = [service.delete(key), service.updateState({ ...owner, set: { late: 1 } })];
      for (const call of more) await expect(call).rejects.toMatchObject(unavailable);
      proxy.resume();
      await until(async () => (await service.getState(owner)) !== undefined);
      expect(await observer.getState(owner)).toStrictEqual({});
      expect((await observer.get(key))?.revision).toBe(0);
      expect(await service.delete(key)).toBe(true);
    });
  }
});

describeWithOwnServer('a call that RedisSessionService has given up on a Cluster', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await OwnCluster.start();
  });
  afterAll(() => cluster.remove());

  it('follows no redirection any more', async () => {
    const client = cluster.client({ retryDelayOnTryAgain: 20, maxRedirections: 10_000 });
    const observer = new RedisSessionService({ client: cluster.client() });
    await observer.create(key);
    const service = new RedisSessionService({ client, callTimeout: CALL_MS });
    // The node knows the script by now.
    expect(await service.delete({ ...key, sessionId: 'other' })).toBe(false);
    const slot = await cluster.slotOf(new RedisKeys('holdfast').session(key).bucket.metas);
    const from = await cluster.masterOf(slot);
    const to = cluster.nodes.find(({ id }) => id !== from.id) as typeof from;
    // Some of the keys of the call are not there, as if they had moved.
    await from.client.cluster('SETSLOT', slot, 'MIGRATING', to.id);
    let command: Promise<unknown> | undefined;
    const { sendCommand } = client;
    client.sendCommand = (sent, ...rest) => {
      command = sent.promise;
      return sendCommand.call(client, sent, ...rest);
    };
    await expect(service.delete(key)).rejects.toMatchObject(unavailable);
    await from.client.cluster('SETSLOT', slot, 'STABLE');
    // The driver tries it once more, and might be sent from one node to another.
    expect(command).toBeDefined();
    await command?.catch(() => {});
    for (let i = 0; i < 50; i++) await observer.get(key);
    expect(await observer.get(key)).toBeDefined();
    expect(await service.delete(key)).toBe(true);
  });

  it('costs a brought client its silent connection, and the Cluster goes on', async () => {
    const service = new RedisSessionService({ client: cluster.client(), callTimeout: CALL_MS });
    const session = await service.getOrCreate(key);
    const slot = await cluster.slotOf(new RedisKeys('holdfast').session(key).bucket.metas);
    const { server } = await cluster.masterOf(slot);
    server.signal('SIGSTOP');
    const start = performance.now();
    await expect(service.get(session)).rejects.toMatchObject(unavailable);
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    server.signal('SIGCONT');
    await until(async () => (await service.get(session)) !== undefined);
    expect((await service.appendEvent({ ...session, event: { id: 'e' } })).seq).toBe(1);
  });

  it('does not keep a Cluster client open whose nodes all hang', async () => {
    const client = cluster.client();
    const closing = new RedisSessionService({ client, closeClient: true, callTimeout: CALL_MS });
    await closing.getOrCreate(key);
    const streams = client.nodes().map((node) => (node as unknown as { stream: object }).stream);
    for (const { server } of cluster.nodes) server.signal('SIGSTOP');
    const start = performance.now();
    await closing.close();
    const took = performance.now() - start;
    for (const { server } of cluster.nodes) server.signal('SIGCONT');
    expect(took).toBeLessThan(BOUND_MS);
    for (const stream of streams) if (stream) expect(stream).toMatchObject({ destroyed: true });
    await until(async () => client.status === 'end' || client.status === 'close');
  });
});
