import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { describe } from 'vitest';

/** The database that the tests use. Each test file has tables of its own in it. */
export const TEST_URL =
  process.env['HOLDFAST_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test';

const START =
  'docker run --rm -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 -e MARIADB_DATABASE=test mariadb:10.11';

const isReachable = await createConnection({ uri: TEST_URL, connectTimeout: 5_000 }).then(
  (connection) => connection.end().then(() => true),
  () => false,
);

/** A `describe` that is skipped where there is no database, and says how to start one. */
export function describeWithDatabase(name: string, body: () => void): void {
  if (isReachable || process.env['CI']) describe(name, body);
  else describe.skip(`${name} (no database at ${TEST_URL}: ${START})`, body);
}

/** A prefix for the tables of one test file. */
export function createTablePrefix(): string {
  return `t${randomBytes(6).toString('hex')}_`;
}

/** Runs statements on a connection of its own, and gives the rows of the last. */
export async function runSql(...statements: readonly string[]): Promise<readonly unknown[][]> {
  const connection = await createConnection({ uri: TEST_URL, rowsAsArray: true });
  try {
    let rows: unknown;
    for (const statement of statements) [rows] = await connection.query(statement);
    return rows as readonly unknown[][];
  } finally {
    await connection.end();
  }
}

/** Drops the tables of a prefix. */
export async function dropTables(tablePrefix: string): Promise<void> {
  const tables = ['sessions', 'events', 'state', 'labels', 'migrations'];
  await runSql(
    `DROP TABLE IF EXISTS ${tables.map((table) => `\`${tablePrefix}${table}\``).join(', ')}`,
  );
}

/** A user of one test file, who has been granted what is given on the test database. */
export interface TestUser {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** @param grants what it may do on the database */
export async function createUser(grants = 'ALL'): Promise<TestUser> {
  const url = new URL(TEST_URL);
  url.username = `h${randomBytes(6).toString('hex')}`;
  url.password = 'a-secret-of-the-test';
  const { username: name, password, pathname } = url;
  await runSql(
    `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ${grants} ON \`${pathname.slice(1)}\`.* TO '${name}'@'%'`,
  );
  return {
    name,
    url: url.href,
    async drop() {
      await runSql(`DROP USER '${name}'@'%'`);
    },
  };
}

/** The connections of a user. */
export async function connectionsOfUser(name: string): Promise<readonly number[]> {
  const rows = await runSql(`SELECT id FROM information_schema.processlist WHERE user = '${name}'`);
  return rows.map(([id]) => Number(id));
}
