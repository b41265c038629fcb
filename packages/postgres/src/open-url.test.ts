import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

const target = new URL(TEST_URL);
const { hostname, pathname } = target;
const port = target.port || '5432';
const user = target.username;
const password = target.password || 'secret';
const database = pathname.slice(1);
const host = `${hostname}:${port}`;

/** The folder of the server's socket, if the server is on this machine. */
async function findSocketFolder(): Promise<string | undefined> {
  const rows = await runSql('SHOW unix_socket_directories').catch(() => []);
  const folders = String(rows[0]?.[0] ?? '').split(', ');
  return folders.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`));
}

const folder = await findSocketFolder();

/** Opens a service with a URL, and makes a call: as `pg` connects with it, the service must. */
async function connects(url: string, schema: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.end();
  await using service = await PostgresSessionService.open({ url, schema });
  expect(await service.getState({ scope: 'app', appName: 'url' })).toStrictEqual({});
}

describeWithDatabase('A URL of PostgreSQL', () => {
  const { schema } = useDatabase();
  afterEach(() => vi.unstubAllEnvs());

  const urls: Readonly<Record<string, string>> = {
    'begins with postgres:': `postgres://${user}:${password}@${host}/${database}`,
    'begins with postgresql:': `postgresql://${user}:${password}@${host}/${database}`,
    'begins in capital letters': `POSTGRES://${user}:${password}@${host}/${database}`,
    'ends in a line break': `postgres://${user}:${password}@${host}/${database}\n`,
    'has its user, its host and its port as parameters': `postgres:///${database}?user=${user}&password=${password}&host=${hostname}&port=${port}`,
    'has no slashes before its path': `postgres:/${database}?user=${user}&password=${password}&host=${hostname}&port=${port}`,
    'has parameters of a connection': `postgres://${user}:${password}@${host}/${database}?sslmode=disable&application_name=a%20b&fallback_application_name=c&statement_timeout=20000&lock_timeout=20000&idle_in_transaction_session_timeout=20000&query_timeout=20000&options=-c%20work_mem%3D1MB&connect_timeout=5&keepalives=1&client_encoding=utf8`,
    'has what Neon writes': `postgres://${user}:${password}@${host}/${database}?sslmode=disable&channel_binding=require&connect_timeout=15`,
    'has what Supabase and Vercel write': `postgres://${user}:${password}@${host}/${database}?pgbouncer=true&connection_limit=1&supa=base-pooler.x&workaround=supabase-pooler.vercel`,
    'has what libpq and others are told': `postgres://${user}:${password}@${host}/${database}?keepalives_idle=30&tcp_user_timeout=5000&gssencmode=disable&encoding=utf8&target_session_attrs=any`,
    'has the same parameter twice': `postgres://${user}:${password}@${host}/${database}?application_name=a&application_name=a`,
    'names its database twice': `postgres://${user}:${password}@${host}/${database}?dbname=${database}`,
  };
  for (const [title, url] of Object.entries(urls)) {
    it(`connects if it ${title}`, () => connects(url, schema));
  }

  it('connects as the environment says where it says nothing', async () => {
    vi.stubEnv('PGHOST', hostname);
    vi.stubEnv('PGPORT', port);
    vi.stubEnv('PGUSER', user);
    vi.stubEnv('PGPASSWORD', password);
    vi.stubEnv('PGDATABASE', database);
    await connects('postgres://', schema);
    await connects('postgresql:///', schema);
  });

  it('connects to the database with the name of the user if it has none', async () => {
    const url = `postgres://${user}:${password}@${host}`;
    const open = PostgresSessionService.open({ url, schema, migrate: false });
    const message = expect.stringContaining('version 0');
    await expect(open).rejects.toMatchObject({ code: 'misconfigured', message });
  });

  it('connects with any password, encoded as far as it has to be', async () => {
    const role = `${schema}_role`;
    for (const [secret, written] of [
      ['a b%', 'a b%'],
      ['a@b:c', 'a@b:c'],
      ['a/b?c#d@e', 'a%2Fb%3Fc%23d%40e'],
      ['äß€', 'äß€'],
      ['100%25', '100%2525'],
    ] as const) {
      await runSql(`CREATE ROLE ${role} LOGIN PASSWORD '${secret}'`);
      try {
        await runSql(`GRANT ALL ON SCHEMA ${schema} TO ${role}`);
        await runSql(`GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
        await connects(`postgres://${role}:${written}@${host}/${database}`, schema);
        expect(new pg.Client(`postgres://${role}:${written}@${host}`).password).toBe(secret);
      } finally {
        await runSql(`DROP OWNED BY ${role}`);
        await runSql(`DROP ROLE ${role}`);
      }
    }
  });

  describe.skipIf(folder === undefined)('connects through a socket', () => {
    // As Cloud SQL has it.
    const parent = mkdtempSync(join(tmpdir(), 'holdfast-'));
    const named = join(parent, 'project:region:instance');
    beforeAll(() => symlinkSync(folder ?? '', named));
    afterAll(() => rmSync(parent, { recursive: true }));

    const encoded = encodeURIComponent(folder ?? '');
    const sockets: Readonly<Record<string, string>> = {
      'as a parameter': `postgresql://${user}:${password}@/${database}?host=${folder}&port=${port}`,
      'with a name as that of Cloud SQL': `postgresql://${user}:${password}@/${database}?host=${named}&port=${port}`,
      'as an encoded parameter': `postgresql:///${database}?host=${encoded}&user=${user}&port=${port}`,
      'as an encoded host': `postgres://${user}:${password}@${encoded}:${port}/${database}`,
      'with a host beside it': `postgres://${user}:${password}@nowhere.invalid/${database}?host=${folder}&port=${port}`,
      'after socket:': `socket:${folder}?db=${database}&user=${user}&port=${port}`,
      'after socket: and a user': `socket://${user}:${password}@${folder}?db=${database}&port=${port}`,
    };
    for (const [title, url] of Object.entries(sockets)) {
      it(`that it names ${title}`, () => connects(url, schema));
    }

    it('if it is the folder of one, and after a blank a database', async () => {
      vi.stubEnv('PGUSER', user);
      vi.stubEnv('PGPORT', port);
      await connects(`${folder} ${database}`, schema);
      vi.stubEnv('PGDATABASE', database);
      await connects(`${folder}`, schema);
    });
  });

  it('connects to an address of IPv6', async ({ skip }) => {
    const proxy = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
    const listening = await listen(proxy, '::1');
    if (listening === undefined) return skip('this machine has no IPv6');
    const url = `postgres://${user}:${password}@[::1]:${listening}/${database}`;
    await connects(url, schema);
    await new Promise((resolve) => proxy.close(resolve));
  });
});

