import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ServiceProcess } from '../conformance-options.ts';
import { startServiceProcess } from './start-service-process.ts';

/**
 * Starts processes of a module in TypeScript, which is given its storage as JSON. It is bundled
 * once: a process that compiles what it imports takes five times as long to start.
 */
export function processStarter(module: URL): (storage: object) => Promise<ServiceProcess> {
  let bundled: Promise<string> | undefined;
  return async (storage) => {
    bundled ??= bundle(fileURLToPath(module));
    return startServiceProcess({ module: await bundled, storage: JSON.stringify(storage) });
  };
}

/** Bundles a module into the folder `node_modules` of its package, from where drivers are found. */
async function bundle(source: string): Promise<string> {
  const folder = join(packageOf(realpathSync(source)), 'node_modules', '.holdfast');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(source, '.ts')}-${process.pid}.mjs`);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['libsql', 'better-sqlite3', 'bun:sqlite', 'pg', 'pg-*', 'mysql2', 'ioredis'],
    logLevel: 'error',
  });
  return outfile;
}

function packageOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(folder);
}
