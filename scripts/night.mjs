// Runs the kit on every store, and the planted mistakes, with a seed that nobody has tried yet and
// more runs of each property: what the fixed seed of CI never meets. It prints the command that
// repeats a run.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './workspace.mjs';

const TESTS = [
  'packages/in-memory/src/conformance.test.ts',
  'packages/sqlite/src/conformance.test.ts',
  'packages/postgres/src/conformance.test.ts',
  'packages/postgres/src/isolation.test.ts',
  'packages/postgres/src/pglite.test.ts',
  'packages/mysql/src/conformance.test.ts',
  'packages/mysql/src/single-statements.test.ts',
  'packages/redis/src/conformance.test.ts',
  'packages/redis/src/cluster.test.ts',
  'packages/testkit/example',
  'packages/testkit/src/proof',
];

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    runs: { type: 'string', default: '300' },
  },
});
const seed = integer('seed', values.seed);
const runs = integer('runs', values.runs);

console.log(`seed ${seed}, ${runs} runs of each property; to repeat it:`);
console.log(`npm run night -- --seed ${seed} --runs ${runs}\n`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const env = { ...process.env, HOLDFAST_SEED: `${seed}`, HOLDFAST_PROPERTY_RUNS: `${runs}` };
const { status } = spawnSync(process.execPath, [vitest, 'run', ...TESTS], {
  cwd: root,
  env,
  stdio: 'inherit',
});
if (status !== 0) console.log(`\nto repeat it: npm run night -- --seed ${seed} --runs ${runs}`);
process.exitCode = status ?? 1;

/**
 * @param {string} name
 * @param {string} text
 */
function integer(name, text) {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  console.error(`--${name} must be an integer from 0 to ${2 ** 31 - 1}, got ${text}`);
  process.exit(2);
}
