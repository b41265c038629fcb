import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_FOLDER } from '../run/folders.ts';
import { runNpm } from '../start/run-npm.ts';

const DRIVERS = ['libsql', 'pg', 'mysql2', 'ioredis'];

/**
 * Installs packed packages, all of them, with the drivers at the versions of this workspace. An
 * `Error` if there is no archive in `archives`.
 */
export function installBuild({
  archives,
  folder,
}: {
  /** A folder with an archive of each package. */
  readonly archives: string;
  /** Where to install. It is made. */
  readonly folder: string;
}): void {
  const packed = readdirSync(archives).filter((name) => name.endsWith('.tgz'));
  if (packed.length === 0) throw new Error(`there is no packed package in ${archives}`);
  const { dependencies } = JSON.parse(readFileSync(join(APP_FOLDER, 'package.json'), 'utf8'));
  const drivers = DRIVERS.map((name) => `${name}@${dependencies[name]}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  // Each is named, so that what they need of one another is found here. Other peers are not needed.
  const wanted = [...packed.map((name) => join(archives, name)), ...drivers];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  runNpm('npm', { args: ['install', '--legacy-peer-deps', ...quiet, ...wanted], folder });
}
