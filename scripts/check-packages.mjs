// Checks what would be published: packs every public package, lints the archives, and uses them
// as a project outside the workspace would, on Node 20 (or what runs this) and on Node 24.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { transform } from 'esbuild';
import { firstExample } from './markdown.mjs';
import { check, close, fail } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { packageManager, readManifest, root, workspaceFolders } from './workspace.mjs';

/** They bring nothing but each other. */
const DEPENDENCY_FREE = ['core', 'state', 'session', 'in-memory'].map(
  (name) => `@holdfast/${name}`,
);

const NPM_INSTALL = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'];

/** @typedef {{ name: string, folder: string, archive: string }} Packed */

const work = mkdtempSync(join(tmpdir(), 'holdfast-packages-'));
try {
  await build();
  const packed = await packAll();
  await Promise.all([
    ...packed.map(checkArchive),
    checkDependencies(packed),
    checkConsumer(packed),
  ]);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(work, { recursive: true, force: true });
}
close();

async function build() {
  const line = [
    'npx',
    '-y',
    packageManager(),
    'exec',
    'turbo',
    'run',
    'build',
    '--output-logs=errors-only',
  ];
  await mustRun(line, root);
}

/** Packs the public packages. */
async function packAll() {
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

/** @param {Packed} packed */
async function checkArchive({ name, archive }) {
  const listing = await mustRun(['tar', '-tzf', archive], work);
  const files = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const required = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
  const missing = required.filter((file) => !files.includes(file));
  const foreign = files.filter((file) => !required.includes(file) && !file.startsWith('dist/'));
  check(
    `${name}: has all its files`,
    missing.length > 0 ? `without ${missing.join(', ')}` : undefined,
  );
  check(`${name}: has no other files`, foreign.length > 0 ? foreign.join(', ') : undefined);
  const [lint, types] = await Promise.all([
    run(['publint', 'run', '--strict', archive], { cwd: work }),
    run(['attw', '--profile', 'esm-only', '--no-color', archive], { cwd: work }),
  ]);
  check(`${name}: publint`, problemOf(lint));
  check(`${name}: are the types right`, problemOf(types));
  const kilobytes = (readFileSync(archive).length / 1024).toFixed(1);
  console.log(`${name}: ${files.length} files, ${kilobytes} kB packed`);
}

/**
 * Installs the packages that depend on nothing, and looks at what that brought.
 *
 * @param {readonly Packed[]} packed
 */
async function checkDependencies(packed) {
  const free = packed.filter(({ name }) => DEPENDENCY_FREE.includes(name));
  const folder = await createProject('dependency-free', free);
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const installed = Object.keys(lock.packages).map((path) => path.replace(/^node_modules\//, ''));
  const same = installed.sort().join() === DEPENDENCY_FREE.toSorted().join();
  check(
    `${DEPENDENCY_FREE.join(', ')} bring no other package`,
    same ? undefined : installed.join(),
  );
}

/**
 * Runs and type checks the READMEs' first examples in a project that has all packages.
 *
 * @param {readonly Packed[]} packed
 */
async function checkConsumer(packed) {
  const [folder, nodes] = await Promise.all([createProject('consumer', packed), findNodes()]);
  const readmes = [root, ...packed.map((one) => one.folder)];
  await Promise.all([
    ...readmes.map((home) => runReadme(home, folder, nodes)),
    ...[true, false].map((exact) => typeCheckSnippet(folder, exact)),
    openBuiltInSqlite(folder, nodes),
  ]);
}

/**
 * Opens the SQLite that Node brings, in the newer of the two: nothing else is installed for it.
 *
 * @param {string} folder
 * @param {readonly { path: string, version: string }[]} nodes
 */
async function openBuiltInSqlite(folder, nodes) {
  const newest = nodes.at(-1);
  if (newest === undefined) return;
  const script = `
    import { SqliteSessionService } from '@holdfast/sqlite';
    const service = await SqliteSessionService.open({ url: 'sqlite::memory:' });
    const { key } = await service.create({ appName: 'app', userId: 'user' });
    console.log((await service.appendEvent({ ...key, event: {} })).seq);
    await service.close();
  `;
  writeFileSync(join(folder, 'built-in-sqlite.mjs'), script);
  const result = await run([newest.path, 'built-in-sqlite.mjs'], { cwd: folder });
  check(`sqlite opens node:sqlite on ${newest.version}`, problemOf(result, '1\n'));
}

/**
 * A project outside the workspace that has the archives installed.
 *
 * @param {string} name
 * @param {readonly Packed[]} packed
 */
async function createProject(name, packed) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await mustRun([...NPM_INSTALL, ...packed.map(({ archive }) => archive)], folder);
  return folder;
}

/** The Nodes to run on: this one, and 24, which the npm package `node` ships. */
async function findNodes() {
  const npx = ['npx', '-y', '-p', 'node@24', 'node', '-p', 'process.execPath'];
  const path = (await mustRun(npx, work)).trim();
  const version = (await mustRun([path, '--version'], work)).trim();
  return [
    { path: process.execPath, version: process.version },
    { path, version },
  ];
}

/**
 * Runs a README's first example as plain JavaScript: the root's as it stands, which a reader
 * pastes into a file; a package's may have types, which are taken away first.
 *
 * @param {string} home
 * @param {string} folder
 * @param {readonly { path: string, version: string }[]} nodes
 */
async function runReadme(home, folder, nodes) {
  const what = home === root ? 'README.md' : `${basename(home)}/README.md`;
  const example = readExample(home);
  if (example === undefined) return fail(`${what}: no TypeScript example`);
  const { code, output } = example;
  const name = home === root ? 'snippet.mjs' : `${basename(home)}.mjs`;
  const script =
    home === root ? code.code : (await transform(code.code, { loader: 'ts', format: 'esm' })).code;
  writeFileSync(join(folder, name), script);
  await Promise.all(
    nodes.map(async ({ path, version }) =>
      check(
        `${what} on ${version}`,
        problemOf(await run([path, name], { cwd: folder }), output?.code),
      ),
    ),
  );
}

/** @param {string} home */
function readExample(home) {
  const file = join(home, 'README.md');
  return existsSync(file) ? firstExample(readFileSync(file, 'utf8')) : undefined;
}

/**
 * @param {string} folder
 * @param {boolean} exactOptionalPropertyTypes
 */
async function typeCheckSnippet(folder, exactOptionalPropertyTypes) {
  const example = readExample(root);
  if (example === undefined) return;
  const home = join(folder, exactOptionalPropertyTypes ? 'exact' : 'loose');
  mkdirSync(home);
  writeFileSync(join(home, 'snippet.ts'), example.code.code);
  const compilerOptions = {
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes,
    types: [],
  };
  const config = { compilerOptions, files: ['snippet.ts'] };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(config));
  const result = await run(['tsc', '--pretty', 'false'], { cwd: home });
  check(
    `README.md type checks, exactOptionalPropertyTypes ${exactOptionalPropertyTypes}`,
    problemOf(result),
  );
}

/**
 * What a command prints on its standard output; throws where it fails.
 *
 * @param {readonly string[]} line
 * @param {string} cwd
 */
async function mustRun(line, cwd) {
  const result = await run(line, { cwd, timeout: 300_000 });
  const problem = problemOf(result);
  if (problem !== undefined) throw new Error(`${line.join(' ')}: ${problem}`);
  return result.stdout;
}
