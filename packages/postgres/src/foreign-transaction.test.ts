import pg from 'pg';
import { expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('A transaction of somebody else', () => {
  const { schema } = useDatabase();
  const user = { appName: 'app', userId: 'ada' };

  it('is left alone on a client: nothing is written into it, and it is not ended', async () => {
    const client = new pg.Client(TEST_URL);
    await client.connect();
    const service = new PostgresSessionService({ client, schema });
    const { key } = await service.create(user);
    await client.query('BEGIN');
    await client.query(`CREATE TABLE ${schema}.own (x int)`);
    const refused = { code: 'unsupported', retryable: false };
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(refused);
    await expect(service.delete(key)).rejects.toMatchObject(refused);
    await expect(service.get(key)).rejects.toMatchObject(refused);
    await expect(service.list(user)).rejects.toMatchObject(refused);
    await expect(service.listEvents(key)).rejects.toMatchObject(refused);
    await expect(service.getState({ scope: 'user', ...user })).rejects.toMatchObject(refused);
    await client.query('ROLLBACK');
    const { rows } = await client.query("SELECT to_regclass($1 || '.own') AS own", [schema]);
    expect(rows).toStrictEqual([{ own: null }]);
    expect((await service.appendEvent({ ...key, event: {} })).seq).toBe(1);
    await client.end();
  });

  it('is left alone on a client if it begins while a call is waiting', async () => {
    const client = new pg.Client(TEST_URL);
    await client.connect();
    const service = new PostgresSessionService({ client, schema });
    const { key } = await service.create(user);
    const refused = { code: 'unsupported', retryable: false };
    for (const call of [
      () => service.appendEvent({ ...key, event: {} }),
      () => service.delete(key),
      () => service.get(key),
    ]) {
      const begun = client.query('BEGIN');
      const outcome = call();
      const asked = client.query('SELECT 1 AS one');
      await expect(outcome).rejects.toMatchObject(refused);
      await begun;
      expect((await asked).rows).toStrictEqual([{ one: 1 }]);
      expect(client.getTransactionStatus()).toBe('T');
      await client.query('COMMIT');
    }
    expect((await service.get(key))?.revision).toBe(0);
    await client.end();
  });

  it('is on every connection of a pool: calls are unsupported, and connections are not made for ever', async () => {
    const pool = new pg.Pool({ connectionString: TEST_URL, max: 1 });
    let made = 0;
    pool.on('connect', (client) => {
      made++;
      client.query('BEGIN').catch(() => {});
    });
    const service = new PostgresSessionService({ client: pool, schema });
    const get = service.get({ ...user, sessionId: 'none' });
    await expect(get).rejects.toMatchObject({ code: 'unsupported', retryable: false });
    expect(made).toBeLessThan(20);
    await pool.end();
  });

  it('ends with its connection, where a pool got that back too early', async () => {
    const pool = new pg.Pool({ connectionString: TEST_URL, max: 1 });
    const service = new PostgresSessionService({ client: pool, schema });
    const { key } = await service.create(user);
    const early = await pool.connect();
    await early.query('BEGIN');
    early.release();
    await service.appendEvent({ ...key, event: {} });
    const other = new PostgresSessionService({
      client: new pg.Pool({ connectionString: TEST_URL }),
      closeClient: true,
      schema,
    });
    expect((await other.get(key))?.revision).toBe(1);
    await other.close();
    await pool.end();
  });

  it('is not on a client that was never connected, which is refused', () => {
    const client = new pg.Client(TEST_URL);
    expect(() => new PostgresSessionService({ client, schema })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'client' }),
    );
  });
});
