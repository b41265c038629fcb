// What is published, packed: and projects outside the workspace that have it installed.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { problemOf, run } from './run.mjs';
import { packageManager, readManifest, root, workspaceFolders } from './workspace.mjs';

/** @typedef {{ name: string, folder: string, archive: string }} Packed */

/** @typedef {{ path: string, version: string }} NodeVersion */

/** Where the archives and the projects are. */
export const work = mkdtempSync(join(tmpdir(), 'holdfast-packages-'));

export function removeWork() {
  rmSync(work, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Builds and packs the public packages.
 *
 * @returns {Promise<readonly Packed[]>}
 */
export async function packAll() {
  const turbo = ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'];
  await mustRun(['npx', '-y', packageManager(), ...turbo], root);
  const folders = workspaceFolders(['packages']).filter(
    (folder) => readManifest(folder).private !== true,
  );
  return Promise.all(folders.map(pack));
}

/**
 * @param {string} folder
 * @returns {Promise<Packed>}
 */
async function pack(folder) {
  // A folder for each: what the command prints also holds what the package's own scripts print.
  const archives = join(work, 'archives', basename(folder));
  mkdirSync(archives, { recursive: true });
  await mustRun(['npx', '-y', packageManager(), 'pack', '--pack-destination', archives], folder);
  const [archive, ...others] = readdirSync(archives);
  if (archive === undefined || others.length > 0) throw new Error(`${folder}: not one archive`);
  return { name: readManifest(folder).name, folder, archive: join(archives, archive) };
}

/**
 * A project outside the workspace that has the archives installed, and what else is named:
 * `esbuild@0.27.7`.
 *
 * @param {string} name
 * @param {readonly Packed[]} packed
 * @param {readonly string[]} [others]
 */
export async function createProject(name, packed, others = []) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await install(folder, [...packed.map(({ archive }) => archive), ...others]);
  return folder;
}

/**
 * @param {string} folder
 * @param {readonly string[]} packages
 */
export async function install(folder, packages) {
  const line = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  await mustRun(line, folder);
}

/**
 * Runs one of a project's own executables.
 *
 * @param {string} folder
 * @param {readonly string[]} line
 */
export function runTool(folder, [tool = '', ...args]) {
  const own = join(folder, 'node_modules', '.bin', tool);
  return run([existsSync(own) ? own : tool, ...args], { cwd: folder });
}

/** @type {Promise<readonly NodeVersion[]> | undefined} */
let nodes;

/** The Nodes to run on: this one, and 24, which the npm package `node` ships. */
export function findNodes() {
  nodes ??= (async () => {
    const npx = ['npx', '-y', '-p', 'node@24', 'node', '-p', 'process.execPath'];
    const path = (await mustRun(npx, work)).trim();
    const version = (await mustRun([path, '--version'], work)).trim();
    return [
      { path: process.execPath, version: process.version },
      { path, version },
    ];
  })();
  return nodes;
}

/**
 * What a command prints on its standard output; throws if it fails.
 *
 * @param {readonly string[]} line
 * @param {string} cwd
 */
export async function mustRun(line, cwd) {
  const result = await run(line, { cwd, timeout: 300_000 });
  const problem = problemOf(result);
  if (problem !== undefined) throw new Error(`${line.join(' ')}: ${problem}`);
  return result.stdout;
}
