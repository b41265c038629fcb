import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT_FOLDER } from '../run/folders.ts';
import { runNpm } from './run-npm.ts';

/** The archive of each public package, as it would be published. Built and packed once. */
export function packWorkspace(folder: string): ReadonlyMap<string, string> {
  const index = join(folder, 'archives.json');
  if (!existsSync(index)) {
    const archives = [...packAll(join(folder, 'archives'))];
    writeFileSync(index, JSON.stringify(archives));
  }
  return new Map(JSON.parse(readFileSync(index, 'utf8')));
}

function* packAll(target: string): Generator<readonly [name: string, archive: string]> {
  const { packageManager } = readManifest(ROOT_FOLDER);
  const pnpm = ['-y', String(packageManager).replace(/\+.*$/, '')];
  runNpm('npx', { args: [...pnpm, 'exec', 'turbo', 'run', 'build'], folder: ROOT_FOLDER });
  const packages = join(ROOT_FOLDER, 'packages');
  for (const each of readdirSync(packages)) {
    const { name } = readManifest(join(packages, each));
    const archives = join(target, each);
    mkdirSync(archives, { recursive: true });
    const args = [...pnpm, 'pack', '--pack-destination', archives];
    runNpm('npx', { args, folder: join(packages, each) });
    yield [String(name), join(archives, readdirSync(archives)[0] ?? '')];
  }
}

function readManifest(folder: string): {
  readonly name?: string;
  readonly packageManager?: string;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