async function listen(server: Server, address: string): Promise<number | undefined> {
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, address, () => resolve((server.address() as { port: number }).port));
  });
}

describe('A URL that is not one of PostgreSQL', () => {
  const refused: readonly (readonly [url: unknown, says: string])[] = [
    [undefined, 'must be a string'],
    ['', 'is empty, and must be a URL such as postgres://'],
    ['  \n', 'is empty'],
    [' postgres://user:s3cret@host/db', 'begins with white space'],
    ['127.0.0.1:5432', 'has no scheme'],
    ['user:s3cret@host/db', 'has no scheme'],
    ['postgres:db', 'has no scheme'],
    ['host=localhost dbname=db password=s3cret', 'has no scheme'],
    ['mysql://user:s3cret@host/db', 'begins with mysql://, and must begin with postgres:'],
    ['http://user:s3cret@host/db', 'begins with http://'],
    ['postgresql+asyncpg://user:s3cret@host/db', 'begin it with postgresql: alone'],
    ['postgresql+psycopg2://user:s3cret@host/db', 'begin it with postgresql: alone'],
    ['postgres+pg8000://user:s3cret@host/db', 'begin it with postgres: alone'],
    ['jdbc:postgresql://host/db?user=user&password=s3cret', 'must be postgres://'],
    ['postgres://one,two/db', 'several hosts'],
    ['postgres://user:s3cret@one:5432,two:5433/db', 'connects to one host'],
    ['postgres:///db?host=one,two&password=s3cret', 'several hosts'],
    ['postgres://user:s3cret/s3cret@host/db', 'write %2F for a /'],
    ['postgres://user:1?s3cret@host/db', '%3F for a ?'],
    ['postgres://user:1#s3cret@host/db', 'write %23'],
    ['postgres://user:s3cret#@host/db', 'write %23'],
    ['postgres://user:s3cret@', 'must be encoded'],
    ['postgres://user:s3cret@host:port/db', 'must be encoded'],
    ['postgres://user:s3cret@host:99999/db', 'must be encoded'],
    ['postgres://user:s3cret@host/db?port=99999', 'from 1 to 65535'],
    ['postgres://user:s3cret@host/db?port=any', 'from 1 to 65535'],
    ['postgres://host/%E0%A4?password=s3cret', 'is not what pg takes: URI malformed'],
    ['postgres://user:s3cret@host?dbname=db', 'dbname, which pg passes over'],
    ['postgres://user:s3cret@host/one?database=two', 'database, which pg passes over'],
    ['postgres:///db?hostaddr=10.0.0.1&password=s3cret', 'hostaddr, which pg passes over'],
    ['postgres:///?service=mine', 'service, which pg passes over'],
    [
      'postgres://user:s3cret@host/db?schema=agents',
      'schema, which pg passes over: give the option',
    ],
    ['postgres://user:s3cret@host/db?currentSchema=agents', 'give the option schema'],
    ['postgres://user:s3cret@host/db?search_path=agents', 'options=-c%20search_path%3Dname'],
    ['postgres://user:s3cret@host/db?target_session_attrs=read-write', 'name the primary'],
    ['postgres://user:s3cret@host/db?max=5', 'give the option maxConnections'],
    ['postgres://user:s3cret@host/db?statement_cache_size=0', 'the option preparedStatements'],
    ['postgres://user:s3cret@host/db?socket_timeout=5', 'give the option callTimeout'],
    ['postgres://user:s3cret@host/db?sslaccept=accept_invalid_certs', 'sslmode=no-verify'],
    ['postgres://user:s3cret@host/db?channel_binding=s3cret', 'channel_binding, which pg passes'],
    ['postgres://user:s3cret@host/db?passfile=/s3cret', 'set PGPASSFILE'],
    ['postgres://user:s3cret@host/db?sslrootcertt=s3cret', 'it reads application_name, '],
    ['postgres://user:s3cret@host/db?sslMode=disable', 'sslMode, which pg passes over'],
    ['postgres://user:s3cret@host/db?binary=true', 'binary, which pg passes over'],
    ['postgres://user:s3cret@host/db?__proto__=x', '__proto__, which pg passes over'],
    ['postgres://user:1?x=s3cret@host/db', '%3F for a ?'],
    ['postgres://user:1?s3cret=x@host/db', '%3F for a ?'],
    ['postgres://host/db?password=s3cret&password=s3cret2', 'the parameter password twice'],
    ['socket:/var/run/postgresql?db=db&host=other', 'the path of socket:'],
    ['/var/run/postgresql?user=s3cret', 'write socket:/folder?db=database'],
    ['postgres://user:s3cret@host/db?query_timeout=abc', 'query_timeout, which must be a number'],
    ['postgres://user:s3cret@host/db?query_timeout=0', 'without it there is no timeout'],
    ['postgres://user:s3cret@host/db?query_timeout=-1', 'from 1 to 999999999'],
    ['postgres://user:s3cret@host/db?query_timeout=9999999999', 'from 1 to 999999999'],
    ['postgres://user:s3cret@host/db?statement_timeout=5s', 'must be a number of ms'],
    ['postgres://user:s3cret@host/db?lock_timeout=1e3', 'must be a number of ms'],
    ['postgres://user:s3cret@host/db?idle_in_transaction_session_timeout=', 'a number of ms'],
    ['postgres://user:s3cret@host/db?port=5432x', 'port, which must be a port'],
    ['postgres://user:s3cret@host/db?ssl=false', 'write sslmode=disable'],
    ['postgres://user:s3cret@host/db?ssl=require', 'true or no-verify'],
    ['postgres://user:s3cret@host/db?sslmode=strict', 'verify-full or no-verify'],
    ['postgres://user:s3cret@host/db?uselibpqcompat=1', 'true or false'],
    ['socket:/var/run/postgresql/.s.PGSQL.5432?db=db', 'the folder of a socket'],
    ['/var/run/postgresql/.s.PGSQL.5432 db', 'the folder of a socket'],
    ['postgres://user:s3cret@host/db?sslnegotiation=indirect', 'sslnegotiation'],
    ['postgres://user:s3cret@host/db?sslmode=verify-ca&uselibpqcompat=true', 'sslrootcert'],
  ];
  for (const [url, says] of refused) {
    it(`is refused: ${JSON.stringify(url)}`, async () => {
      const open = PostgresSessionService.open({ url: url as string });
      const error = await open.catch((reason: unknown) => reason);
      const message = expect.stringContaining(says);
      expect(error).toMatchObject({ code: 'invalid_argument', path: 'url', message });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret');
    });
  }

  it('is misconfigured if it names a file that cannot be read', async () => {
    for (const file of ['/none/of/this/name', tmpdir()]) {
      const url = `postgres://user:s3cret@127.0.0.1:1/db?sslrootcert=${file}`;
      await expect(PostgresSessionService.open({ url })).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining('a file that the URL names'),
      });
    }
  });

  it('is misconfigured if it names a file that holds no certificate or key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    const file = join(folder, 'file.pem');
    writeFileSync(file, 's3cret');
    for (const name of ['sslcert', 'sslkey']) {
      const url = `postgres://user@127.0.0.1:1/db?${name}=${file}`;
      const error = await PostgresSessionService.open({ url }).catch((reason: unknown) => reason);
      const message = expect.stringContaining('holds no certificate or key');
      expect(error).toMatchObject({ code: 'misconfigured', message });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret');
    }
    rmSync(folder, { recursive: true });
  });

  it('is unavailable if no server has made its socket, and misconfigured if none can', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    const open = (host: string) =>
      PostgresSessionService.open({ url: `postgres://user@/db?host=${host}` });
    await expect(open(folder)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(open('/dev/null')).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('socket'),
    });
    rmSync(folder, { recursive: true });
  });
});
