import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
// A call may take so long, and is answered long before.
const CALL_MS = 20_000;
const AT_ONCE_MS = 10_000;

const misconfigured = (text: string) => ({
  code: 'misconfigured',
  retryable: false,
  message: expect.stringContaining(text),
});

async function expectAtOnce(call: Promise<unknown>, expected: object): Promise<void> {
  const start = performance.now();
  await expect(call).rejects.toMatchObject(expected);
  expect(performance.now() - start).toBeLessThan(AT_ONCE_MS);
}

describeWithOwnServer('what a person has to mend', () => {
  let server: OwnServer;
  let guarded: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
    guarded = await OwnServer.start('--requirepass', 'secret');
  });
  afterAll(async () => {
    await server.remove();
    await guarded.remove();
  });

  const open = (url: string) => RedisSessionService.open({ url, callTimeout: CALL_MS });

  it('is known at once for a password: a wrong one, one that is missing', async () => {
    const at = (user: string) => guarded.url.replace('//', `//${user}@`);
    await expectAtOnce(open(guarded.url), misconfigured('password'));
    await expectAtOnce(open(at(':wrong')), misconfigured('password'));
    await expectAtOnce(open(at('nobody:secret')), misconfigured('password'));
    await (await open(at(':secret'))).close();
  });

  it('is known at once for a client that was brought, too', async () => {
    const client = guarded.client({ password: 'wrong' });
    const service = new RedisSessionService({ client, callTimeout: CALL_MS });
    await expectAtOnce(service.get(key), misconfigured('password'));
  });

  it('shows no password, however deep one looks into the error', async () => {
    const password = 'p4ss-that-nobody-sees';
    const clients = [
      guarded.client({ password }),
      guarded.client({ username: 'nobody', password }),
      new Cluster([{ host: '127.0.0.1', port: guarded.port }], { redisOptions: { password } }),
    ];
    for (const client of clients) client.on('error', () => {});
    onTestFinished(() => {
      for (const client of clients) client.disconnect();
    });
    const calls = [
      () => open(guarded.url.replace('//', `//:${password}@`)),
      () => open(guarded.url.replace('//', `//nobody:${password}@`)),
      () => open(`${guarded.url.replace('//', `//:${password}@`)}?cluster=true`),
      ...clients.map(
        (client) => () => new RedisSessionService({ client, callTimeout: CALL_MS }).get(key),
      ),
    ];
    for (const call of calls) {
      const error = (await call().catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject(misconfigured('password'));
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(password);
      expect(JSON.stringify(error.cause)).not.toContain(password);
    }
  });

  it('is known at once if a single server is used as a Cluster', async () => {
    await expectAtOnce(open(`${server.url}?cluster=true`), misconfigured('not part of a Cluster'));
    const client = new Cluster([{ host: '127.0.0.1', port: server.port }]);
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    const service = new RedisSessionService({ client, callTimeout: CALL_MS });
    await expectAtOnce(service.get(key), misconfigured('not part of a Cluster'));
  });

  it('is known when a connection is made anew', async () => {
    const service = await open(guarded.url.replace('//', '//:secret@'));
    const admin = guarded.client({ password: 'secret' });
    await service.getOrCreate(key);
    await admin.config('SET', 'requirepass', 'other');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(async () => {
      const error = await service.get(key).catch((reason: unknown) => reason);
      return (error as { code?: string }).code === 'misconfigured';
    });
    await admin.config('SET', 'requirepass', 'secret');
    // Once it is mended, the service goes on.
    await until(async () => (await service.get(key)) !== undefined);
    await service.close();
  });

  it('is mended while a service goes on: a permission that was missing', async () => {
    const admin = server.client();
    await admin.call('ACL', 'SETUSER', 'half', 'on', '>pass', '~*', '+@all', '-rpush');
    const service = await open(server.url.replace('//', '//half:pass@'));
    await expect(service.create(key)).rejects.toMatchObject(misconfigured('RPUSH'));
    await admin.call('ACL', 'SETUSER', 'half', '+rpush', '-hset');
    await expect(service.create(key)).rejects.toMatchObject(misconfigured('HSET'));
    await admin.call('ACL', 'SETUSER', 'half', '+hset');
    await service.create(key);
    expect((await service.appendEvent({ ...key, event: {} })).seq).toBe(1);
    await service.close();
  });
});

describeWithOwnServer('a fault in a program', () => {
  it('is `internal`, and not retryable', async () => {
    const client = new Redis({ lazyConnect: true });
    Object.assign(client, {
      evalsha() {
        throw new TypeError('x is not a function');
      },
      info: async () => '',
      eval: async () => [[], 10, 'text', null],
    });
    const service = new RedisSessionService({ client });
    await expect(service.get(key)).rejects.toMatchObject({ code: 'internal', retryable: false });
  });
});
