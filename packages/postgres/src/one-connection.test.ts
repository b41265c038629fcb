import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('PostgresSessionService on one connection', () => {
  const { schema } = useDatabase();
  let client: pg.Client;
  beforeEach(async () => {
    client = new pg.Client(TEST_URL);
    await client.connect();
  });
  afterEach(() => client.end());

  it('runs the transactions of services that share it one after the other', async () => {
    const services = [1, 2].map(() => new PostgresSessionService({ client, schema }));
    const [one, two] = services as [PostgresSessionService, PostgresSessionService];
    const sent: string[] = [];
    const query = client.query.bind(client) as (query: { text: string }) => Promise<unknown>;
    Object.assign(client, {
      query: (each: { text: string }) => {
        sent.push(each.text.split(' ')[0] ?? '');
        return query(each);
      },
    });
    const keys = ['a', 'b', 'c'].map((sessionId) => ({ appName: 'app', userId: 'ada', sessionId }));
    await Promise.all(keys.map((key) => one.create(key)));
    sent.length = 0;
    const deleted = await Promise.all(
      keys.flatMap((key) => [
        one.delete(key),
        two.create(key).catch(() => undefined),
        two.delete(key),
      ]),
    );
    expect(deleted.filter((answer) => answer === true).length).toBeGreaterThanOrEqual(3);
    const inside = sent.join(' ').match(/BEGIN .*?(COMMIT|ROLLBACK)/g) ?? [];
    expect(inside).toHaveLength(6);
    for (const each of inside) expect(each).toMatch(/^BEGIN (DELETE )+COMMIT$/);
    for (const service of services) await service.close();
  });

  it('leaves it to its owner, who may use it meanwhile', async () => {
    const service = new PostgresSessionService({ client, schema });
    const { key } = await service.create({ appName: 'app', userId: 'bob' });
    const [{ rows }] = await Promise.all([
      client.query('SELECT 1 AS one'),
      ...Array.from({ length: 10 }, () => service.appendEvent({ ...key, event: {} })),
      client.query('SELECT nonsense').catch(() => undefined),
    ]);
    expect(rows).toStrictEqual([{ one: 1 }]);
    await service.close();
    expect((await client.query('SELECT 2 AS two')).rows).toStrictEqual([{ two: 2 }]);
  });

  it('ends it where that is wanted', async () => {
    const own = new pg.Client(TEST_URL);
    await own.connect();
    const service = new PostgresSessionService({ client: own, closeClient: true, schema });
    await service.close();
    await expect(own.query('SELECT 1')).rejects.toThrow();
  });
});

describeWithDatabase('PostgresSessionService that was closed', () => {
  const { pool, open } = useDatabase();

  it('leaves a pool as it was, with the listeners that it had', async () => {
    const before = pool.listenerCount('error');
    const services = Array.from({ length: 20 }, () => open());
    expect(pool.listenerCount('error')).toBe(before + 1);
    for (const service of services) await service.close();
    expect(pool.listenerCount('error')).toBe(before);
    expect((await pool.query('SELECT 1 AS one')).rows).toStrictEqual([{ one: 1 }]);
    const client = await pool.connect();
    const listeners = client.listenerCount('error');
    client.release();
    const service = open();
    await service.getState({ scope: 'app', appName: 'app' });
    await service.close();
    const again = await pool.connect();
    expect(again.listenerCount('error')).toBe(listeners);
    again.release();
  });

  it('ends a pool that it was given to end', async () => {
    const own = new pg.Pool({ connectionString: TEST_URL });
    await open({ client: own, closeClient: true }).close();
    expect(own.ended).toBe(true);
  });
});
