import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../start/run-npm.ts';
import { PEERS_FOLDER } from './folders.ts';

/**
 * Installs other libraries in their own folder, where they are not there yet. Some of their
 * drivers have to be compiled, which takes minutes. Gives the reason where it fails.
 */
export function installPeers(log: (line: string) => void): string | undefined {
  const mark = join(PEERS_FOLDER, 'node_modules', '.holdfast-install');
  const lock = readFileSync(join(PEERS_FOLDER, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.version).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return undefined;
  log('Installing other libraries (once) …');
  try {
    runNpm('npm', {
      args: ['ci', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'],
      folder: PEERS_FOLDER,
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  writeFileSync(mark, wanted);
  return undefined;
}
