import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { readManifest, root, workspaceFolders } from './workspace.mjs';

/** The servers that tests use. */
const SERVERS = {
  postgres: urlOf('POSTGRES', 'postgres://postgres@127.0.0.1:5432/test'),
  mysql: urlOf('MYSQL', 'mysql://root@127.0.0.1:3306/test'),
  redis: urlOf('REDIS', 'redis://127.0.0.1:6379'),
};

/**
 * @param {string} server
 * @param {string} usual
 */
function urlOf(server, usual) {
  return process.env[`HOLDFAST_TEST_${server}_URL`] ?? usual;
}

/** The programs of projects that have the packages installed. */
export const consumers = join(root, 'scripts', 'consumers');

/** What installs the drivers of all stores that run on every Node. */
export const DRIVERS = ['pg', 'mysql2', 'ioredis', 'libsql'].map(pinned);

/**
 * Tells the programs of a project where the stores are, while `body` runs them, which is given the
 * names of those that can be used: a server that is not running is left out, except in CI.
 *
 * @param {string} folder
 * @param {(names: readonly string[]) => Promise<void>} body
 */
export async function withStores(folder, body) {
  const tablePrefix = `packed_${process.pid}_${basename(folder)}_`;
  const running = await Promise.all(
    Object.entries(SERVERS).map(async ([name, url]) => ((await isRunning(url)) ? [name] : [])),
  );
  const names = ['memory', 'sqlite', ...running.flat()];
  const stores = { ...SERVERS, sqlite: 'sqlite::memory:', tablePrefix, names };
  writeFileSync(join(folder, 'stores.json'), JSON.stringify(stores));
  try {
    await body(names);
  } finally {
    if (names.includes('postgres')) await removePostgresTables(tablePrefix);
    if (names.includes('mysql')) await removeMysqlTables(tablePrefix);
    if (names.includes('redis')) await removeRedisKeys(tablePrefix);
  }
}

/** @param {string} prefix */
async function removePostgresTables(prefix) {
  const client = new pg.Client(SERVERS.postgres);
  await client.connect();
  const list = 'SELECT tablename FROM pg_tables WHERE starts_with(tablename, $1)';
  const { rows } = await client.query(list, [prefix]);
  for (const { tablename } of rows) await client.query(`DROP TABLE "${tablename}" CASCADE`);
  await client.end();
}

/** @param {string} prefix */
async function removeMysqlTables(prefix) {
  const connection = await createConnection(SERVERS.mysql);
  const list = `SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = DATABASE() AND LEFT(table_name, ?) = ?`;
  const [rows] = await connection.query(list, [prefix.length, prefix]);
  for (const { name } of /** @type {{ name: string }[]} */ (rows)) {
    await connection.query(`DROP TABLE \`${name}\``);
  }
  await connection.end();
}

/** @param {string} prefix */
async function removeRedisKeys(prefix) {
  const client = new Redis(SERVERS.redis);
  const keys = await client.keys(`${prefix}*`);
  if (keys.length > 0) await client.del(keys);
  await client.quit();
}

/** @param {string} url */
function isRunning(url) {
  const { hostname, port } = new URL(url);
  if (process.env['CI'] !== undefined || port === '') return true;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });
}

/**
 * A package in the version that the workspace tests with: `pg@8.23.1`.
 *
 * @param {string} name
 */
export function pinned(name) {
  for (const folder of [root, ...workspaceFolders(['packages'])]) {
    const version = readManifest(folder).devDependencies?.[name];
    if (version !== undefined) return `${name}@${version}`;
  }
  throw new Error(`no package of the workspace depends on ${name}`);
}
