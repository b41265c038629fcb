import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(app, 'dist/page.stamp');
const lock = join(app, 'dist/page.lock');
const sources = [
  'src/page',
  'src/api',
  'vite.config.ts',
  '../../packages/core/src',
  '../../packages/state/src',
];

/**
 * Builds the page into `dist/page` where it is not there, or is older than its sources.
 * Of many that ask at the same time, one builds and the others wait.
 */
export async function buildPage(): Promise<void> {
  mkdirSync(join(app, 'dist'), { recursive: true });
  while (!takeLock()) await delay(50);
  try {
    const stamp = stampOf(sources);
    if (readStamp() === stamp) return;
    const { build } = await import('vite'); // a while to load, and seldom needed
    await build({ configFile: join(app, 'vite.config.ts'), logLevel: 'warn' });
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch {
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

/** Whether the process that holds the lock has died with it. */
function isAbandoned(): boolean {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function readStamp(): string | undefined {
  try {
    statSync(join(app, 'dist/page/index.html'));
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

function stampOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesIn(join(app, path)))) {
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
