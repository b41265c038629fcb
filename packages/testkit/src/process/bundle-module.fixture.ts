import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A module in one file of JavaScript, in the folder `node_modules` of its package: a process that
 * runs it starts in a fifth of the time that one needs which compiles what it imports.
 */
export async function bundleModule(module: URL): Promise<string> {
  const source = fileURLToPath(module);
  const folder = join(dirname(dirname(realpathSync(source))), 'node_modules', '.holdfast');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(source, '.ts')}-${process.pid}.mjs`);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // Drivers stay where they are; what is imported from the workspace is TypeScript.
    external: ['libsql', 'better-sqlite3', 'bun:sqlite', 'pg', 'pg-*', 'mysql2', 'ioredis'],
    logLevel: 'error',
  });
  return outfile;
}
