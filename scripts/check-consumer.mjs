import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transform } from 'esbuild';
import { checkCopies } from './check-copies.mjs';
import { firstExample } from './markdown.mjs';
import { createProject, findNodes } from './packed.mjs';
import { check, fail } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { DRIVERS } from './test-stores.mjs';
import { root } from './workspace.mjs';

/** @typedef {import('./packed.mjs').NodeVersion} NodeVersion */

/**
 * Runs and type checks the READMEs' first examples in a project that has all packages.
 *
 * @param {readonly import('./packed.mjs').Packed[]} packed
 */
export async function checkConsumer(packed) {
  const [folder, nodes] = await Promise.all([
    createProject('consumer', packed, DRIVERS),
    findNodes(),
  ]);
  const readmes = [root, ...packed.map((one) => one.folder)];
  await Promise.all([
    ...readmes.map((home) => runReadme(home, folder, nodes)),
    ...[true, false].map((exact) => typeCheckSnippet(folder, exact)),
    openBuiltInSqlite(folder, nodes),
    checkCopies(folder, nodes),
  ]);
}

/**
 * Opens the SQLite that Node brings, in the newer of the two: nothing else is installed for it.
 *
 * @param {string} folder
 * @param {readonly NodeVersion[]} nodes
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
 * Runs a README's first example as plain JavaScript: the types are taken away first.
 *
 * @param {string} home
 * @param {string} folder
 * @param {readonly NodeVersion[]} nodes
 */
async function runReadme(home, folder, nodes) {
  const what = home === root ? 'README.md' : `${basename(home)}/README.md`;
  const example = readExample(home);
  if (example === undefined) return fail(`${what}: no TypeScript example`);
  const { code, output } = example;
  const name = home === root ? 'snippet.mjs' : `${basename(home)}.mjs`;
  const script = await transform(code.code, { loader: 'ts', format: 'esm' });
  writeFileSync(join(folder, name), script.code);
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
