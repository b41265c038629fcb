import { isHoldfastError, type SessionKey } from '@holdfast/session';
import { realTimers } from '@holdfast/session/store';
import { expect, it, onTestFinished, vi } from 'vitest';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { TcpProxy } from './tcp-proxy.fixture.ts';
import { CHECK_MS } from './tracking-connection.ts';

const WATCHERS = 30;

describeWithOwnServer('a watch in Redis', () => {
  async function start() {
    const server = await OwnServer.start('--appendonly', 'yes', '--appendfsync', 'always');
    const open = () => RedisSessionService.open({ url: server.url });
    const [writer, watching] = [await open(), await open()];
    onTestFinished(async () => {
      await Promise.all([writer.close(), watching.close()]);
      await server.remove();
    });
    const keys = Array.from({ length: WATCHERS }, (_, i) => ({
      ...{ appName: 'app', userId: `user-${i % 5}`, sessionId: `s-${i}` },
    }));
    for (const key of keys) await writer.create(key);
    const watches = keys.map((key) => watch(watching, key));
    /** Appends an event to each session, however often that takes. */
    const append = (id: string) =>
      Promise.all(
        keys.map((key) =>
          until(async () => {
            await writer.appendEvent({ ...key, event: { id, author: 'user' } });
            return true;
          }),
        ),
      );
    const seen = (last: number) =>
      until(async () => watches.every(({ seqs, error }) => error ?? seqs.length >= last));
    return { server, watches, append, seen };
  }

  function watch(service: RedisSessionService, key: SessionKey) {
    const watched: { readonly seqs: unknown[]; error: unknown } = { seqs: [], error: undefined };
    void (async () => {
      try {
        for await (const { seq } of service.watch(key)) watched.seqs.push(seq);
      } catch (error) {
        if (!isHoldfastError(error, 'closed')) watched.error = error;
      }
    })();
    return watched;
  }

  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
  const all = (last: number) =>
    Array.from({ length: WATCHERS }, () => ({ seqs: upTo(last), error: undefined }));

  it('misses nothing while its connections are cut again and again', async () => {
    const { server, watches, append, seen } = await start();
    await append('first');
    await seen(1);
    const admin = server.client();
    let isCut = true;
    const cut = async () => {
      while (isCut) {
        for (const type of ['normal', 'pubsub']) {
          await admin.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const cutting = cut();
    for (let i = 0; i < 20; i++) await append(`e-${i}`);
    isCut = false;
    await cutting;
    await seen(21);
    expect(watches).toStrictEqual(all(21));
  });

  it('misses nothing while its server is killed, and started again', async () => {
    const { server, watches, append, seen } = await start();
    await append('first');
    await seen(1);
    await server.stop('SIGKILL');
    const appending = append('while it was away');
    await server.start();
    await appending;
    await append('last');
    await seen(3);
    expect(watches).toStrictEqual(all(3));
  });

  it('is told of changes again after its wire was cut in silence', async () => {
    const { setTimeout } = realTimers;
    vi.spyOn(realTimers, 'setTimeout').mockImplementation((callback, ms) =>
      setTimeout(callback, ms === CHECK_MS ? 50 : ms),
    );
    const server = await OwnServer.start();
    const proxy = await TcpProxy.start(server.port);
    const [writer, watching] = [
      new RedisSessionService({ client: server.client() }),
      await RedisSessionService.open({ url: proxy.url, callTimeout: 500 }),
    ];
    onTestFinished(async () => {
      vi.restoreAllMocks();
      await Promise.all([writer.close(), watching.close()]);
      await proxy.stop();
      await server.remove();
    });
    const admin = server.client();
    const listeners = async () => {
      const clients = String(await admin.client('LIST')).split('\n');
      return clients.flatMap((line) => /^id=(\d+).*flags=P/.exec(line)?.[1] ?? []);
    };
    const { key } = await writer.create({ appName: 'app', userId: 'ada' });
    const { seqs } = watch(watching, key);
    const append = async () => {
      await writer.appendEvent({ ...key, event: { author: 'user' } });
    };
    await append();
    await until(async () => seqs.length === 1);
    const [first, ...more] = await listeners();
    expect(more).toEqual([]);
    const pings = async () =>
      /cmdstat_ping:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1];
    // While it answers, it stays.
    await until(async () => Number((await pings()) ?? 0) >= 10);
    expect(await listeners()).toEqual([first]);
    proxy.silence();
    await append();
    await until(async () => !(await listeners()).includes(first as string));
    proxy.resume();
    await until(async () => seqs.length === 2);
    const soon = Date.now() + 3_000;
    await until(async () => (await listeners()).length === 1);
    await append();
    await until(async () => seqs.length === 3);
    expect(Date.now()).toBeLessThan(soon);
  });
});
