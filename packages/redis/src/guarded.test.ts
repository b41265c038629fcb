import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { TcpProxy } from './tcp-proxy.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };

describeWithOwnServer('RedisSessionService over a server that asks for something', () => {
  let server: OwnServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await OwnServer.start(
      ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
    );
    admin = server.client();
  });
  afterAll(() => server.remove());

  it('is `misconfigured` for a wrong password, and does not tell it', async () => {
    await admin.acl('SETUSER', 'guarded', 'on', '>right', '~*', '+@all');
    const open = (password: string) =>
      RedisSessionService.open({
        url: server.url.replace('//', `//guarded:${password}@`),
        callTimeout: 500,
      });
    const refused = await open('wrong').catch((error) => error);
    expect(refused).toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('password'),
    });
    expect(refused.message).not.toContain('wrong');
    await (await open('right')).close();
  });

  it('needs no permission to ask how the server is set up, and says which it lacks', async () => {
    const rights = ['+evalsha', '+eval', '+@read', '+@connection', '-info'];
    await admin.acl('SETUSER', 'reader', 'on', '>pass', '~*', ...rights);
    const url = server.url.replace('//', '//reader:pass@');
    const service = await RedisSessionService.open({ url, callTimeout: 1_000 });
    expect(await service.get(key)).toBeUndefined();
    await expect(service.create(key)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('permission'),
    });
    await service.close();
  });

  it('needs no permissions but those that the documents name', async () => {
    const rights = ['+evalsha', '+eval', '+@read', '+@write', '+@connection', '+time', '+wait'];
    await admin.acl('SETUSER', 'app', 'on', '>pass', 'resetkeys', '~holdfast:*', ...rights);
    const url = server.url.replace('//', '//app:pass@');
    const service = await RedisSessionService.open({ url, callTimeout: 1_000 });
    const state = { a: 1, 'user:a': 1, 'app:a': 1 };
    await service.create({ ...key, state });
    const actions = { stateDelta: { b: 1 }, removedStateKeys: ['a', 'user:a', 'app:a'] };
    await service.appendEvents({ ...key, events: [{ timestamp: 2 }, { timestamp: 1, actions }] });
    await service.appendEvent({ ...key, event: { actions } });
    expect((await service.get({ ...key, afterTimestamp: 1 }))?.events).toHaveLength(3);
    const list = { appName: 'app', allUsers: true, includeState: true } as const;
    expect((await service.list(list)).sessions).toHaveLength(1);
    await service.updateState({ scope: 'app', appName: 'app', set: { c: 1 }, remove: ['b'] });
    expect(await service.delete(key)).toBe(true);
    await service.close();
  });

  it('does not open a server that would evict parts of sessions', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await (await RedisSessionService.open({ url: server.url })).close();
    await admin.config('SET', 'maxmemory', '1gb');
    await expect(RedisSessionService.open({ url: server.url })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('noeviction'),
    });
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await (await RedisSessionService.open({ url: server.url })).close();
    await admin.config('SET', 'maxmemory', '0');
  });

  it('does not open a database that does not exist, and keeps to one that does', async () => {
    await expect(RedisSessionService.open({ url: `${server.url}/99` })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('database'),
    });
    const service = await RedisSessionService.open({ url: `${server.url}/3` });
    const { key: other } = await service.create({ appName: 'app', userId: 'three' });
    await service.close();
    const first = await RedisSessionService.open({ url: server.url });
    expect(await first.get(other)).toBeUndefined();
    await first.close();
  });

  it('does not open a single server as a Cluster', async () => {
    const open = RedisSessionService.open({ url: `${server.url}?cluster=true`, callTimeout: 500 });
    await expect(open).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('not part of a Cluster'),
    });
  });

  it('acknowledges what its replicas have, and nothing else', async () => {
    const wait = { replicas: 1, timeout: 200 };
    const service = await RedisSessionService.open({ url: server.url, wait, callTimeout: 1_000 });
    const lonely = { code: 'unavailable', message: expect.stringContaining('0 of 1 replicas') };
    await expect(service.create(key)).rejects.toMatchObject(lonely);
    const event = { id: 'e', author: 'user' };
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject(lonely);
    // It is stored, but to say so again would be to acknowledge it.
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject(lonely);
    const other = await RedisSessionService.open({ url: server.url, wait, callTimeout: 1_000 });
    await expect(other.appendEvent({ ...key, event })).rejects.toMatchObject(lonely);
    expect((await service.get(key))?.revision).toBe(1);

    const replica = await OwnServer.start('--replicaof', '127.0.0.1', String(server.port));
    onTestFinished(() => replica.remove());
    const client = replica.client();
    await until(async () => (await other.appendEvent({ ...key, event })).seq === 1);
    // A slow machine takes its time to say so.
    const patient = { wait: { replicas: 1, timeout: 10_000 }, callTimeout: 20_000 };
    const late = await RedisSessionService.open({ url: server.url, ...patient });
    await admin.script('FLUSH');
    expect(await late.appendEvent({ ...key, event })).toMatchObject({ id: 'e', seq: 1 });
    expect(await late.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 2 });
    const there = new RedisSessionService({ client });
    expect((await there.get(key))?.revision).toBe(2);
    for (const each of [service, other, late, there]) await each.close();
  });

  it('does not take the answer of another connection for that of the replicas', async () => {
    await admin.flushall();
    const replica = await OwnServer.start('--replicaof', '127.0.0.1', String(server.port));
    onTestFinished(() => replica.remove());
    const proxy = await TcpProxy.start(server.port);
    const service = await RedisSessionService.open({
      url: proxy.url,
      wait: { replicas: 1, timeout: 200 },
    });
    // Until the replica follows. Then the server knows the scripts, too.
    await until(async () => (await service.getOrCreate(key)) !== undefined);
    await until(
      async () => (await service.appendEvent({ ...key, event: { id: 'first' } })).seq === 1,
    );
    replica.signal('SIGSTOP');
    // The script's answer passes, and that of WAIT is lost with the connection.
    proxy.cutAnswer(2);
    const event = { id: 'e' };
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
      message: expect.stringContaining('0 of 1 replicas'),
    });
    replica.signal('SIGCONT');
    await service.close();
    await proxy.stop();
  });
});
