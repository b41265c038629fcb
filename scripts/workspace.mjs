import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace, an absolute path. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the root's executables are. */
export const bin = join(root, 'node_modules', '.bin');

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * The folders of the workspace's packages and apps, absolute paths in order.
 *
 * @param {readonly string[]} [groups]
 */
export function workspaceFolders(groups = ['packages', 'apps']) {
  return groups.flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, group, entry.name))
      .sort(),
  );
}

/** The package manager that the root asks for, without its hash: `pnpm@10.34.9`. */
export function packageManager() {
  const { packageManager = 'pnpm' } = readManifest(root);
  return packageManager.replace(/\+.*$/, '');
}
