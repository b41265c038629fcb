import { readFileSync } from 'node:fs';
import { mustRun, work } from './packed.mjs';
import { check } from './report.mjs';
import { problemOf, run } from './run.mjs';

/** @typedef {import('./packed.mjs').Packed} Packed */

const REQUIRED = [
  'package.json',
  'README.md',
  'LICENSE',
  ...['index.js', 'index.d.ts', 'index.cjs', 'index.d.cts'].map((file) => `dist/${file}`),
];

/**
 * What an archive has beside what is built: the kit's has the guide to stores, and its example.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const DOCUMENTS = {
  '@holdfast/testkit': [
    'writing-a-store.md',
    ...['key-value-database', 'key-value-session-service', 'key-value-store', 'keys', 'rows'].map(
      (file) => `example/${file}.ts`,
    ),
  ],
};

/**
 * Lints the archives, and looks at the files in them.
 *
 * @param {readonly Packed[]} packed
 */
export async function checkArchives(packed) {
  await Promise.all(packed.map(checkArchive));
}

/** @param {Packed} packed */
async function checkArchive({ name, archive }) {
  const listing = await mustRun(['tar', '-tzf', archive], work);
  const files = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const required = [...REQUIRED, ...(DOCUMENTS[name] ?? [])];
  const missing = required.filter((file) => !files.includes(file));
  const foreign = files.filter((file) => !required.includes(file) && !file.startsWith('dist/'));
  check(
    `${name}: has all its files`,
    missing.length > 0 ? `without ${missing.join(', ')}` : undefined,
  );
  check(`${name}: has no other files`, foreign.length > 0 ? foreign.join(', ') : undefined);
  const [lint, types] = await Promise.all([
    run(['publint', 'run', '--strict', archive], { cwd: work }),
    run(['attw', '--profile', 'node16', '--no-color', archive], { cwd: work }),
  ]);
  check(`${name}: publint`, problemOf(lint));
  check(`${name}: are the types right`, problemOf(types));
  const kilobytes = (readFileSync(archive).length / 1024).toFixed(1);
  console.log(`${name}: ${files.length} files, ${kilobytes} kB packed`);
}
