import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packWorkspace } from './pack-workspace.ts';
import { runNpm } from './run-npm.ts';
import type { Starter } from './starter.ts';

/** Installs a starter by itself, once for all processes that share `shared`; gives its folder. */
export function installOnce({ id, install }: Starter, shared: string): string {
  const folder = join(shared, `install-${id}`);
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  if (install.length > 0) {
    const isOwn = (name: string) => name.startsWith('@holdfast/');
    const archives = install.some(isOwn) ? packWorkspace(shared) : new Map<string, string>();
    const wanted = install.map((name) => (isOwn(name) ? (archives.get(name) ?? name) : name));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const args = ['install', ...quiet, ...wanted];
    try {
      runNpm('npm', { args, folder });
    } catch {
      // Where packages do not agree about the versions of one another, it takes them as they are.
      runNpm('npm', { args: [...args, '--legacy-peer-deps'], folder });
    }
  }
  writeFileSync(mark, '');
  return folder;
}

/** How many packages there are in an installation. */
export function countPackages(folder: string): number {
  const lock = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(lock)) return 0;
  return Object.keys(JSON.parse(readFileSync(lock, 'utf8')).packages).length;
}

/** The size of all files of an installation, in MB. */
export function installedMegabytes(folder: string): number {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    // npm's own list is not part of any package.
    if (!entry.isFile() || entry.name === '.package-lock.json') continue;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes / 1e6;
}
