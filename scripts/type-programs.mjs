// Programs that use the packages, in a workspace of pnpm: each can import what it has asked for by
// name, and nothing that only this depends on.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mustRun, work } from './packed.mjs';
import { packageManager, root } from './workspace.mjs';

/**
 * @typedef {object} Program
 * @property {string} name of its folder
 * @property {readonly string[]} packages of ours that it has installed
 * @property {Readonly<Record<string, string>>} [others] what else it has installed
 * @property {readonly string[]} sources files of `type-consumers`
 * @property {string} [service] the store's class, in place of the one that `store.ts` names
 */

const STORES = [
  { name: 'in-memory', service: 'InMemorySessionService', sources: ['store'] },
  { name: 'sqlite', service: 'SqliteSessionService', sources: ['store', 'sqlite'] },
  { name: 'postgres', service: 'PostgresSessionService', sources: ['store', 'postgres'] },
  { name: 'mysql', service: 'MysqlSessionService', sources: ['store', 'mysql'] },
  { name: 'redis', service: 'RedisSessionService', sources: ['store', 'redis'] },
];

/** They have `node:sqlite`. */
const TYPES_OF_NODE = { '@types/node': '24.19.2' };

/** @type {readonly Program[]} */
export const PROGRAMS = [
  { name: 'core', packages: ['core'], sources: ['core'] },
  { name: 'state', packages: ['state'], sources: ['state'] },
  { name: 'session', packages: ['session'], sources: ['session', 'copies'] },
  { name: 'history', packages: ['history'], sources: ['history'] },
  { name: 'store-author', packages: ['session'], sources: ['session-store'] },
  { name: 'testkit', packages: ['testkit'], sources: ['testkit'] },
  ...STORES.map((store) => ({ ...store, packages: [store.name] })),
];

/** @type {Program} */
export const ADK_PROGRAM = {
  name: 'google-adk',
  packages: ['google-adk'],
  others: { '@google/adk': '2.0.0', ...TYPES_OF_NODE },
  sources: ['google-adk'],
};

/** @type {Program} */
export const DRIVERS_PROGRAM = {
  name: 'drivers',
  packages: STORES.map(({ name }) => name),
  others: {
    '@electric-sql/pglite': '0.5.16',
    '@types/better-sqlite3': '9.6.0',
    '@types/pg': '8.23.1',
    ...TYPES_OF_NODE,
    'better-sqlite3': '13.2.0',
    ioredis: '6.0.0',
    libsql: '0.5.29',
    mysql2: '3.24.6',
    pg: '8.23.1',
  },
  sources: ['drivers'],
};

/**
 * The workspace, installed: a folder for each program, one named `everything` with all packages,
 * and the compilers at the root.
 *
 * @param {readonly import('./packed.mjs').Packed[]} packed
 * @param {Readonly<Record<string, string>>} compilers
 */
export async function createPrograms(packed, compilers) {
  const folder = join(work, 'types');
  const programs = [...PROGRAMS, ADK_PROGRAM, DRIVERS_PROGRAM];
  const everything = { name: 'everything', packages: packed.map(({ name }) => basename(name)) };
  mkdirSync(folder);
  writeJson(join(folder, 'package.json'), {
    private: true,
    dependencies: { ...compilers, ...TYPES_OF_NODE },
  });
  // JSON is YAML, too.
  writeJson(join(folder, 'pnpm-workspace.yaml'), {
    packages: ['*'],
    overrides: Object.fromEntries(packed.map(({ name, archive }) => [name, `file:${archive}`])),
    // Drivers are there only for the program that has asked for them.
    autoInstallPeers: false,
    dedupePeerDependents: false,
  });
  for (const program of [...programs, { ...everything, sources: [] }]) {
    writeProgram(join(folder, program.name), program);
  }
  const install = ['install', '--ignore-scripts', '--no-frozen-lockfile', '--prefer-offline'];
  await mustRun(['npx', '-y', packageManager(), ...install], folder);
  return folder;
}

/**
 * @param {string} folder
 * @param {Program} program
 */
function writeProgram(folder, { name, packages, others = {}, sources, service }) {
  mkdirSync(folder);
  const own = Object.fromEntries(packages.map((one) => [`@holdfast/${one}`, '*']));
  writeJson(join(folder, 'package.json'), {
    name,
    private: true,
    type: 'module',
    dependencies: { ...own, ...others },
  });
  for (const source of sources) {
    const text = readFileSync(join(root, 'scripts', 'type-consumers', `${source}.ts`), 'utf8');
    const code =
      service === undefined ? text : text.replaceAll(STORE, service).replaceAll(HOME, name);
    for (const extension of ['ts', 'cts'])
      writeFileSync(join(folder, `${source}.${extension}`), code);
  }
}

const STORE = 'InMemorySessionService';
const HOME = 'in-memory';

/**
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(file, value) {
  writeFileSync(file, JSON.stringify(value));
}
