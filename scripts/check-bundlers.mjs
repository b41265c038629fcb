import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProject, findNodes, install, runTool } from './packed.mjs';
import { check } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { consumers, DRIVERS, pinned, withStores } from './test-stores.mjs';

/** @typedef {import('./packed.mjs').NodeVersion} NodeVersion */
/** @typedef {{ name: string, line: readonly string[], bundle: string }} Bundler */

const TOOLS = [pinned('esbuild'), pinned('bun'), 'webpack@5.113.0', 'vite@8.4.0'];

const FILES = ['program.mjs', 'webpack.mjs', 'vite.mjs'];
const ESBUILD = ['esbuild', 'program.mjs', '--bundle', '--platform=node', '--log-level=warning'];

/** What bundles the program, in the project. A tool is one of its executables. */
const BUNDLERS = [
  {
    name: 'esbuild',
    line: [...ESBUILD, '--format=cjs', '--outfile=out/esbuild.cjs'],
    bundle: 'out/esbuild.cjs',
  },
  {
    name: 'webpack',
    line: ['node', 'webpack.mjs', 'program.mjs', 'webpack.cjs'],
    bundle: 'out/webpack.cjs',
  },
  {
    name: 'Vite, all inside',
    line: ['node', 'vite.mjs', 'program.mjs', 'out/vite'],
    bundle: 'out/vite/program.js',
  },
  {
    name: 'bun build',
    line: ['bun', 'build', 'program.mjs', '--target=node', '--outfile=out/bun.mjs'],
    bundle: 'out/bun.mjs',
  },
];

/** Drivers are CommonJS, and such a bundle has no `require` for what they need of Node. */
const WITHOUT_REQUIRE = {
  name: 'esbuild without require',
  line: [...ESBUILD, '--format=esm', '--outfile=out/esbuild.mjs'],
  bundle: 'out/esbuild.mjs',
};

const WORKS = '1 event, a book, listed: true';

/** @type {Record<string, string>} */
const PACKAGES = { sqlite: 'libsql', postgres: 'pg', mysql: 'mysql2', redis: 'ioredis' };

/**
 * How what becomes of a store begins, if there are no drivers, or if they cannot be loaded.
 *
 * @param {string} store
 */
const isMissing = (store) =>
  store === 'sqlite'
    ? 'unsupported, there is no SQLite driver'
    : `unsupported, the driver ${PACKAGES[store]} is not installed: \`npm install`;

/** @param {string} store */
const isBroken = (store) =>
  `misconfigured, the driver ${PACKAGES[store]} could not be loaded: Dynamic require of`;

/**
 * Bundles a program that opens every store, with and without their drivers, and runs what comes
 * of it.
 *
 * @param {readonly import('./packed.mjs').Packed[]} packed
 */
export async function checkBundlers(packed) {
  const [folder, nodes] = await Promise.all([
    createProject('bundlers', packed, TOOLS),
    findNodes(),
  ]);
  for (const file of FILES) copyFileSync(join(consumers, file), join(folder, file));
  await withStores(folder, async (stores) => {
    const project = { folder, nodes, stores };
    for (const bundler of BUNDLERS) {
      const name = `${bundler.name}, no driver`;
      await checkBundle(project, { ...bundler, name, other: isMissing });
    }
    await install(folder, DRIVERS);
    for (const bundler of BUNDLERS) {
      await checkBundle(project, { ...bundler, name: `${bundler.name}, drivers` });
    }
    await checkBundle(project, { ...WITHOUT_REQUIRE, other: isBroken });
  });
}

/**
 * `other` tells how what becomes of a store begins that needs a driver; it works if that is left
 * out. The newer Node has a driver for SQLite itself.
 *
 * @param {{ folder: string, nodes: readonly NodeVersion[], stores: readonly string[] }} project
 * @param {Bundler & { other?: (store: string) => string }} bundler
 */
async function checkBundle({ folder, nodes, stores }, { name, line, bundle, other = () => WORKS }) {
  const problem = problemOf(await runTool(folder, line));
  check(`${name}: bundles`, problem);
  if (problem !== undefined) return;
  for (const { path, version } of nodes) {
    const result = await run([path, bundle, ...stores], { cwd: folder });
    const lines = result.stdout.split('\n');
    const isRight = stores.every((store, i) => {
      const hasDriver = store === 'memory' || (store === 'sqlite' && path !== process.execPath);
      return lines[i]?.startsWith(`${store}: ${hasDriver ? WORKS : other(store)}`) === true;
    });
    const wrong = isRight ? undefined : `another outcome\n${result.stdout}${result.stderr}`;
    check(`${name} on ${version}`, problemOf(result) ?? wrong);
  }
}
