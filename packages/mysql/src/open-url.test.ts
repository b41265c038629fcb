import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const { hostname, port: givenPort, pathname, username: user, password } = new URL(TEST_URL);
const port = givenPort || '3306';
const database = pathname.slice(1);
const host = `${hostname}:${port}`;

/** The server's socket, if the server is on this machine. */
async function findSocket(): Promise<string | undefined> {
  const rows = await runSql('SELECT @@socket').catch(() => []);
  const path = String(rows[0]?.[0] ?? '');
  return existsSync(path) ? path : undefined;
}

const socket = await findSocket();

describeWithDatabase('A URL of MySQL', () => {
  const tablePrefix = createTablePrefix();
  beforeAll(async () => {
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
    // mysql2 says on it which parameters it does not know.
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await dropTables(tablePrefix);
  });

  /** Opens a service with a URL, and makes a call: as mysql2 connects with it, the service must. */
  async function connects(url: string): Promise<void> {
    const client = await createConnection(url);
    await client.end();
    await using service = await MysqlSessionService.open({ url, tablePrefix });
    expect(await service.getState({ scope: 'app', appName: 'url' })).toStrictEqual({});
  }

  const credentials = `${user}:${password}`;
  const plain = `mysql://${credentials}@${host}/${database}`;
  const urls: Readonly<Record<string, string>> = {
    'begins with mysql:': plain,
    'begins with mysql2:': plain.replace('mysql:', 'mysql2:'),
    'begins with mariadb:': plain.replace('mysql:', 'mariadb:'),
    'begins in capital letters': plain.replace('mysql:', 'MySQL:'),
    'ends in a line break': `${plain}\n`,
    'names its database twice': `${plain}?database=${database}`,
    'has what other tools write': `${plain}?ssl-mode=PREFERRED&serverVersion=10.11.2&connection_limit=5&serverTimezone=UTC&useSSL=false`,
    'says of its server what it is': `${plain}?host=${hostname}&port=${port}&user=${user}`,
    'has the same parameter twice': `${plain}?compress=true&compress=true`,
    'has options of a connection': `${plain}?charset=latin1&timezone=%2B02:00&flags=["-FOUND_ROWS"]&connectAttributes={"a":"b"}&localAddress=${hostname}&enableKeepAlive=false&compress=true&connectTimeout=5000&trace=false`,
    'has options of a pool': `${plain}?connectionLimit=1&maxIdle=1&idleTimeout=10&queueLimit=100&waitForConnections=true&gracefulEnd=true`,
    'has options of statements': `${plain}?multipleStatements=false&typeCast=false&rowsAsArray=false&nestTables=_&namedPlaceholders=true&supportBigNumbers=true&bigNumberStrings=true&decimalNumbers=true&dateStrings=true&stringifyObjects=true&jsonStrings=true&disableEval=true&maxPreparedStatements=1`,
  };
  for (const [title, url] of Object.entries(urls)) {
    it(`connects if it ${title}`, () => connects(url));
  }

  it('connects with any password that is encoded', async () => {
    const name = tablePrefix.slice(0, -1);
    for (const [secret, written] of [
      ['a b', 'a b'],
      ['a@b:c', 'a@b:c'],
      ['a/b?c#d@e%', 'a%2Fb%3Fc%23d%40e%25'],
      ['äß€', 'äß€'],
    ] as const) {
      await runSql(
        `CREATE USER '${name}'@'%' IDENTIFIED BY '${secret}'`,
        `GRANT ALL ON \`${database}\`.* TO '${name}'@'%'`,
      );
      try {
        await connects(`mysql://${name}:${written}@${host}/${database}`);
        const open = MysqlSessionService.open({
          url: `mysql://${name}:wrong-${written}@${host}/${database}`,
        });
        await expect(open).rejects.toMatchObject({ code: 'misconfigured' });
      } finally {
        await runSql(`DROP USER '${name}'@'%'`);
      }
    }
  });

  it.skipIf(socket === undefined)('connects through a socket that it names', async () => {
    const encoded = encodeURIComponent(socket ?? '');
    await connects(`mysql://${credentials}@localhost/${database}?socketPath=${socket}`);
    await connects(`mysql://${credentials}@nowhere.invalid/${database}?socketPath=${encoded}`);
    await connects(
      `mysql://${credentials}@localhost/${database}?socket=${socket}&socketPath=${socket}`,
    );
  });

  it('connects to an address of IPv6', async ({ skip }) => {
    const proxy = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const each of [client, upstream]) each.on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
    const listening = await listen(proxy, '::1');
    if (listening === undefined) return skip('this machine has no IPv6');
    await connects(`mysql://${credentials}@[::1]:${listening}/${database}`);
    await new Promise((resolve) => proxy.close(resolve));
  });
});

