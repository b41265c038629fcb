import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT_FOLDER } from '../run/folders.ts';
import { runNpm } from './run-npm.ts';

/** The archive of each public package, as it would be published. Built and packed once. */
export function packWorkspace(folder: string): ReadonlyMap<string, string> {
  const archives = join(folder, 'archives');
  if (!existsSync(archives)) packInto(archives, ROOT_FOLDER);
  return new Map(
    readdirSync(join(ROOT_FOLDER, 'packages')).map((each) => {
      const { name, version } = readManifest(join(ROOT_FOLDER, 'packages', each));
      // `@holdfast/core` becomes `holdfast-core-1.0.0.tgz`.
      const file = `${name?.replace('@', '').replace('/', '-')}-${version}.tgz`;
      return [String(name), join(archives, file)];
    }),
  );
}

/** Builds all public packages of a workspace, and puts an archive of each into a folder. */
export function packInto(target: string, workspace: string): void {
  const { packageManager } = readManifest(workspace);
  const pnpm = ['-y', String(packageManager).replace(/\+.*$/, '')];
  const packages = ['--filter', './packages/*'];
  const build = [...pnpm, 'exec', 'turbo', 'run', 'build', ...packages];
  runNpm('npx', { args: build, folder: workspace });
  mkdirSync(target, { recursive: true });
  const pack = [...pnpm, '-r', ...packages, 'pack', '--pack-destination', target];
  runNpm('npx', { args: pack, folder: workspace });
}

function readManifest(folder: string): {
  readonly name?: string;
  readonly version?: string;
  readonly packageManager?: string;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
