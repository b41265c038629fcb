import { type Event, isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, until } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';

const WRITERS = 16;

describeWithOwnServer('RedisSessionService on a Cluster that changes', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await OwnCluster.start();
  });
  afterAll(() => cluster.remove());

  it('loses nothing while slots move to other nodes', async () => {
    const service = new RedisSessionService({ client: cluster.client() });
    const writers = await startWriters(service, 'moving');
    const keys = new RedisKeys('holdfast');
    const names = [keys.app('moving').state, ...new Set(writers.sessions.map(metasOf))];
    for (const target of [1, 2, 0]) {
      await writers.hasWritten(40);
      for (const name of names) {
        const slot = await cluster.slotOf(name);
        await cluster.moveSlot(slot, cluster.nodes[target] as (typeof cluster.nodes)[number]);
      }
    }
    await writers.hasWritten(40);
    await expectAllThere(service, await writers.stop());
    await service.close();

    function metasOf(key: SessionKey) {
      return keys.session(key).bucket.metas;
    }
  });

  it('loses nothing that replicas were waited for when a master is killed', async () => {
    const service = await RedisSessionService.open({
      url: cluster.url,
      callTimeout: 2_000,
      wait: { replicas: 1, timeout: 500 },
    });
    await cluster.untilHealthy();
    const writers = await startWriters(service, 'killing');
    await writers.hasWritten(100);
    const [key] = writers.sessions as [SessionKey];
    const slot = await cluster.slotOf(new RedisKeys('holdfast').session(key).bucket.metas);
    const killed = await cluster.masterOf(slot);
    await killed.server.stop('SIGKILL');
    await until(async () => (await cluster.masterOf(slot)).id !== killed.id);
    // The new master has no replica, so it acknowledges nothing before there is one again.
    await killed.server.start();
    await cluster.untilHealthy();
    await writers.hasWritten(100);
    const written = await writers.stop();
    await expectAllThere(service, written);
    await service.close();
  });
});

interface Written {
  readonly sessions: readonly SessionKey[];
  readonly acknowledged: readonly { readonly key: SessionKey; readonly event: Event }[];
}

/** Writers that go on through all that is retryable, each event with a key of the app's state. */
async function startWriters(service: SessionService, appName: string) {
  const created = Array.from({ length: 4 }, (_, i) =>
    insist(() => service.getOrCreate({ appName, userId: `user-${i}`, sessionId: 's' })),
  );
  const sessions = (await Promise.all(created)).map(({ key }) => key);
  const acknowledged: { key: SessionKey; event: Event }[] = [];
  let isOver = false;
  const done = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let i = 0; !isOver; i++) {
      const key = sessions[(writer + i) % sessions.length] as SessionKey;
      const id = `${writer}-${i}`;
      const stateDelta = i % 4 === 0 ? { [`app:${writer}`]: i, [id]: i } : { [id]: i };
      const event = await insist(() =>
        service.appendEvent({ ...key, event: { id, author: 'user', actions: { stateDelta } } }),
      );
      acknowledged.push({ key, event });
    }
  });

  async function insist<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!isHoldfastError(error) || !error.retryable) throw error;
      }
    }
  }

  return {
    sessions,
    async hasWritten(count: number): Promise<void> {
      const goal = acknowledged.length + count;
      await Promise.race([until(async () => acknowledged.length >= goal), Promise.all(done)]);
    },
    async stop(): Promise<Written> {
      isOver = true;
      await Promise.all(done);
      return { sessions, acknowledged };
    },
  };
}

async function expectAllThere(service: SessionService, written: Written): Promise<void> {
  const latest: Record<string, number> = {};
  for (const key of written.sessions) {
    const session = await service.get(key);
    const events = session?.events ?? [];
    expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const own = written.acknowledged.filter((each) => each.key === key);
    const bySeq = new Map(events.map((event) => [event.seq, event.id]));
    for (const { event } of own) expect(bySeq.get(event.seq)).toBe(event.id);
    // Every event has been acknowledged in the end: its writer insists.
    expect(own).toHaveLength(events.length);
    for (const { id } of events) {
      const [writer = '', i = ''] = id.split('-');
      expect(session?.state.get(id)).toBe(Number(i));
      if (Number(i) % 4 === 0) latest[writer] = Math.max(latest[writer] ?? 0, Number(i));
    }
  }
  const [{ appName }] = written.sessions as [SessionKey];
  expect(await service.getState({ scope: 'app', appName })).toStrictEqual(latest);
}
