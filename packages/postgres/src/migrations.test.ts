import pg from 'pg';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { hashText } from './compose-statements.ts';
import { PostgresSessionService, printMigrations } from './postgres-session-service.ts';
import {
  describeWithDatabase,
  dropSchema,
  migrate,
  newSchemaName,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('Migrations of PostgreSQL', () => {
  const pool = new pg.Pool({ connectionString: TEST_URL, max: 20 });
  const schemas: string[] = [];
  let schema: string;
  beforeEach(() => {
    schema = newSchema();
  });
  afterAll(async () => {
    await pool.end();
    for (const each of schemas) await dropSchema(each);
  });
  const newSchema = () => {
    const name = newSchemaName();
    schemas.push(name);
    return name;
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it('are done once where fifty services start at the same time', async () => {
    const services = upTo(50).map(() => new PostgresSessionService({ client: pool, schema }));
    await Promise.all(services.map((service) => service.migrate()));
    expect(await versions()).toStrictEqual([['1'], ['2'], ['3']]);
    await Promise.all(services.map((service) => service.create({ appName: 'a', userId: 'b' })));
    await Promise.all(services.map((service) => service.close()));
  });

  it('do not disturb each other where services of many prefixes start in one schema', async () => {
    const prefixes = upTo(15).map((n) => `p${n}_`);
    const services = prefixes.map(
      (tablePrefix) => new PostgresSessionService({ client: pool, schema, tablePrefix }),
    );
    await Promise.all(services.map((service) => service.migrate()));
    const tables = await runSql('SELECT FROM pg_tables WHERE schemaname = $1', [schema]);
    expect(tables).toHaveLength(15 * 5);
  });

  it('refuse a schema that is newer', async () => {
    await migrate({ schema });
    await runSql(`INSERT INTO ${schema}.holdfast_migrations VALUES (99)`);
    const unsupported = { code: 'unsupported', message: expect.stringContaining('99') };
    const open = (migrate: boolean) =>
      PostgresSessionService.open({ url: TEST_URL, schema, migrate });
    await expect(open(true)).rejects.toMatchObject(unsupported);
    await expect(open(false)).rejects.toMatchObject(unsupported);
  });

  it('are needed by `open` where it does not do them', async () => {
    const options = { url: TEST_URL, schema, migrate: false };
    const older = { code: 'misconfigured', message: expect.stringContaining('migrate()') };
    await expect(PostgresSessionService.open(options)).rejects.toMatchObject(older);
    await migrate({ schema });
    await (await PostgresSessionService.open(options)).close();
  });

  it('make the same tables where they are printed and run by hand', async () => {
    const printed = newSchema();
    await migrate({ schema });
    await runScript(printMigrations({ schema: printed }));
    expect(await structureOf(printed)).toStrictEqual(await structureOf(schema));
    expect((await structureOf(printed)).length).toBeGreaterThan(20);
    const options = { url: TEST_URL, schema: printed, migrate: false };
    await (await PostgresSessionService.open(options)).close();
  });

  it('print statements that can be run in the schema of a connection', async () => {
    await runSql(`CREATE SCHEMA ${schema}`);
    await runScript(`SET search_path TO ${schema}; ${printMigrations({ tablePrefix: 'x_' })}`);
    const options = { client: pool, schema, tablePrefix: 'x_' };
    await new PostgresSessionService(options).checkSchema();
  });

  it('need no right to create schemas where the schema is there', async () => {
    const role = `${schema}_role`;
    await runScript(`CREATE ROLE ${role}; CREATE SCHEMA ${schema} AUTHORIZATION ${role}`);
    const own = new pg.Pool({ connectionString: TEST_URL, options: `-c role=${role}` });
    try {
      const service = new PostgresSessionService({ client: own, schema, closeClient: true });
      await service.migrate();
      await service.create({ appName: 'a', userId: 'b' });
      const other = new PostgresSessionService({ client: own, schema: `${schema}_other` });
      await expect(other.migrate()).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining('permission denied'),
      });
      await service.close();
    } finally {
      await runScript(`DROP SCHEMA ${schema} CASCADE; DROP ROLE ${role}`);
    }
  });

  it('take a schema of any name that can be quoted', async () => {
    const names = [`${schema} Größe`, `${schema}'; --`, `${schema}.$x$`, `${schema}😀`];
    for (const name of names) {
      schemas.push(name);
      const service = await PostgresSessionService.open({ url: TEST_URL, schema: name });
      await service.create({ appName: 'a', userId: 'b' });
      await service.close();
      const found = await runSql('SELECT FROM pg_namespace WHERE nspname = $1', [name]);
      expect(found).toHaveLength(1);
    }
  });

  const versions = () => runSql(`SELECT version FROM ${schema}.holdfast_migrations`);

  async function runScript(text: string): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query(text);
    } finally {
      client.release(true);
    }
  }

  /** Columns and indexes. */
  async function structureOf(name: string): Promise<readonly unknown[]> {
    const rows = await runSql(
      `SELECT table_name, column_name, data_type, collation_name, is_nullable, ordinal_position::int
       FROM information_schema.columns WHERE table_schema = $1
       UNION ALL
       SELECT tablename, indexname, replace(indexdef, schemaname, ''), '', '', 0
       FROM pg_indexes WHERE schemaname = $1
       ORDER BY 1, 2`,
      [name],
    );
    return rows;
  }

  it('wait for each other for longer than a statement may take on their connections', async () => {
    const lock = hashText(`"${schema}"."holdfast_migrations"`);
    const other = new pg.Client(TEST_URL);
    await other.connect();
    await other.query('SELECT pg_advisory_lock($1)', [lock]);
    const options = '-c statement_timeout=100 -c lock_timeout=100';
    const client = new pg.Pool({ connectionString: TEST_URL, application_name: schema, options });
    const service = new PostgresSessionService({ client, closeClient: true, schema });
    const migrated = service.migrate();
    const hasWaited = async () => {
      const { rowCount } = await other.query(
        `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event = 'advisory'
        AND clock_timestamp() - query_start > interval '300 ms'`,
        [schema],
      );
      return rowCount === 1;
    };
    await Promise.race([migrated, vi.waitUntil(hasWaited, { timeout: 20_000 })]);
    await other.end();
    await migrated;
    await service.checkSchema();
    await service.close();
  });
});
