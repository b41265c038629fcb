import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { createProject, findNodes } from './packed.mjs';
import { check } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { consumers, DRIVERS, pinned, withStores } from './test-stores.mjs';

const TOOLS = [
  pinned('vitest'),
  'jest@30.5.2',
  'babel-jest@30.5.2',
  '@babel/core@7.29.13',
  '@babel/preset-env@7.29.14',
  '@babel/preset-typescript@7.29.7',
];

const FILES = ['stores.test.ts', 'fake-timers.test.ts', 'adk.test.ts', 'node.test.mjs'];

const PRESETS = [
  ['@babel/preset-env', { targets: { node: 'current' } }],
  '@babel/preset-typescript',
];

/** How the runners are set up, a file each. */
const CONFIGS = {
  'vitest.config.mjs': `export default { test: { globals: true, include: ['*.test.ts'] } };`,
  'jest.commonjs.json': JSON.stringify({
    testMatch: ['<rootDir>/*.test.ts'],
    transform: { '[.][jt]s$': ['babel-jest', { presets: PRESETS }] },
    // What @google/adk needs, which requires a module.
    transformIgnorePatterns: ['/node_modules/(?!lodash-es/)'],
  }),
  'jest.modules.json': JSON.stringify({
    testMatch: ['<rootDir>/stores.test.mjs'],
    moduleFileExtensions: ['mjs', 'js', 'cjs', 'json', 'node'],
    transform: {},
  }),
};

const JEST = 'node_modules/jest/bin/jest.js';

/** What runs the tests, behind the path of a Node. */
const RUNNERS = [
  { name: 'Vitest', line: ['node_modules/vitest/vitest.mjs', 'run'] },
  { name: 'Jest with CommonJS', line: [JEST, '--config', 'jest.commonjs.json'] },
  {
    name: 'Jest with modules',
    line: ['--experimental-vm-modules', JEST, '--config', 'jest.modules.json'],
  },
  { name: 'node:test', line: ['--test', 'node.test.mjs'] },
];

/**
 * Runs tests of every store with each test runner.
 *
 * @param {readonly import('./packed.mjs').Packed[]} packed
 */
export async function checkRunners(packed) {
  const [folder, nodes] = await Promise.all([
    createProject('runners', packed, [...TOOLS, ...DRIVERS]),
    findNodes(),
  ]);
  for (const file of FILES) copyFileSync(join(consumers, file), join(folder, file));
  for (const [file, text] of Object.entries(CONFIGS)) writeFileSync(join(folder, file), text);
  const typescript = readFileSync(join(consumers, 'stores.test.ts'), 'utf8');
  const { code } = await transform(typescript, { loader: 'ts' });
  writeFileSync(join(folder, 'stores.test.mjs'), code);
  await withStores(folder, async () => {
    for (const { path, version } of nodes) {
      for (const { name, line } of RUNNERS) {
        const result = await run([path, ...line], { cwd: folder, timeout: 300_000 });
        check(`${name} on ${version}`, problemOf(result));
      }
    }
  });
}
