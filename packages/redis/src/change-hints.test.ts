import type { SessionKey } from '@holdfast/session';
import type { Cluster, Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { checkOptions } from './redis-options.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { RedisStore } from './redis-store.ts';

/** How often one was told of changes of a session. */
function listen(store: RedisStore, key: SessionKey) {
  const seen = { count: 0, stop: () => {} };
  const stop = store.subscribe?.(key, () => {
    seen.count++;
  });
  if (stop === undefined) throw new Error('it cannot be subscribed to');
  seen.stop = stop;
  onTestFinished(stop);
  return seen;
}

/** Waits until one is told of something that `change` does. */
async function toldOf(seen: { readonly count: number }, change: () => Promise<unknown>) {
  const before = seen.count;
  await change();
  await until(async () => seen.count > before);
}

/** Waits until what there was before has been told. */
async function settled(seen: { readonly count: number }): Promise<void> {
  await until(async () => seen.count > 0);
}

describeEachKind('a subscription in Redis', ({ open, client, store, isCluster }) => {
  const masters = () => (isCluster ? (client() as Cluster).nodes('master') : [client() as Redis]);
  const connections = async () => {
    const lists = await Promise.all(masters().map((node) => node.client('LIST')));
    return String(lists)
      .split('\n')
      .filter((line) => /flags=\w*[tP]/.test(line)).length;
  };

  it('is told of appends and erasures and the end of a session, whoever they are by', async () => {
    const [service, watching] = [open(), store()];
    const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
    for (const userId of users) {
      const { key } = await service.create({ appName: 'app', userId });
      const seen = listen(watching, key);
      await settled(seen);
      const append = () => service.appendEvent({ ...key, event: {} });
      for (let i = 0; i < 3; i++) await toldOf(seen, append);
      await toldOf(seen, () => service.appendEvents({ ...key, events: [{}, {}] }));
      await toldOf(seen, () => service.retract({ ...key, throughSeq: 2, erase: true }));
      await toldOf(seen, () => service.delete(key));
    }
    await watching.close();
  });

  it('is told once of each change, and of no other session', async () => {
    const [service, watching] = [open(), store()];
    const { key } = await service.create({ appName: 'app', userId: 'ada', sessionId: 's:{1}' });
    const { key: other } = await service.create({ ...key, sessionId: 's:{1}0' });
    const [seen, again, others] = [key, key, other].map((each) => listen(watching, each)) as [
      ReturnType<typeof listen>,
      ReturnType<typeof listen>,
      ReturnType<typeof listen>,
    ];
    for (const each of [seen, again, others]) await settled(each);
    const before = [seen.count, again.count, others.count] as const;
    await toldOf(again, () => service.appendEvent({ ...key, event: {} }));
    expect([seen.count, again.count, others.count]).toStrictEqual([
      before[0] + 1,
      before[1] + 1,
      before[2],
    ]);
    again.stop();
    await toldOf(seen, () => service.appendEvent({ ...key, event: {} }));
    expect(again.count).toBe(before[1] + 1);
    await watching.close();
  });

  it('is told of the end of a session without events', async () => {
    const [service, watching] = [open(), store()];
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const seen = listen(watching, key);
    await settled(seen);
    await toldOf(seen, () => service.delete(key));
    await watching.close();
  });

  it('has connections as long as it lasts, and leaves the others alone', async () => {
    const [service, watching] = [open(), store()];
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    expect(await connections()).toBe(0);
    const seen = listen(watching, key);
    await settled(seen);
    expect(await connections()).toBeGreaterThanOrEqual(2);
    seen.stop();
    await until(async () => (await connections()) === 0);
    await settled(listen(watching, key));
    await watching.close();
    await until(async () => (await connections()) === 0);
    expect((await service.get(key))?.revision).toBe(0);
  });

  it('is told again after its connections were lost', async () => {
    const [service, watching] = [open(), store()];
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const seen = listen(watching, key);
    await settled(seen);
    for (const node of masters()) {
      for (const line of String(await node.client('LIST')).split('\n')) {
        const [, id] = /id=(\d+) .*flags=\w*[tP]/.exec(line) ?? [];
        if (id !== undefined) await node.client('KILL', 'ID', id);
      }
    }
    const append = () => service.appendEvent({ ...key, event: {} });
    await toldOf(seen, append);
    await until(async () => (await connections()) >= 2);
    await toldOf(seen, append);
    await toldOf(seen, append);
    await watching.close();
  });

  it('wakes one who watches at once', async () => {
    const [writing, watching] = [open(), open()];
    const { key } = await writing.create({ appName: 'app', userId: 'ada' });
    const events = watching.watch(key)[Symbol.asyncIterator]();
    const took: number[] = [];
    for (let i = 0; i < 10; i++) {
      const next = events.next();
      await writing.appendEvent({ ...key, event: { id: `e-${i}` } });
      const appended = Date.now();
      expect((await next).value.id).toBe(`e-${i}`);
      took.push(Date.now() - appended);
    }
    await events.return?.();
    // What nobody tells of is found after some seconds.
    expect(took.sort((a, b) => a - b)[5]).toBeLessThan(150);
  });
});

describeWithOwnServer('a subscription on a Cluster', () => {
  it('is told again when a replica has taken over, and when a slot has moved', async () => {
    const cluster = await OwnCluster.start();
    onTestFinished(() => cluster.remove());
    const client = cluster.client();
    const service = new RedisSessionService({ client });
    const watching = new RedisStore(checkOptions({ client }));
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const append = async () => {
      // As long as it takes the Cluster.
      const event = { id: `e-${Math.random()}` };
      await until(async () => (await service.appendEvent({ ...key, event })) !== undefined);
    };
    const seen = listen(watching, key);
    await settled(seen);
    await toldOf(seen, append);

    const slot = await cluster.slotOf(new RedisKeys('holdfast').session(key).session.events);
    const master = await cluster.masterOf(slot);
    const other = cluster.nodes.slice(0, 3).find((node) => node !== master) as typeof master;
    await cluster.moveSlot(slot, other);
    for (let i = 0; i < 3; i++) await toldOf(seen, append);

    await other.server.stop('SIGKILL');
    for (let i = 0; i < 3; i++) await toldOf(seen, append);
    await Promise.all([service.close(), watching.close()]);
  });
});

describeWithOwnServer('a subscription in Redis that is not told of', () => {
  it('finds changes by looking for them', async () => {
    const server = await OwnServer.start();
    onTestFinished(() => server.remove());
    const admin = server.client();
    const rules = ['on', 'nopass', '~*', '+@all', '-client|tracking'];
    await admin.call('ACL', 'SETUSER', 'poor', ...rules);
    const client = server.client({ username: 'poor', password: 'any' });
    const [writing, watching] = [
      new RedisSessionService({ client: admin }),
      new RedisSessionService({ client }),
    ];
    const { key } = await writing.create({ appName: 'app', userId: 'ada' });
    const events = watching.watch(key)[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) {
      const next = events.next();
      await writing.appendEvent({ ...key, event: { id: `e-${i}` } });
      const appended = Date.now();
      expect((await next).value.id).toBe(`e-${i}`);
      expect(Date.now() - appended).toBeLessThan(3_000);
    }
    await events.return?.();
    await Promise.all([writing.close(), watching.close()]);
  });

  it('does not exist if the client makes no others like it', async () => {
    const server = await OwnServer.start();
    onTestFinished(() => server.remove());
    const client = server.client();
    const bare = {
      evalsha: client.evalsha.bind(client),
      eval: client.eval.bind(client),
      pipeline: client.pipeline.bind(client),
      quit: () => client.quit(),
      disconnect: () => client.disconnect(),
    };
    const service = new RedisSessionService({ client: bare as never });
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const events = service.watch(key)[Symbol.asyncIterator]();
    const next = events.next();
    await new RedisSessionService({ client }).appendEvent({ ...key, event: { id: 'e' } });
    expect((await next).value.id).toBe('e');
    await events.return?.();
    await service.close();
  });
});
