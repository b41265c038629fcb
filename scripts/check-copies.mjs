import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { consumers } from './test-stores.mjs';

// Silent: a warning would be in the output of every program that requires a package.
const REQUIRES_MODULES = `
  const required = require('@holdfast/in-memory');
  import('@holdfast/in-memory').then((imported) => {
    console.log(required.InMemorySessionService === imported.InMemorySessionService);
  });
`;

// What would not run in CommonJS, or not in Jest.
const NOT_COMMONJS = /\bimport\s*\(|\bimport\.meta\b|^import\b|^export\b/m;

/**
 * Looks at the CommonJS build: what Node takes instead of it, and that a process may have both.
 *
 * @param {string} folder a project with all packages and the drivers of SQLite
 * @param {readonly import('./packed.mjs').NodeVersion[]} nodes
 */
export async function checkCopies(folder, nodes) {
  copyFileSync(join(consumers, 'copies.mjs'), join(folder, 'copies.mjs'));
  writeFileSync(join(folder, 'requires.cjs'), REQUIRES_MODULES);
  for (const { path, version } of nodes) {
    const required = await run([path, 'requires.cjs'], { cwd: folder });
    const problem = problemOf(required, 'true\n');
    check(`require gives the modules, on ${version}`, problem ?? (required.stderr || undefined));
    const line = [path, '--no-experimental-require-module', 'copies.mjs'];
    check(`two copies on ${version}`, problemOf(await run(line, { cwd: folder }), 'both\n'));
  }
  const home = join(folder, 'node_modules', '@holdfast');
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
  const commonJs = files.filter((file) => /^[\w-]+\/dist\/[\w-]+\.cjs$/.test(file));
  const wrong = commonJs.filter((file) =>
    NOT_COMMONJS.test(readFileSync(join(home, file), 'utf8')),
  );
  check('CommonJS has no part of a module', wrong.join(', ') || undefined);
}
