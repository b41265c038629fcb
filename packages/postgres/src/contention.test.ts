import pg from 'pg';
import { expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('PostgresSessionService under contention', () => {
  const { schema, pool, open, table } = useDatabase({ max: 20 });

  /** The errors that the server sends from now on, to any service on the pool. */
  const codes: unknown[] = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (query: unknown) => Promise<unknown>;
    const recording = (sent: unknown) =>
      query(sent).catch((error: { readonly code?: unknown }) => {
        codes.push(error.code);
        throw error;
      });
    Object.assign(client, { query: recording });
  });

  it('appends that set and remove the same shared keys in other orders meet no deadlock', {
    timeout: 30_000,
  }, async () => {
    const service = open();
    const app = { appName: 'shared', userId: 'ada' };
    const { key } = await service.create(app);
    const { key: other } = await service.create(app);
    const names = ['app:a', 'user:b', 'app:c', 'user:d', 'e', 'app:f', 'é', 'user:z', '😀'];
    codes.length = 0;
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const turned = names.map((_, n) => names[(i * 7 + n * 2) % names.length] ?? '');
        const [removed, set] = [turned.slice(0, 4), turned.slice(4)];
        const stateDelta = Object.fromEntries(set.map((name) => [name, i]));
        const actions = { stateDelta, removedStateKeys: removed };
        return service.appendEvent({ ...(i % 2 === 0 ? key : other), event: { actions } });
      }),
    );
    expect(codes).toStrictEqual([]);
    expect((await service.get(key))?.revision).toBe(100);
    expect((await service.get(other))?.revision).toBe(100);
    await service.close();
  });

  it('leaves no row behind of sessions that are deleted while others write them', {
    timeout: 30_000,
  }, async () => {
    const service = open();
    const key = { appName: 'gone', userId: 'ada', sessionId: 'one' };
    codes.length = 0;
    for (let round = 0; round < 20; round++) {
      const event = { actions: { stateDelta: { [`key-${round}`]: 1 } } };
      await Promise.all([
        service.getOrCreate({ ...key, state: { first: round } }),
        ...Array.from({ length: 5 }, () => service.appendEvent({ ...key, event }).catch(notFound)),
        service.delete(key),
        service.getOrCreate({ ...key, state: { second: round } }),
        ...Array.from({ length: 5 }, () => service.appendEvent({ ...key, event }).catch(notFound)),
        service.delete(key),
      ]);
      await service.delete(key);
      for (const name of ['sessions', 'events', 'state'] as const) {
        const rows = await runSql(`SELECT FROM ${table(name)} WHERE app_name = 'gone'`);
        expect(rows).toHaveLength(0);
      }
    }
    expect(codes.filter((code) => code !== '23505')).toStrictEqual([]);
    await service.close();
  });

  it('does anything over a single connection, with many calls at once', async () => {
    const client = new pg.Pool({ connectionString: TEST_URL, max: 1 });
    const service = new PostgresSessionService({ client, closeClient: true, schema });
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    await Promise.all(
      users.map(async (userId) => {
        const { key } = await service.create({ appName: 'narrow', userId });
        await Promise.all(
          [1, 2, 3].map((n) => service.appendEvent({ ...key, event: { id: `e${n}` } })),
        );
        expect((await service.get(key))?.revision).toBe(3);
        expect(await service.delete(key)).toBe(true);
      }),
    );
    await service.close();
  });

  it('finishes what it has accepted before `close` ends the pool', async () => {
    const service = await PostgresSessionService.open({ url: TEST_URL, schema, maxConnections: 2 });
    const { key } = await service.create({ appName: 'closing', userId: 'ada' });
    const appends = Array.from({ length: 50 }, () => service.appendEvent({ ...key, event: {} }));
    await service.close();
    expect(
      (await Promise.all(appends)).map(({ seq = 0 }) => seq).sort((a, b) => a - b),
    ).toStrictEqual(appends.map((_, i) => i + 1));
    await expect(service.get(key)).rejects.toMatchObject({ code: 'closed' });
  });
});

function notFound(error: unknown): void {
  expect(error).toMatchObject({ code: 'not_found' });
}
