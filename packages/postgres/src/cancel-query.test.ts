import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const callTimeout = 500;

describeWithDatabase('A call that is over', () => {
  const database = useDatabase();
  const { schema } = database;

  const waiting = async () => {
    const [[count] = []] = await runSql(
      `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
      [`%${schema}%`],
    );
    return Number(count);
  };

  const kinds = {
    'a pool of its own': async () =>
      await PostgresSessionService.open({ url: TEST_URL, schema, callTimeout }),
    'a brought pool': async () => {
      const client = new pg.Pool({ connectionString: TEST_URL });
      return new PostgresSessionService({ client, schema, callTimeout, closeClient: true });
    },
    'a brought client': async () => {
      const client = new pg.Client({ connectionString: TEST_URL });
      await client.connect();
      return new PostgresSessionService({ client, schema, callTimeout, closeClient: true });
    },
  };

  it.each(Object.entries(kinds))(
    'is not written in the end if it has waited for a lock, over %s',
    async (name, open) => {
      const session = { ...key, sessionId: name };
      await database.open().create(session);
      const service = await open();
      const locker = new pg.Client({ connectionString: TEST_URL });
      await locker.connect();
      await locker.query(`BEGIN; SELECT 1 FROM ${database.table('sessions')} FOR UPDATE`);
      const append = service.appendEvent({
        ...session,
        event: { actions: { stateDelta: { a: 1 } } },
      });
      await expect(append).rejects.toMatchObject({ code: 'unavailable' });
      await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 10_000, interval: 20 });
      await locker.query('ROLLBACK');
      await locker.end();
      expect((await database.open().get(session))?.revision).toBe(0);
      await service.close();
    },
  );

  it('cancels no query of the owner of a client that it waits behind', async () => {
    const client = new pg.Client({ connectionString: TEST_URL });
    client.on('error', () => {});
    await client.connect();
    await client.query(`CREATE TABLE "${schema}".notes (note text)`);
    const insert = `INSERT INTO "${schema}".notes SELECT concat('kept', pg_sleep(2))`;
    const inserted = client.query(insert).catch(() => {});
    const service = new PostgresSessionService({ client, schema, callTimeout });
    await expect(service.get(key)).rejects.toMatchObject({ code: 'unavailable' });
    await inserted;
    const notes = () => runSql(`SELECT note FROM "${schema}".notes`);
    await expect.poll(notes, { timeout: 10_000 }).toStrictEqual([['kept']]);
    await service.close();
  });
});
