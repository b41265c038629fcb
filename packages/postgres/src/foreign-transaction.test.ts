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
    await client.query('ROLLBACK');
    const { rows } = await client.query("SELECT to_regclass($1 || '.own') AS own", [schema]);
    expect(rows).toStrictEqual([{ own: null }]);
    expect((await service.appendEvent({ ...key, event: {} })).seq).toBe(1);
    await client.end();
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
