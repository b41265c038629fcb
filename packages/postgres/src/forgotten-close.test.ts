import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeWithDatabase, runSql, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('A process that never closes its PostgresSessionService', () => {
  const { schema, table, open } = useDatabase();

  function startProcess(sessionId: string) {
    const fixture = fileURLToPath(new URL('./forgotten-close.fixture.ts', import.meta.url));
    const args = ['--import', 'tsx', fixture, TEST_URL, schema, sessionId];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return { child, lines: createInterface({ input: child.stdout }), exit: once(child, 'exit') };
  }

  it('ends when its calls have been answered', async () => {
    const { key } = await open().create({ appName: 'app', userId: 'ada' });
    const { lines, exit } = startProcess(key.sessionId);
    const told: { readonly line: string; readonly at: number }[] = [];
    lines.on('line', (line) => told.push({ line, at: performance.now() }));
    expect(await exit).toStrictEqual([0, null]);
    const places = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    expect(told.map(({ line }) => line).sort()).toStrictEqual(['begins', ...places].sort());
    // A pool keeps connections that nobody uses for ten seconds.
    expect(performance.now() - (told.at(-1)?.at ?? 0)).toBeLessThan(8_000);
    expect((await open().get(key))?.revision).toBe(20);
  });

  it('waits for the calls that are running', async () => {
    const { key } = await open().create({ appName: 'app', userId: 'ada' });
    const locker = new pg.Client(TEST_URL);
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query(`SELECT FROM ${table('sessions')} FOR UPDATE`);
    const { lines, exit } = startProcess(key.sessionId);
    await once(lines, 'line');
    await expect.poll(waiters, { timeout: 20_000 }).toBeGreaterThan(0);
    await locker.query('COMMIT');
    await locker.end();
    expect(await exit).toStrictEqual([0, null]);
    expect((await open().get(key))?.revision).toBe(20);
  });

  async function waiters(): Promise<number> {
    const rows = await runSql(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, $1) > 0`,
      [schema],
    );
    return rows.length;
  }
});
