import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const FORGETFUL = fileURLToPath(new URL('forgotten-close.fixture.ts', import.meta.url));

describeWithDatabase('A process that never closes its MysqlSessionService', () => {
  const tablePrefix = createTablePrefix();
  const owner = { appName: 'forgotten-close', userId: 'ada' };
  const started: ChildProcess[] = [];
  let service: MysqlSessionService;

  beforeAll(async () => {
    service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await service?.close();
    await dropTables(tablePrefix);
  });

  function start(sessionId: string) {
    const args = ['--import', 'tsx', FORGETFUL, TEST_URL, tablePrefix, sessionId];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    return { lines: createInterface(child.stdout), exit: once(child, 'exit') };
  }

  it('ends when its calls have been answered', { timeout: 60_000 }, async () => {
    const { key } = await service.create({ ...owner, sessionId: 'idle' });
    const { lines, exit } = start(key.sessionId);
    const said: string[] = [];
    lines.on('line', (line) => said.push(line));
    expect(await exit).toStrictEqual([0, null]);
    const places = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
    expect(said.sort()).toStrictEqual(['begins', ...places].sort());
    expect((await service.get(key))?.revision).toBe(20);
  });

  it('waits for the calls that are running', { timeout: 60_000 }, async () => {
    const { key } = await service.create({ ...owner, sessionId: 'busy' });
    const locker = await createConnection(TEST_URL);
    await locker.query('START TRANSACTION');
    await locker.query(
      `SELECT 1 FROM \`${tablePrefix}sessions\` WHERE session_id = 'busy' FOR UPDATE`,
    );
    const { lines, exit } = start(key.sessionId);
    await once(lines, 'line');
    const waiters = `SELECT COUNT(*) > 0 FROM information_schema.processlist WHERE info LIKE 'UPDATE%${tablePrefix}%'`;
    await expect.poll(() => runSql(waiters), { timeout: 20_000 }).toStrictEqual([[1]]);
    await locker.query('COMMIT');
    await locker.end();
    expect(await exit).toStrictEqual([0, null]);
    expect((await service.get(key))?.revision).toBe(20);
  });
});
