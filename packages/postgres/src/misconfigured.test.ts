import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };

/** What a person has to mend, by whatever the message has to name. */
function misconfigured(...named: readonly string[]) {
  const message = expect.stringMatching(named.map((name) => `(?=.*${name})`).join(''));
  return { name: 'HoldfastError', code: 'misconfigured', retryable: false, message };
}

function urlWith(change: (url: URL) => void): string {
  const url = new URL(TEST_URL);
  change(url);
  return url.href;
}

describeWithDatabase(
  'PostgresSessionService that cannot work until somebody mends something',
  () => {
    it.each([
      ['a database', (url: URL) => (url.pathname = '/no-such-database'), 'no-such-database'],
      ['a role', (url: URL) => (url.username = 'no-such-role'), 'no-such-role'],
      ['a setting', (url: URL) => (url.search = '?options=-c%20no_such=1'), 'no_such'],
      ['a value of a setting', (url: URL) => (url.search = '?options=-c%20jit=none'), 'jit'],
      ['a replication', (url: URL) => (url.search = '?replication=database'), 'replication'],
      ['TLS', (url: URL) => (url.search = '?sslmode=verify-full'), 'secure'],
    ])('is misconfigured to open, if the server does not have %s', async (_, change, named) => {
      const url = urlWith((each) => {
        each.password = 'not-to-be-told';
        change(each);
      });
      const refused = await PostgresSessionService.open({ url }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ ...misconfigured(named), cause: expect.anything() });
      expect((refused as Error).message).not.toContain('not-to-be-told');
    });

    it('is misconfigured to open if the file of a certificate does not exist', async () => {
      const url = urlWith((each) => (each.search = '?sslrootcert=/no/such/file'));
      const open = PostgresSessionService.open({ url });
      await expect(open).rejects.toMatchObject(misconfigured('/no/such/file'));
    });

    it('is misconfigured over a database that is not encoded in UTF-8', async () => {
      const name = `holdfast_test_${randomBytes(6).toString('hex')}`;
      await runSql(
        `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
      );
      const url = urlWith((each) => (each.pathname = `/${name}`));
      const open = PostgresSessionService.open({ url });
      await expect(open).rejects.toMatchObject(misconfigured('server_encoding'));
      await runSql(`DROP DATABASE ${name}`);
    });

    it('is misconfigured if search_path has no schema, or not that of the tables', async () => {
      const client = new pg.Pool({ connectionString: TEST_URL, options: '-c search_path=' });
      const service = new PostgresSessionService({ client, closeClient: true });
      await expect(service.migrate()).rejects.toMatchObject(misconfigured('search_path'));
      await expect(service.get(key)).rejects.toMatchObject(
        misconfigured('search_path', 'holdfast_'),
      );
      await service.close();
    });

    it('is misconfigured if the role may not use the schema, or create it, or read a table', async () => {
      const guest = `holdfast_guest_${randomBytes(6).toString('hex')}`;
      await runSql(`CREATE ROLE ${guest}`);
      const client = new pg.Pool({ connectionString: TEST_URL, options: `-c role=${guest}` });
      const elsewhere = new PostgresSessionService({ client, schema: `${guest}_new` });
      await expect(elsewhere.migrate()).rejects.toMatchObject(misconfigured('permission'));
      await runSql(`CREATE SCHEMA ${guest}`);
      const service = new PostgresSessionService({ client, closeClient: true, schema: guest });
      await expect(service.migrate()).rejects.toMatchObject(misconfigured('permission', guest));
      await runSql(`GRANT USAGE, CREATE ON SCHEMA ${guest} TO ${guest}`);
      await service.migrate();
      await runSql(`REVOKE SELECT ON ${guest}.holdfast_state FROM ${guest}`);
      await expect(service.get(key)).rejects.toMatchObject(misconfigured('holdfast_state'));
      await service.close();
      await runSql(`DROP SCHEMA ${guest} CASCADE`);
      await runSql(`DROP ROLE ${guest}`);
    });

    it.each([
      ['other columns', 'CREATE TABLE holdfast_sessions (app_name text)'],
      [
        'columns of other types',
        'ALTER TABLE holdfast_events ALTER event_id TYPE bytea USING NULL',
      ],
      ['shorter columns', 'ALTER TABLE holdfast_events ALTER body TYPE varchar(10)'],
      ['no key', 'ALTER TABLE holdfast_state DROP CONSTRAINT holdfast_state_pkey'],
      ['more columns', 'ALTER TABLE holdfast_events ADD more text NOT NULL'],
      ['a constraint', "ALTER TABLE holdfast_state ADD CHECK (name = 'b')"],
      [
        'a trigger that raises',
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
           AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON holdfast_events
           FOR EACH ROW EXECUTE FUNCTION refuse()`,
      ],
    ])('is misconfigured over tables of its names that have %s', async (_, change) => {
      const schema = `holdfast_test_${randomBytes(6).toString('hex')}`;
      await runSql(`CREATE SCHEMA ${schema}`);
      const options = `-c search_path=${schema}`;
      const client = new pg.Pool({ connectionString: TEST_URL, options });
      const service = new PostgresSessionService({ client, closeClient: true });
      if (!change.startsWith('CREATE TABLE')) await service.migrate();
      await client.query(change);
      const created = service.create(key);
      const stored = created.then(() =>
        service.appendEvent({ ...key, event: { actions: { stateDelta: { a: 1, b: 2 } } } }),
      );
      await expect(stored).rejects.toMatchObject(misconfigured('tables'));
      await service.close();
      await runSql(`DROP SCHEMA ${schema} CASCADE`);
    });
  },
);

describeWithDatabase('A temporary table that has the name of one of the tables', () => {
  const { schema } = useDatabase();
  let client: pg.Client;
  beforeEach(async () => {
    client = new pg.Client({ connectionString: TEST_URL, options: `-c search_path=${schema}` });
    await client.connect();
  });
  afterEach(() => client.end());

  it('is told of, and nothing is written into it', async () => {
    const service = new PostgresSessionService({ client });
    await client.query('CREATE TEMP TABLE holdfast_sessions (LIKE holdfast_sessions)');
    await expect(service.create(key)).rejects.toMatchObject(misconfigured('holdfast_sessions'));
    await expect(service.get(key)).rejects.toMatchObject(misconfigured('temporary'));
    await client.query('DROP TABLE pg_temp.holdfast_sessions');
    expect(await service.get(key)).toBeUndefined();
  });

  it('is told of as well if it is made later and has other columns', async () => {
    const service = new PostgresSessionService({ client });
    expect(await service.get(key)).toBeUndefined();
    await client.query('CREATE TEMP TABLE holdfast_sessions (own int)');
    await expect(service.get(key)).rejects.toMatchObject(misconfigured('temporary'));
  });

  it('hides nothing from a service that has been told its schema', async () => {
    const service = new PostgresSessionService({ client, schema });
    await client.query('CREATE TEMP TABLE holdfast_sessions (LIKE holdfast_sessions)');
    await service.create(key);
    expect((await service.get(key))?.revision).toBe(0);
    await client.query('DROP TABLE pg_temp.holdfast_sessions');
    expect((await service.get(key))?.revision).toBe(0);
  });
});
