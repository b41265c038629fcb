import { setTimeout as sleep } from 'node:timers/promises';
import { isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { watchEventLoop } from '../../session/src/event-loop-watch.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';

type OwnNode = OwnCluster['nodes'][number];

const WRITERS = 8;
const CALL_MS = 500;
// The deadline, and what a busy machine may add. A create takes several calls on a Cluster.
const PATIENCE_MS = 4 * CALL_MS + 3_000;

describeWithOwnServer('RedisSessionService in a storm', () => {
  for (const isBrought of [false, true]) {
    it(`loses nothing on one server, over ${isBrought ? 'a brought client' : 'its own'}`, async () => {
      const server = await OwnServer.start('--appendonly', 'yes', '--appendfsync', 'always');
      onTestFinished(() => server.remove());
      const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 10 });
      client.on('error', () => {});
      onTestFinished(() => client.disconnect());
      const service = isBrought
        ? new RedisSessionService({ client, callTimeout: CALL_MS })
        : await RedisSessionService.open({ url: server.url, callTimeout: CALL_MS });
      const admin = server.client();
      const kill = () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await expectNothingLost(service, async () => {
        for (let round = 0; round < 14; round++) {
          // Several times in a row: while connections are being made, too.
          for (let i = 0; i < 3; i++) await ignoreErrors(kill());
          await ignoreErrors(admin.script('FLUSH'));
          await sleep(round % 5);
          await ignoreErrors(admin.script('KILL'));
          await ignoreErrors(kill());
          await sleep(20);
          if (round === 4) await hang(server);
          if (round % 4 === 3) {
            await server.stop(round === 7 ? 'SIGTERM' : 'SIGKILL');
            await server.start();
          }
        }
      });
    });
  }

  it('loses nothing on a Cluster', async () => {
    const cluster = await OwnCluster.start('--appendonly', 'yes', '--appendfsync', 'always');
    onTestFinished(() => cluster.remove());
    const service = await RedisSessionService.open({ url: cluster.url, callTimeout: CALL_MS });
    const slot = await cluster.slotOf(new RedisKeys('holdfast').app('storm').state);
    await expectNothingLost(service, async () => {
      for (let round = 0; round < 6; round++) {
        for (const { server, client } of cluster.nodes) {
          if (!server.isRunning) continue;
          await ignoreErrors(client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
          await ignoreErrors(client.script('FLUSH'));
        }
        await sleep(20);
        const [first, second] = cluster.nodes as [OwnNode, OwnNode];
        if (round % 3 === 0) {
          await ignoreErrors(cluster.moveSlot(slot, round === 0 ? first : second));
        }
        if (round % 3 === 1) await hang(second.server);
      }
    });
  });
});

/** For less than it takes to be given up, and for more. */
async function hang(server: OwnServer): Promise<void> {
  for (const ms of [CALL_MS / 4, CALL_MS * 1.2]) {
    server.signal('SIGSTOP');
    await sleep(ms);
    server.signal('SIGCONT');
    await sleep(50);
  }
}

/** Writers go on through all that is retryable, while it storms; then all is there, once. */
async function expectNothingLost(service: SessionService, storm: () => Promise<void>) {
  let longest = 0;
  const retry = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      const start = performance.now();
      try {
        return await call();
      } catch (error) {
        if (!isHoldfastError(error) || !error.retryable) throw error;
        await sleep(5);
      } finally {
        longest = Math.max(longest, performance.now() - start);
      }
    }
  };
  const sessions = await Promise.all(
    Array.from({ length: 4 }, (_, i) =>
      retry(() => service.getOrCreate({ appName: 'storm', userId: `user ${i}`, sessionId: 's' })),
    ),
  );
  const keys: readonly SessionKey[] = sessions.map(({ key }) => key);
  const acknowledged = new Map<string, number | undefined>();
  let isOver = false;
  const watch = watchEventLoop();
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    const key = keys[writer % keys.length] as SessionKey;
    for (let i = 0; !isOver; i++) {
      const id = `${writer}-${i}`;
      const isFifth = i % 5 === 0;
      const stateDelta = { [`of ${writer}`]: i, ...(isFifth && { [`app:of ${writer}`]: i }) };
      const stateIncrements = { 'user:events': 1, ...(isFifth && { 'app:fifths': 1 }) };
      const actions = { stateDelta, ...(i % 2 === 0 || isFifth ? { stateIncrements } : {}) };
      const event = { id, author: 'user', timestamp: 1, actions };
      acknowledged.set(id, (await retry(() => service.appendEvent({ ...key, event }))).seq);
    }
  });
  const all = Promise.all(writers);
  try {
    await Promise.race([storm(), all]);
  } finally {
    isOver = true;
  }
  await all;
  watch.stop();

  let count = 0;
  let fifths = 0;
  const last: Record<string, number> = {};
  for (const key of keys) {
    const session = await retry(() => service.get(key));
    const events = session?.events ?? [];
    count += events.length;
    expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
    let added = 0;
    for (const { id, seq, actions } of events) {
      expect(acknowledged.get(id), id).toBe(seq);
      added += actions.stateIncrements?.['user:events'] ?? 0;
      fifths += actions.stateIncrements?.['app:fifths'] ?? 0;
      const [writer = '', i] = id.split('-');
      last[writer] = Number(i);
    }
    expect(session?.state.get('user:events')).toBe(added);
    for (const [writer, i] of Object.entries(last)) {
      if (keys[Number(writer) % keys.length] !== key) continue;
      expect(session?.state.get(`of ${writer}`)).toBe(i);
      expect(session?.state.get(`app:of ${writer}`)).toBe(i - (i % 5));
    }
  }
  const app = await retry(() => service.getState({ scope: 'app', appName: 'storm' }));
  expect(app['fifths']).toBe(fifths);
  // Each one is there, and once.
  expect(count).toBe(acknowledged.size);
  expect(count).toBeGreaterThan(WRITERS);
  expect(longest).toBeLessThan(PATIENCE_MS);
  expect(watch.longestHold()).toBeLessThan(50);
  await service.close();
}

async function ignoreErrors(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}