async function listen(server: Server, address: string): Promise<number | undefined> {
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, address, () => resolve((server.address() as { port: number }).port));
  });
}

describe('A URL that is not one of MySQL', () => {
  const refused: readonly (readonly [url: unknown, says: string])[] = [
    [undefined, 'must be a string'],
    ['', 'is empty, and must be a URL such as mysql://'],
    [' mysql://user:s3cret@host/db', 'begins with white space'],
    ['127.0.0.1:3306', 'has no scheme'],
    ['user:s3cret@host/db', 'has no scheme'],
    ['mysql:db', 'has no scheme'],
    ['postgres://user:s3cret@host/db', 'begins with postgres://, and must begin with mysql:'],
    ['mysqlx://user:s3cret@host:33060/db', 'begins with mysqlx://'],
    ['mysql+pymysql://user:s3cret@host/db', 'begin it with mysql: alone'],
    ['mysql+aiomysql://user:s3cret@host/db', 'begin it with mysql: alone'],
    ['mariadb+mariadbconnector://user:s3cret@host/db', 'begin it with mariadb: alone'],
    ['jdbc:mysql://host/db?user=user&password=s3cret', 'must be mysql://'],
    ['jdbc:mariadb://host/db?user=user&password=s3cret', 'must be mysql://'],
    ['mysql://user:s3cret@host', 'must name a database'],
    ['mysql://user:s3cret@host/?database=db', 'must name a database'],
    ['mysql://user:s3cret@/db?socketPath=/run/mysqld/mysqld.sock', 'localhost for a socketPath'],
    ['mysql://user:s3cret@%2Frun%2Fmysqld%2Fmysqld.sock/db', '?socketPath='],
    ['mysql://user:s3cret@one,two/db', 'several hosts'],
    ['mysql://user:s3cret@one:3306,two:3306/db', 'one host'],
    ['mysql://user:s3cret/s3cret@host/db', 'write %2F for a /'],
    ['mysql://user:1?s3cret@host/db', '%3F for a ?'],
    ['mysql://user:1#s3cret@host/db', 'write %23'],
    ['mysql://user:s3cret%@host/db', 'is not what mysql2 takes: URI malformed'],
    ['mysql://user:s3cret@host:port/db', 'must be encoded'],
    ['mysql://user:s3cret@localhost/db?unix_socket=/run/mysqld/mysqld.sock', 'as socketPath'],
    ['mysql://user:s3cret@localhost/db?socket=/run/mysqld/mysqld.sock', 'as socketPath'],
    ['mysql://localhost/db?user=user&password=s3cret', 'user, which mysql2 passes over'],
    ['mysql://user@localhost/db?password=s3cret', 'password, which mysql2 passes over'],
    ['mysql:///db?host=other', 'host, which mysql2 passes over'],
    ['mysql://user:s3cret@host/one?database=two', 'database, which mysql2 passes over'],
    ['mysql://user:s3cret@host/db?ssl=true', 'SSL profile must be an object'],
    ['mysql://user:s3cret@host/db?ssl=unheard', "Unknown SSL profile 'unheard'"],
    ['mysql://user:s3cret@host/db?ssl={rejectUnauthorized:true}', 'ssl is not JSON'],
    ['mysql://user:s3cret@host/db?ssl={"key":s3cret}', 'ssl is not JSON'],
    ['mysql://user:s3cret@host/db?ssl={"ca":7}', 'must be of type string'],
    ['mysql://user:s3cret@host/db?ssl={"key":"s3cret"}', 'is not what mysql2 takes'],
    ['mysql://user:s3cret@host/db?ssl={"minVersion":"TLSv9"}', 'minimum TLS protocol version'],
    ['mysql://user:s3cret@host/db?resetOnRelease=true', 'resetOnRelease, which mysql2 passes over'],
    ['mysql://user:s3cret@host/db?isServer=true', 'it would not connect to a server'],
    ['mysql://user:s3cret@host/db?stream=x', 'is not a text; bring a client'],
    ['mysql://user:s3cret@host/db?Promise=x', 'is not a text; bring a client'],
    ['mysql://user:s3cret@host/db?queryFormat=x', 'is not a text; bring a client'],
    ['mysql://user:s3cret@host/db?authPlugins={}', 'is not a text; bring a client'],
    ['mysql://user:s3cret@host/db?uri=mysql://user:s3cret@h', 'write a single URL'],
    ['mysql://user:s3cret@host/db?pool=5', 'give the option maxConnections'],
    ['mysql://user:s3cret@host/db?socket_timeout=5', 'give the option callTimeout'],
    ['mysql://user:s3cret@host/db?ssl-mode=REQUIRED', 'write ssl={"rejectUnauthorized":true}'],
    ['mysql://user:s3cret@host/db?sslmode=require', 'write ssl={"rejectUnauthorized":true}'],
    ['mysql://user:s3cret@host/db?sslaccept=strict', 'write ssl={"rejectUnauthorized":true}'],
    ['mysql://user:s3cret@host/db?sslaccept=strict&ssl=false', 'write ssl={'],
    ['mysql://user:s3cret@host/db?useSSL=true', 'write ssl={"rejectUnauthorized":true}'],
    ['mysql://user:s3cret@host/db?ssl-ca=/ca.pem', 'ssl={"ca":"…"}'],
    ['mysql://user:s3cret@host/db?compres=s3cret', 'it reads bigNumberStrings, '],
    ['mysql://user:s3cret@host/db?__proto__=x', '__proto__, which mysql2 passes over'],
    ['mysql://user@host/db?password1=s3cret&password1=s3cret2', 'the parameter password1 twice'],
    ['mysql://user:s3cret@host/db?maxPreparedStatements=x', 'a number in digits, of at least 1'],
    ['mysql://user:s3cret@host/db?maxPreparedStatements=0', 'a number in digits, of at least 1'],
    ['mysql://user:s3cret@host/db?connectionLimit=abc', 'must be a number in digits'],
    ['mysql://user:s3cret@host/db?idleTimeout=1s', 'must be a number in digits'],
    ['mysql://user:s3cret@host/db?keepAliveInitialDelay=-1', 'must be a number in digits'],
    ['mysql://user:s3cret@host/db?compress=no', 'compress, which must be true or false'],
    ['mysql://user:s3cret@host/db?socketPath=7', 'socketPath, which must be the path of a socket'],
    ['mysql://user:s3cret@host/db?socketPath=', 'socketPath, which must be the path of a socket'],
    ['mysql://user:s3cret@host/db?timezone=UTC', 'local, Z or an offset'],
    ['mysql://user:s3cret@host/db?connectAttributes=a', 'an object as JSON'],
  ];
  for (const [url, says] of refused) {
    it(`is refused: ${JSON.stringify(url)}`, async () => {
      const open = MysqlSessionService.open({ url: url as string });
      const error = await open.catch((reason: unknown) => reason);
      const message = expect.stringContaining(says);
      expect(error).toMatchObject({ code: 'invalid_argument', path: 'url', message });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret');
    });
  }

  it('is unavailable if no server has made its socket, and misconfigured if none can', async () => {
    const folder = mkdtempSync(`${tmpdir()}/holdfast-`);
    const open = (path: string) =>
      MysqlSessionService.open({ url: `mysql://user@localhost/db?socketPath=${path}` });
    await expect(open(`${folder}/a.sock`)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(open('/dev/null/a.sock')).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('socket'),
    });
    rmSync(folder, { recursive: true });
  });
});
