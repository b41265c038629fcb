import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { KilledWriterOrder } from './killed-writer.fixture.ts';

/** Starts a process that writes, waits until each of its writes stands still, and kills it. */
export async function runAndKill(order: KilledWriterOrder): Promise<void> {
  const fixture = fileURLToPath(new URL('./killed-writer.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', fixture, JSON.stringify(order)], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    const [line] = await Promise.race([once(child.stdout, 'data'), exit]);
    expect(String(line)).toContain('stopped');
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}
