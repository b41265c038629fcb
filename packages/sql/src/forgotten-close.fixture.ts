import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SessionService } from '@holdfast/session';
import { afterEach, expect, it } from 'vitest';

export interface ForgottenCloseOptions {
  /**
   * A program that opens a service, says 'begins', appends 20 events to a session of `app` and
   * `ada`, says the `seq` of each, and never closes the service; and its arguments.
   */
  program(sessionId: string): readonly string[];
  /** A service to look with. */
  service(): SessionService;
  /** Locks the rows of the sessions, until the function that it gives is called. */
  lockSessions(): Promise<() => Promise<void>>;
  /** How many calls of the program wait for that lock. */
  waiting(): Promise<number>;
}

/** What must hold of a process that never closes a service that `open` has made. */
export function itEndsWithoutClose(options: ForgottenCloseOptions): void {
  const owner = { appName: 'app', userId: 'ada' };
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function start(sessionId: string) {
    const args = ['--import', 'tsx', ...options.program(sessionId)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return { lines: createInterface({ input: child.stdout }), exit: once(child, 'exit') };
  }

  it('ends when its calls have been answered', async () => {
    const { key } = await options.service().create(owner);
    const { lines, exit } = start(key.sessionId);
    const told: string[] = [];
    let lastTold = 0;
    lines.on('line', (line) => {
      told.push(line);
      lastTold = performance.now();
    });
    expect(await exit).toStrictEqual([0, null]);
    const places = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    expect(told.sort()).toStrictEqual(['begins', ...places].sort());
    // Pools keep connections that nobody uses for ten seconds or more.
    expect(performance.now() - lastTold).toBeLessThan(8_000);
    expect((await options.service().get(key))?.revision).toBe(20);
  });

  it('waits for the calls that are running', async () => {
    const { key } = await options.service().create(owner);
    const unlock = await options.lockSessions();
    const { lines, exit } = start(key.sessionId);
    await once(lines, 'line');
    await expect.poll(() => options.waiting(), { timeout: 20_000 }).toBeGreaterThan(0);
    await unlock();
    expect(await exit).toStrictEqual([0, null]);
    expect((await options.service().get(key))?.revision).toBe(20);
  });
}
