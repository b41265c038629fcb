import { isHoldfastError } from '@holdfast/core';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

const unavailable = { name: 'HoldfastError', code: 'unavailable', retryable: true };

describeWithDatabase('PostgresSessionService whose connections are lost', () => {
  const { schema, table } = useDatabase();
  let pool: pg.Pool;
  let service: PostgresSessionService;
  beforeEach(() => {
    pool = new pg.Pool({ connectionString: TEST_URL, application_name: schema, max: 5 });
    service = new PostgresSessionService({ client: pool, closeClient: true, schema });
  });
  afterEach(() => service.close());

  /** Ends every connection of the pool, and says how many there were. */
  const terminate = async () => {
    const rows = await runSql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
      [schema],
    );
    return rows.length;
  };

  it('is `unavailable` under load, loses nothing, and goes on', { timeout: 60_000 }, async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const ids = Array.from({ length: 400 }, (_, i) => `event-${i}`);
    let failures = 0;
    let done = 0;
    const appendUntilDone = async (id: string): Promise<void> => {
      for (;;) {
        try {
          await service.appendEvent({
            ...key,
            event: { id, actions: { stateDelta: { [id]: 1 } } },
          });
          done++;
          return;
        } catch (error) {
          if (!isHoldfastError(error) || !error.retryable) throw error;
          failures++;
        }
      }
    };
    const load = Promise.all(ids.map(appendUntilDone));
    for (const share of [0.2, 0.4, 0.6]) {
      await vi.waitUntil(() => done >= ids.length * share, { timeout: 20_000, interval: 1 });
      await terminate();
    }
    await load;
    expect(failures).toBeGreaterThan(0);
    const session = await service.get(key);
    expect(session?.events.map(({ id }) => id).sort()).toStrictEqual([...ids].sort());
    expect(session?.events.map(({ seq }) => seq)).toStrictEqual(ids.map((_, i) => i + 1));
    expect([...(session?.state.keys() ?? [])].sort()).toStrictEqual([...ids].sort());
  });

  it('takes no notice of connections that end while nobody uses them', async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    await Promise.all(Array.from({ length: 10 }, () => service.get(key)));
    expect(pool.idleCount).toBeGreaterThan(0);
    expect(await terminate()).toBeGreaterThan(0);
    await vi.waitUntil(() => pool.totalCount === 0);
    expect((await service.get(key))?.key).toStrictEqual(key);
  });

  it('gives up on a single connection that has ended, without a crash', async () => {
    const client = new pg.Client({ connectionString: TEST_URL, application_name: schema });
    await client.connect();
    const single = new PostgresSessionService({ client, schema });
    const { key } = await single.create({ appName: 'app', userId: 'ada' });
    const ended = new Promise((resolve) => client.once('end', resolve));
    await terminate();
    await ended;
    await expect(single.get(key)).rejects.toMatchObject(unavailable);
    await expect(single.delete(key)).rejects.toMatchObject(unavailable);
    await single.close();
    expect((await service.get(key))?.key).toStrictEqual(key);
  });

  it('does not keep a connection whose server takes no writes', async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const client = await pool.connect();
    await client.query('SET default_transaction_read_only = on');
    client.release();
    const append = { ...key, event: { id: 'one' } };
    await expect(service.appendEvent(append)).rejects.toMatchObject(unavailable);
    expect((await service.appendEvent(append)).seq).toBe(1);
  });

  it('goes on over a connection whose prepared statements are gone', async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const append = (id: string) => service.appendEvent({ ...key, event: { id } });
    await append('one');
    const client = await pool.connect();
    await client.query('DISCARD ALL');
    client.release();
    expect((await append('two')).seq).toBe(2);
    expect((await append('three')).seq).toBe(3);
    expect((await service.get({ ...key, numRecentEvents: 1 }))?.events[0]?.seq).toBe(3);
  });

  it('is `unavailable` where no connection becomes free, and gives a late one back', async () => {
    const client = new pg.Pool({ connectionString: TEST_URL, max: 1 });
    const waiting = new PostgresSessionService({ client, schema, acquireTimeout: 30 });
    const held = await client.connect();
    const get = () => waiting.get({ appName: 'app', userId: 'ada', sessionId: 'one' });
    await Promise.all(
      [get(), get()].map((call) =>
        expect(call).rejects.toMatchObject({
          ...unavailable,
          message: expect.stringContaining('30 ms'),
        }),
      ),
    );
    held.release();
    await vi.waitUntil(() => client.idleCount === 1 && client.waitingCount === 0);
    expect(await get()).toBeUndefined();
    await waiting.close();
    await client.end();
  });

  it('reads from a database that cannot be written, and is `unavailable` to writes', async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const options = '-c default_transaction_read_only=on';
    const client = new pg.Pool({ connectionString: TEST_URL, options });
    const reader = new PostgresSessionService({ client, closeClient: true, schema });
    expect((await reader.get(key))?.revision).toBe(0);
    const append = reader.appendEvent({ ...key, event: {} });
    await expect(append).rejects.toMatchObject(unavailable);
    await expect(reader.create({ ...key, userId: 'b' })).rejects.toMatchObject(unavailable);
    await reader.close();
  });

  it('is `corrupt` where a row cannot be read, and names the session', async () => {
    const { key } = await service.create({ appName: 'app', userId: 'ada', state: { a: 1 } });
    await service.appendEvent({ ...key, event: {} });
    const corrupt = { code: 'corrupt', retryable: false, key };
    await runSql(`UPDATE ${table('events')} SET body = '{' WHERE session_id = $1`, [key.sessionId]);
    await expect(service.get(key)).rejects.toMatchObject(corrupt);
    await expect(service.listEvents(key)).rejects.toMatchObject(corrupt);
    expect((await service.get({ ...key, numRecentEvents: 0 }))?.revision).toBe(1);
    await runSql(`UPDATE ${table('state')} SET value = '' WHERE session_id = $1`, [key.sessionId]);
    await expect(service.get({ ...key, numRecentEvents: 0 })).rejects.toMatchObject(corrupt);
  });

  it('says that the tables do not exist', async () => {
    const lost = new PostgresSessionService({ client: pool, schema: `${schema}_lost` });
    const hint = {
      code: 'misconfigured',
      retryable: false,
      message: expect.stringContaining('migrate()'),
    };
    const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
    await expect(lost.get(key)).rejects.toMatchObject(hint);
    await expect(lost.appendEvent({ ...key, event: {} })).rejects.toMatchObject(hint);
    await expect(lost.delete(key)).rejects.toMatchObject(hint);
  });

  it('is `unavailable` where nobody listens', async () => {
    const url = new URL(TEST_URL);
    url.port = '1';
    const open = PostgresSessionService.open({ url: url.href });
    await expect(open).rejects.toMatchObject({ ...unavailable, cause: expect.anything() });
  });

  it('is `misconfigured` if there is no such database, role, column or permission', async () => {
    const misconfigured = { code: 'misconfigured', retryable: false, cause: expect.anything() };
    const database = new URL(TEST_URL);
    database.pathname = '/no-such-database';
    const role = new URL(TEST_URL);
    role.username = 'no-such-role';
    for (const { href } of [database, role]) {
      const open = PostgresSessionService.open({ url: href });
      await expect(open).rejects.toMatchObject(misconfigured);
    }
    const key = { appName: 'app', userId: 'ada', sessionId: 'mended' };
    await service.create(key);
    await runSql(`ALTER TABLE ${table('events')} RENAME body TO text`);
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(misconfigured);
    await expect(service.get(key)).rejects.toMatchObject(misconfigured);
    await runSql(`ALTER TABLE ${table('events')} RENAME text TO body`);
    const guest = `${schema}_guest`;
    await runSql(`CREATE ROLE ${guest}`);
    const guests = new pg.Pool({ connectionString: TEST_URL, options: `-c role=${guest}` });
    const asGuest = new PostgresSessionService({ client: guests, closeClient: true, schema });
    await expect(asGuest.get(key)).rejects.toMatchObject(misconfigured);
    await asGuest.close();
    await runSql(`DROP ROLE ${guest}`);
    expect((await service.appendEvent({ ...key, event: {} })).seq).toBe(1);
  });
});
