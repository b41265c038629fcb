import { isHoldfastError, type SessionKey } from '@holdfast/session';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

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
});
