import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { iterateEvents } from '@holdfast/session';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AppendWriterTask } from './append-writer.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

const WRITER = fileURLToPath(new URL('append-writer.fixture.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Acknowledged {
  readonly sessionId: string;
  readonly id: string;
  readonly seq: number;
}

describeWithDatabase('Several processes on one database', () => {
  const tablePrefix = createTablePrefix();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mysql-'));
  const started: ChildProcess[] = [];
  let service: MysqlSessionService;

  beforeAll(async () => {
    service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await service?.close();
    await dropTables(tablePrefix);
    rmSync(folder, { recursive: true });
  });

  /** A process that is a child of this one, and no child of a child: a kill ends it. */
  function start(task: Omit<AppendWriterTask, 'url' | 'tablePrefix' | 'log'>) {
    const log = join(folder, `${task.name}.log`);
    const argument = JSON.stringify({ ...task, url: TEST_URL, tablePrefix, log });
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, argument], { cwd: ROOT });
    started.push(child);
    const ended = Promise.all([
      new Promise<number | NodeJS.Signals | null>((resolve) => {
        child.on('exit', (code, signal) => resolve(signal ?? code));
      }),
      text(child.stderr),
    ]);
    return { child, ended, acknowledged: () => readLog(log) };
  }

  function readLog(log: string): readonly Acknowledged[] {
    const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [sessionId = '', id = '', seq] = line.split(' ');
      return { sessionId, id, seq: Number(seq) };
    });
  }

  it('loses nothing of two processes that write to the same sessions', {
    timeout: 60_000,
  }, async () => {
    const appName = 'two-processes';
    const owner = { appName, userId: 'ada' };
    const sessions = ['shared', ...Array.from({ length: 8 }, (_, i) => `session-${i}`)];
    for (const sessionId of sessions) await service.create({ ...owner, sessionId });
    const writers = sessions.slice(1).map((sessionId) => ['shared', sessionId]);
    const processes = ['left', 'right'].map((name) =>
      start({ appName, name, writers, appendsEach: 50 }),
    );
    for (const { child } of processes) child.stdout.resume();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toStrictEqual([
      [0, ''],
      [0, ''],
    ]);

    const acknowledged = processes.flatMap((each) => each.acknowledged());
    expect(acknowledged).toHaveLength(2 * 8 * 50);
    for (const sessionId of sessions) {
      const expected = acknowledged
        .filter((each) => each.sessionId === sessionId)
        .sort((a, b) => a.seq - b.seq);
      const stored: Acknowledged[] = [];
      for await (const { id, seq = 0 } of iterateEvents(service, { ...owner, sessionId })) {
        stored.push({ sessionId, id, seq });
      }
      expect(stored).toStrictEqual(expected);
      expect(stored.map(({ seq }) => seq)).toStrictEqual(stored.map((_, i) => i + 1));
    }
  });

  it('keeps every acknowledged append, and no half one, of a process that is killed', {
    timeout: 60_000,
  }, async () => {
    const appName = 'killed';
    const key = { appName, userId: 'ada', sessionId: 'one' };
    await service.create(key);
    const writers = Array.from({ length: 4 }, () => ['one']);
    const { child, ended, acknowledged } = start({
      appName,
      name: 'victim',
      writers,
      appendsEach: 250,
    });
    let lines = 0;
    for await (const _ of createInterface(child.stdout)) {
      lines++;
      if (lines === 300) child.kill('SIGKILL');
    }
    expect(await ended).toStrictEqual(['SIGKILL', '']);

    const session = await service.get(key);
    const stored = new Map(session?.events.map(({ id, seq }) => [id, seq]));
    for (const { id, seq } of acknowledged()) expect(stored.get(id)).toBe(seq);
    expect(stored.size).toBeLessThan(1000);
    expect(session?.revision).toBe(stored.size);
    expect([...stored.values()]).toStrictEqual([...stored].map((_, i) => i + 1));
    // Each event has set a key of its own name.
    const { 'app:last': appLast, 'user:last': userLast, ...own } = session?.state.toJSON() ?? {};
    expect(new Set(Object.keys(own))).toStrictEqual(new Set(stored.keys()));
    const last = session?.events.at(-1)?.id;
    expect([appLast, userLast]).toStrictEqual([last, last]);
  });
});
