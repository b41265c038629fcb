import { setTimeout as sleep } from 'node:timers/promises';
import { isHoldfastError } from '@holdfast/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWithOwnServer, OwnServer, sparePort, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { TcpProxy } from './tcp-proxy.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
const unavailable = { code: 'unavailable', retryable: true };

describeWithOwnServer('RedisSessionService when its server fails', () => {
  let server: OwnServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await OwnServer.start(
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
      ...['--repl-diskless-sync-delay', '0'],
    );
    admin = server.client();
  });
  afterAll(() => server.remove());

  async function openFresh(url = server.url): Promise<RedisSessionService> {
    await admin.flushall();
    const service = await RedisSessionService.open({ url, callTimeout: 1_000 });
    await service.create(key);
    return service;
  }

  it('is `unavailable` within its time if nobody listens, and says why', async () => {
    const url = `redis://:secret@127.0.0.1:${await sparePort()}`;
    const start = performance.now();
    const refused = await RedisSessionService.open({ url, callTimeout: 300 }).catch((e) => e);
    expect(refused).toMatchObject({
      ...unavailable,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(refused.message).not.toContain('secret');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('goes on when its server was killed, and is there again', async () => {
    const service = await openFresh();
    const append = (id: string) => service.appendEvent({ ...key, event: { id } });
    const acknowledged: (number | undefined)[] = [];
    const many = async (name: string) => {
      const calls = Array.from({ length: 30 }, (_, i) => append(`${name}-${i}`));
      for (const outcome of await Promise.allSettled(calls)) {
        if (outcome.status === 'fulfilled') acknowledged.push(outcome.value.seq);
        else expect(isHoldfastError(outcome.reason) && outcome.reason.retryable).toBe(true);
      }
    };
    await many('before');
    const during = many('during');
    await server.stop('SIGKILL');
    await during;
    await expect(append('down')).rejects.toMatchObject(unavailable);
    await server.start();
    acknowledged.push((await append('after')).seq);
    const stored = (await service.get(key))?.events.map(({ seq }) => seq);
    expect(stored).toStrictEqual(stored?.map((_, i) => i + 1));
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    await service.close();
  });

  it('is `unavailable` within its time if the server hangs, and goes on after it', async () => {
    const service = await openFresh();
    server.signal('SIGSTOP');
    const hung = service.appendEvent({ ...key, event: { id: 'e' } });
    await expect(hung).rejects.toMatchObject(unavailable);
    server.signal('SIGCONT');
    expect(await service.appendEvent({ ...key, event: { id: 'e' } })).toMatchObject({ seq: 1 });
    await service.close();
  });

  it('ends every call over a silent wire in time, and connects anew once it is back', async () => {
    const proxy = await TcpProxy.start(server.port);
    onTestFinished(() => proxy.stop());
    const service = await openFresh(proxy.url);
    proxy.silence();
    const calls = [
      () => service.get(key),
      () => service.appendEvent({ ...key, event: {} }),
      () => service.list({ appName: 'app', allUsers: true }),
      () => service.getState({ scope: 'app', appName: 'app' }),
      () => service.delete(key),
    ];
    // One after the other, so that the wire is written to all the time.
    const started: Promise<void>[] = [];
    for (let i = 0; i < 25; i++) {
      const call = calls[i % calls.length] as () => Promise<unknown>;
      const start = performance.now();
      started.push(
        expect(call())
          .rejects.toMatchObject(unavailable)
          .then(() => expect(performance.now() - start).toBeLessThan(1_500)),
      );
      await sleep(100);
    }
    await Promise.all(started);
    proxy.resume();
    await until(async () => (await service.get(key))?.revision === 0);
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    proxy.silence();
    const start = performance.now();
    await service.close();
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  it('gives up a silent connection of a client that it was given, which makes a new one', async () => {
    const proxy = await TcpProxy.start(server.port);
    const client = new Redis(proxy.url);
    client.on('error', () => {});
    await openFresh().then((service) => service.close());
    const service = new RedisSessionService({ client, callTimeout: 500 });
    onTestFinished(async () => {
      client.disconnect();
      await proxy.stop();
    });
    expect((await service.get(key))?.revision).toBe(0);
    const id = await client.client('ID');
    const stands = async () => String(await admin.client('LIST')).includes(`id=${id} `);
    expect(await stands()).toBe(true);

    proxy.silence();
    const start = performance.now();
    const event = { id: 'e', author: 'user' };
    const calls = [service.get(key), service.appendEvent({ ...key, event }), service.create(key)];
    for (const call of calls) await expect(call).rejects.toMatchObject(unavailable);
    expect(performance.now() - start).toBeLessThan(1_000);
    await until(async () => !(await stands()));
    // The wire is silent for the next connection, too, so it is given up as well.
    await until(async () => client.status === 'connect');
    await expect(service.get(key)).rejects.toMatchObject(unavailable);
    proxy.resume();
    await until(async () => (await service.get(key).catch(() => undefined)) !== undefined);
    // The driver has sent it again, and here it is the same append.
    expect(await service.appendEvent({ ...key, event })).toMatchObject({ id: 'e', seq: 1 });
    expect((await service.get(key))?.events).toHaveLength(1);
    expect(await client.client('ID')).not.toBe(id);
    await service.close();
  });

  it('ends a client that it was given, too, if the server hangs as it closes', async () => {
    const hanging = await OwnServer.start();
    onTestFinished(() => hanging.remove());
    const client = hanging.client();
    const service = new RedisSessionService({ client, closeClient: true, callTimeout: 300 });
    await service.create(key);
    hanging.signal('SIGSTOP');
    const start = performance.now();
    await service.close();
    expect(performance.now() - start).toBeLessThan(1_000);
    await until(async () => client.status === 'end');
  });

  for (const brought of [false, true]) {
    const whose = brought ? 'a client that was brought' : 'its own client';
    it(`stores an event once whose answer got lost, over ${whose}`, async () => {
      const proxy = await TcpProxy.start(server.port);
      const client = new Redis(proxy.url, { lazyConnect: true });
      client.on('error', () => {});
      await openFresh().then((service) => service.close());
      const service = brought
        ? new RedisSessionService({ client, closeClient: true })
        : await RedisSessionService.open({ url: proxy.url });
      await service.get(key);
      proxy.cutAnswer();
      const event = { id: 'e', actions: { stateDelta: { n: 1 } } };
      const first = service.appendEvent({ ...key, event });
      // The driver of a client that was brought sends it again.
      if (brought) expect(await first).toMatchObject({ id: 'e', seq: 1 });
      else await expect(first).rejects.toMatchObject(unavailable);
      expect(await service.appendEvent({ ...key, event })).toMatchObject({ id: 'e', seq: 1 });
      expect((await service.get(key))?.events).toHaveLength(1);
      await service.close();
      await proxy.stop();
    });
  }

  it('knows a session as its own creation if the driver has sent it twice', async () => {
    await admin.flushall();
    const proxy = await TcpProxy.start(server.port);
    const client = new Redis(proxy.url);
    client.on('error', () => {});
    const service = new RedisSessionService({ client, closeClient: true });
    await service.get(key);
    proxy.cutAnswer();
    const state = { own: 1, 'user:name': 'Ada', 'app:n': 2 };
    expect((await service.create({ ...key, state })).state.toJSON()).toStrictEqual(state);
    await expect(service.create(key)).rejects.toMatchObject({ code: 'already_exists' });
    await service.close();
    await proxy.stop();
  });

  it('makes a marker or a fork once if the driver has sent any of its calls twice', async () => {
    const proxy = await TcpProxy.start(server.port);
    const client = new Redis(proxy.url);
    client.on('error', () => {});
    const service = new RedisSessionService({ client, closeClient: true });
    const ids = ['a', 'b', 'c'];
    const calls = [
      () => service.rewind({ ...key, toSeq: 1 }),
      () => service.retract({ ...key, eventIds: ['a'] }),
      () => service.retract({ ...key, eventIds: ['a'], erase: true }),
      () => service.retract({ ...key, throughSeq: 2, erase: true }),
      () => service.fork({ ...key, throughSeq: 2, newSessionId: 'fork' }),
    ];
    for (const call of calls) {
      for (const answer of [1, 2, 3, 4]) {
        await openFresh().then((fresh) => fresh.close());
        await service.appendEvents({ ...key, events: ids.map((id) => ({ id })) });
        proxy.cutAnswer(answer);
        await call();
        const { sessions } = await service.list(key);
        const isFork = sessions.length === 2;
        const revisions = sessions.map(({ revision }) => revision).sort();
        expect(revisions).toStrictEqual(isFork ? [2, 3] : [4]);
      }
    }
    await service.close();
    await proxy.stop();
  });

  it('changes nothing if the server is full, and still reads and deletes', async () => {
    const service = await openFresh();
    await service.appendEvent({ ...key, event: { id: 'kept', actions: { stateDelta: { a: 1 } } } });
    const ended = { ...key, sessionId: 'ended' };
    await service.create({ ...ended, labels: { a: 'b' }, expires: { at: 1 } });
    await service.updateSession({ ...key, labels: { set: { a: 'b' } }, expires: { at: 8e15 } });
    await admin.config('SET', 'maxmemory', '1');
    const full = { ...unavailable, message: expect.stringContaining('memory') };
    const stateDelta = { b: 1, 'user:b': 1, 'app:b': 1 };
    const event = { id: 'e', actions: { stateDelta, removedStateKeys: ['a'] } };
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject(full);
    await expect(service.appendEvents({ ...key, events: [event, {}] })).rejects.toMatchObject(full);
    await expect(service.create({ appName: 'app', userId: 'ada' })).rejects.toMatchObject(full);
    const owner = { scope: 'user', appName: 'app', userId: 'ada' } as const;
    await expect(service.updateState({ ...owner, set: { b: 1 } })).rejects.toMatchObject(full);
    const added = { actions: { stateIncrements: { a: 1, 'user:n': 1, 'app:n': 1 } } };
    const imported = { createTime: 1, lastUpdateTime: 1, revision: 0, initialState: {}, state: {} };
    const calls = {
      'an increment': () => service.appendEvent({ ...key, event: added }),
      'an increment of a state': () => service.updateState({ ...owner, increment: { b: 1 } }),
      'an erasure': () => service.retract({ ...key, throughSeq: 1, erase: true }),
      'a fork': () => service.fork(key),
      'a fork of nothing': () => service.fork({ ...key, throughSeq: 0 }),
      labels: () => service.updateSession({ ...key, labels: { set: { c: 'd' } } }),
      'an end of labels and expiry': () =>
        service.updateSession({ ...key, labels: { remove: ['a'] }, expires: null }),
      'a turn': () => service.acquireTurn({ ...key, turn: 't' }),
      'an import': () =>
        service.importSession({ ...key, sessionId: 'i', session: imported, events: [] }),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(), name).rejects.toMatchObject(full);
    }
    const session = await service.get(key);
    expect([session?.revision, session?.state.toJSON()]).toStrictEqual([1, { a: 1 }]);
    expect([session?.labels, session?.expires]).toStrictEqual([{ a: 'b' }, { at: 8e15 }]);
    const swept = await service.sweep({ appName: 'app', allUsers: true });
    expect(swept).toStrictEqual({ deleted: 1, done: true });
    expect((await service.list({ appName: 'app', allUsers: true })).sessions).toHaveLength(1);
    expect(await service.delete(key)).toBe(true);
    await service.eraseUser({ appName: 'app', userId: 'ada' });
    await admin.config('SET', 'maxmemory', '0');
    await service.create(key);
    expect(await service.appendEvent({ ...key, event })).toMatchObject({ seq: 1 });
    await service.close();
  });

  it('knows nothing of scripts that a server has forgotten', async () => {
    const service = await openFresh();
    await admin.script('FLUSH');
    expect(await service.appendEvent({ ...key, event: { id: 'a' } })).toMatchObject({ seq: 1 });
    await admin.script('FLUSH');
    expect((await service.get(key))?.revision).toBe(1);
    await service.close();
  });

  it('reads from a replica, and is `unavailable` for its writes', async () => {
    const service = await openFresh();
    await service.appendEvent({ ...key, event: { id: 'a' } });
    const replica = await OwnServer.start('--replicaof', '127.0.0.1', String(server.port));
    onTestFinished(() => replica.remove());
    const client = replica.client();
    await until(async () => /master_link_status:up/.test(await client.info('replication')));
    const reader = new RedisSessionService({ client });
    expect((await reader.get(key))?.revision).toBe(1);
    const refused = { ...unavailable, message: expect.stringContaining('replica') };
    await expect(reader.appendEvent({ ...key, event: {} })).rejects.toMatchObject(refused);
    await expect(reader.delete(key)).rejects.toMatchObject(refused);
    await reader.close();
    await service.close();
  });

  it('is `unavailable` while the server loads its data, and waits for it as it opens', async () => {
    const loading = await OwnServer.start(
      ...['--appendonly', 'yes', '--loading-process-events-interval-bytes', '1024'],
      ...['--aof-use-rdb-preamble', 'no'],
    );
    onTestFinished(() => loading.remove());
    const writer = await RedisSessionService.open({ url: loading.url });
    await writer.create(key);
    const text = 'x'.repeat(1_000);
    const events = Array.from({ length: 100 }, () => ({ content: { parts: [{ text }] } }));
    for (let i = 0; i < 20; i++) await writer.appendEvents({ ...key, events });
    await writer.close();
    await loading.client().config('SET', 'key-load-delay', '1');
    await loading.stop('SIGKILL');
    await loading.launch();
    const client = new Redis(loading.url, { enableReadyCheck: false, retryStrategy: () => 5 });
    client.on('error', () => {});
    const hasty = new RedisSessionService({ client, closeClient: true });
    const first = await hasty.get(key).then(
      (session) => session?.revision,
      (error: unknown) => error,
    );
    // How long it loads is up to the machine.
    if (first !== 2_000) {
      expect(first).toMatchObject({ ...unavailable, message: expect.stringContaining('loading') });
    }
    const patient = await RedisSessionService.open({ url: loading.url });
    expect((await patient.get({ ...key, numRecentEvents: 0 }))?.revision).toBe(2_000);
    await patient.close();
    await hasty.close();
  });
});
