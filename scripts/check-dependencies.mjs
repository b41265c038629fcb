import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProject } from './packed.mjs';
import { check } from './report.mjs';

/** They bring nothing but each other. */
const DEPENDENCY_FREE = ['core', 'state', 'session', 'history', 'in-memory'].map(
  (name) => `@holdfast/${name}`,
);

/**
 * Installs the packages that depend on nothing, and looks at what that brought.
 *
 * @param {readonly import('./packed.mjs').Packed[]} packed
 */
export async function checkDependencies(packed) {
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
