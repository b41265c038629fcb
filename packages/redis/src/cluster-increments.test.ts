import type { EventActionsInput, SessionKey } from '@holdfast/session';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gate, type InterceptedCall, interceptedClient } from './intercepted-client.fixture.ts';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, until } from './own-server.fixture.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { runAndKill } from './run-and-kill.fixture.ts';

const keys = new RedisKeys('holdfast');

describeWithOwnServer("increments of an app's state on a Cluster", () => {
  let cluster: OwnCluster;
  let client: Cluster;
  let service: RedisSessionService;
  beforeAll(async () => {
    cluster = await OwnCluster.startSteady();
    client = cluster.client();
    service = new RedisSessionService({ client });
  });
  afterAll(async () => {
    await service.close();
    await cluster.remove();
  });

  const intercepted = (intercept: (call: InterceptedCall) => Promise<unknown>) =>
    new RedisSessionService({ client: interceptedClient(client, intercept), callTimeout: 60_000 });
  const readApp = (appName: string) => service.getState({ scope: 'app', appName });
  const keyOf = (appName: string): SessionKey => ({ appName, userId: 'ada', sessionId: 's' });
  const append = (by: RedisSessionService, request: AppendRequest) =>
    by.appendEvent({ ...request.key, event: { id: request.id, actions: request.actions } });

  it('count once if a process was killed between any two scripts, and if it is tried again', async () => {
    const writes = [0, 1, 2, 3].map((scripts) => ({
      type: 'increment' as const,
      scripts,
      sessionId: `increment-${scripts}`,
    }));
    const killedKey = (sessionId: string) => ({
      appName: `killed-${sessionId}`,
      userId: 'ada',
      sessionId,
    });
    for (const { sessionId } of writes) await service.create(killedKey(sessionId));
    await runAndKill({ port: cluster.nodes[0]?.server.port ?? 0, writes });

    for (const { sessionId, scripts } of writes) {
      const key = killedKey(sessionId);
      // Reserved, written, applied: the second script is the write.
      const isWritten = scripts >= 2;
      expect(await readApp(key.appName), sessionId).toStrictEqual(isWritten ? { a: 1, b: 2 } : {});
      const actions = { stateIncrements: { own: 1, 'app:a': 1, 'app:b': 2 } };
      for (let i = 0; i < 2; i++) {
        expect((await append(service, { key, id: 'e', actions })).seq).toBe(1);
        const state = (await service.get(key))?.state.toJSON();
        expect(state, sessionId).toStrictEqual({ own: 1, 'app:a': 1, 'app:b': 2 });
      }
    }
  });

  it('count once each, whichever scripts or answers are lost, and however often they are tried', async () => {
    const users = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
    const sessions = await Promise.all(
      users.map((userId) => service.create({ appName: 'lossy', userId })),
    );
    let lost = 0;
    // By the number of the script within all of a service's: before it is run, or after.
    const lossy = (seed: number) => {
      let random = seed;
      return intercepted(async ({ run }) => {
        random = (random * 48_271) % 2_147_483_647;
        const chance = random % 10;
        if (chance === 0) throw lose();
        const answer = await run();
        if (chance === 1) throw lose();
        return answer;
      });
      function lose() {
        lost++;
        return new Error('Connection is closed.');
      }
    };
    const rounds = 15;
    await Promise.all(
      sessions.map(async ({ key }, writer) => {
        const own = lossy(writer + 1);
        for (let i = 0; i < rounds; i++) {
          const actions = { stateIncrements: { 'app:n': 1, 'user:n': 1, n: 1 } };
          const request = { key, id: `e-${i}`, actions };
          while (!(await append(own, request).catch(() => false)));
          if (i % 4 === 0) await readApp('lossy');
        }
        await own.close();
      }),
    );
    expect(lost).toBeGreaterThan(50);
    expect(await readApp('lossy')).toStrictEqual({ n: users.length * rounds });
    for (const { key } of sessions) {
      const state = (await service.get(key))?.state.toJSON();
      expect(state).toStrictEqual({ n: rounds, 'user:n': rounds, 'app:n': users.length * rounds });
    }
    // What was reserved and never written is called off in the end.
    await until(async () => {
      await readApp('lossy');
      return (await client.zcard(keys.app('lossy').intents)) === 0;
    });
    expect(await readApp('lossy')).toStrictEqual({ n: users.length * rounds });
  });

  it('are exact when many raise one counter, by events and by updates, and others read', async () => {
    const users = ['ada', 'bob', 'cyd', 'dan'];
    const sessions = await Promise.all(
      users.map((userId) => service.create({ appName: 'many', userId })),
    );
    let isOver = false;
    let seen = 0;
    const reading = (async () => {
      while (!isOver) {
        const { n = 0 } = (await readApp('many')) as { readonly n?: number };
        expect(n).toBeGreaterThanOrEqual(seen);
        seen = n;
      }
    })();
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let i = 0; i < 25; i++) {
          if (i % 5 === 4) {
            await service.updateState({ scope: 'app', appName: 'many', increment: { n: 1 } });
          } else {
            const { key } = sessions[(writer + i) % users.length] as (typeof sessions)[number];
            await service.appendEvent({
              ...key,
              event: { actions: { stateIncrements: { 'app:n': 1 } } },
            });
          }
        }
      }),
    );
    isOver = true;
    await reading;
    expect(await readApp('many')).toStrictEqual({ n: 400 });
  });

  it('count once if they are applied late, and twice', async () => {
    const { key } = await service.create(keyOf('late'));
    const held = await holdApply({ key, id: 'e', actions: { stateIncrements: { 'app:a': 1 } } });
    expect(await readApp('late')).toStrictEqual({ a: 1 });
    await service.updateState({ scope: 'app', appName: 'late', increment: { a: 5 } });
    await held.release();
    expect(await readApp('late')).toStrictEqual({ a: 6 });
  });

  it('count once, too, if it was forgotten meanwhile what was applied', async () => {
    const { key } = await service.create(keyOf('forgotten'));
    const held = await holdApply({ key, id: 'e', actions: { stateIncrements: { 'app:a': 1 } } });
    expect(await readApp('forgotten')).toStrictEqual({ a: 1 });
    const { clock, increments } = keys.app('forgotten');
    await client.hset(clock, 'merged', String(await client.hget(clock, 'last')));
    await client.del(increments);
    await held.release();
    expect(await readApp('forgotten')).toStrictEqual({ a: 1 });
  });

  it('count if the master that knew of them has lost it', async () => {
    const { key } = await service.create(keyOf('lost'));
    const held = await holdApply({ key, id: 'e', actions: { stateIncrements: { 'app:a': 1 } } });
    await client.del(keys.app('lost').intents);
    await held.release();
    expect(await readApp('lost')).toStrictEqual({ a: 1 });
  });

  it('stay on top of what stands before them in the session, though that is applied later', async () => {
    const { key } = await service.create(keyOf('order'));
    await service.updateState({ scope: 'app', appName: 'order', set: { a: 100, b: 100 } });
    const actions = { stateDelta: { 'app:a': 5 }, removedStateKeys: ['app:b'] };
    const held = await holdApply({ key, id: 'set', actions });
    const added = { stateIncrements: { 'app:a': 1, 'app:b': 1 } };
    await append(service, { key, id: 'add', actions: added });
    await held.release();
    expect(await readApp('order')).toStrictEqual({ a: 6, b: 1 });
  });

  it('do not count on top of what stands behind them', async () => {
    const { key } = await service.create(keyOf('behind'));
    const added = { stateIncrements: { 'app:a': 1 } };
    const held = await holdApply({ key, id: 'add', actions: added });
    await append(service, { key, id: 'set', actions: { stateDelta: { 'app:a': 5 } } });
    await held.release();
    expect(await readApp('behind')).toStrictEqual({ a: 5 });
  });

  it('are refused if a value is unfit for them, and nothing is left over', async () => {
    const own = new RedisSessionService({ client });
    const { key } = await own.create({ ...keyOf('unfit'), state: { 'app:text': 'x', 'app:n': 1 } });
    for (const name of ['app:text', 'user:text', 'text']) {
      const actions = { stateIncrements: { 'app:n': 1, 'user:n': 1, n: 1, [name]: 1 } };
      if (name !== 'app:text') {
        await own.appendEvent({ ...key, event: { actions: { stateDelta: { [name]: 'x' } } } });
      }
      const { revision } = (await own.get(key)) ?? {};
      await expect(append(own, { key, id: name, actions })).rejects.toMatchObject({
        code: 'conflict',
        path: `actions.stateIncrements["${name}"]`,
      });
      expect((await own.get(key))?.revision).toBe(revision);
      expect((await own.get(key))?.state.get('app:n')).toBe(1);
    }
    await own.close();
    expect(await client.zcard(keys.app('unfit').intents)).toBe(0);
  });

  it('come back as they are stored, though the value has become unfit since', async () => {
    const { key } = await service.create(keyOf('retry'));
    const request = { key, id: 'e', actions: { stateIncrements: { 'app:a': 1 } } };
    await append(service, request);
    await service.updateState({ scope: 'app', appName: 'retry', set: { a: 'x' } });
    expect((await append(service, request)).seq).toBe(1);
    await expect(append(service, { ...request, id: 'f' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(
      append(service, { ...request, key: { ...key, sessionId: 'nobody' } }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are as if they came before a write at the same time that makes the value unfit', async () => {
    const { key } = await service.create(keyOf('between'));
    const actions = { stateIncrements: { 'app:a': 1, 'app:b': 1 } };
    const held = await holdApply({ key, id: 'e', actions });
    const { state, clock } = keys.app('between');
    // As if it had been applied in between, with a lower stamp.
    await client.hset(state, 'a', '"x"');
    await client.hincrby(clock, 'last', 1);
    await held.release();
    expect(await readApp('between')).toStrictEqual({ a: 'x', b: 1 });
  });

  it('wait for others that may take the last place, and take it if those do not', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const { key } = await service.create({ ...keyOf('place'), state: { 'app:n': most - 1 } });
    const actions = { stateIncrements: { 'app:n': 1 } };
    // It has reserved the place, and is never heard of again.
    const reached = new Gate();
    const killed = intercepted(async ({ number, run }) => {
      if (number === 1) return await run();
      reached.open();
      return await new Promise(() => {});
    });
    void append(killed, { key, id: 'killed', actions }).catch(() => {});
    await reached.opened;
    const update = { scope: 'app', appName: 'place', increment: { n: 1 } } as const;
    const others = [append(service, { key, id: 'a', actions }), service.updateState(update)];
    const outcomes = await Promise.allSettled(others);
    expect(outcomes.map(({ status }) => status).sort()).toStrictEqual(['fulfilled', 'rejected']);
    for (const each of outcomes) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'conflict' });
    }
    expect(await readApp('place')).toStrictEqual({ n: most });
  });

  interface AppendRequest {
    readonly key: SessionKey;
    readonly id: string;
    readonly actions: EventActionsInput;
  }

  /** An append that stops before its third script. */
  async function holdApply(request: AppendRequest) {
    const [held, reached] = [new Gate(), new Gate()];
    const late = intercepted(async ({ number, run }) => {
      if (number === 3) {
        reached.open();
        await held.opened;
      }
      return await run();
    });
    const done = append(late, request);
    await reached.opened;
    const release = async () => {
      held.open();
      await done;
      await late.close();
    };
    return { release };
  }
});
