import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.fixture.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const fromRoot = createRequire(new URL('../../../../package.json', import.meta.url));
const tsx = pathToFileURL(fromRoot.resolve('tsx')).href;

const groups = new Set<number>();
afterEach(() => {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
  groups.clear();
});

test.skipIf(process.platform === 'win32')(
  'where npm has started it, it ends in order when the shell in between is ended',
  { timeout: 30_000 },
  async () => {
    const file = join(temporaryFolder(), 'chat.db');
    // What stands behind the server keeps the shell from becoming the server.
    const line = '"$0" --disable-warning=ExperimentalWarning --import "$1" "$2"; exit 7';
    const shell = spawn('sh', ['-c', line, process.execPath, tsx, main], {
      detached: true,
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        HOLDFAST_STORE: `sqlite:${file}`,
        npm_lifecycle_event: 'start',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    groups.add(shell.pid ?? 0);
    const errors = text(shell.stderr);
    // The server has the other end of it: it closes when the server has ended.
    const closed = once(shell.stdout, 'close');
    const [output] = await Promise.race([once(shell.stdout, 'data'), closed]);
    expect(`${output}`).toContain('http://');
    expect(existsSync(`${file}-wal`)).toBe(true);
    shell.kill('SIGTERM');
    shell.stdout.resume();
    await closed;
    expect(await errors).toBe('');
    expect(existsSync(`${file}-wal`)).toBe(false);
  },
);
