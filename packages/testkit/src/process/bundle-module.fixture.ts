import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { ServiceProcess } from '../conformance-options.ts';
import { startServiceProcess } from './start-service-process.ts';

/** Starts processes of a module in TypeScript, which is given its storage as JSON. */
export function processStarter(module: URL): (storage: object) => Promise<ServiceProcess> {
  return async (storage) =>
    startServiceProcess({ module: await bundleModule(module), storage: JSON.stringify(storage) });
}

const bundles = new Map<string, Promise<string>>();

/**
 * A module in TypeScript as one file of JavaScript, for processes: one that compiles what it
 * imports takes five times as long to start. It is made once, in the folder `node_modules` of the
 * module's package, from where drivers are found.
 */
export function bundleModule(module: URL): Promise<string> {
  let bundled = bundles.get(module.href);
  if (bundled === undefined) {
    bundled = bundle(fileURLToPath(module));
    bundles.set(module.href, bundled);
  }
  return bundled;
}

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
    external: EXTERNAL,
    plugins: [keepPlaces],
    logLevel: 'error',
  });
  return outfile;
}

/** Drivers, and what else is CommonJS or large. */
const EXTERNAL = [
  ...['libsql', 'better-sqlite3', 'bun:sqlite', 'pg', 'pg-*', 'mysql2', 'ioredis'],
  ...['hono', '@hono/*', 'ws', '@google/*'],
];

/** What a source finds beside itself stays beside the source. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

function packageOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(folder);
}
