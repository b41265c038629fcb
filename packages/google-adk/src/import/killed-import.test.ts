import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SqliteSessionService } from '@holdfast/sqlite';
import { afterEach, expect, it } from 'vitest';
import { tempFolder } from '../stores.fixture.ts';
import { createPythonDatabase } from './adk-tables.fixture.ts';
import type { AdkImportReport } from './import-adk-database.ts';
import type { ImportProcessOptions } from './import-process.fixture.ts';

const folder = tempFolder();
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Imports in a process of its own, which is killed after some appends. */
async function importElsewhere(options: ImportProcessOptions, appends: number) {
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
  const file = fileURLToPath(new URL('./import-process.fixture.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(options)], { env, execArgv: ['--import', 'tsx'] });
  running.add(child);
  const exit = once(child, 'exit');
  for (let stored = 0; ; stored++) {
    const [message] = await Promise.race([
      once(child, 'message'),
      exit.then(([code]) => Promise.reject(new Error(`the process has ended with ${code}`))),
    ]);
    if (message !== 'stored') return message as AdkImportReport;
    if (stored === appends) break;
    child.send('go on');
  }
  child.kill('SIGKILL');
  await exit;
  running.delete(child);
  return undefined;
}

it('an import that was killed again and again ends with everything once', async () => {
  const at = (id: string, i: number) => ({
    id,
    invocation_id: 'i',
    timestamp: 1_767_322_245 + i,
    // One in four cannot be imported.
    ...(i % 4 === 3 && { author: 5 }),
  });
  const ids = Array.from({ length: 12 }, (_, i) => `event-${i}`);
  const sessions = ['one', 'two', 'three'].map((id, i) => ({
    userId: 'ada',
    id,
    state: { n: i },
    updateTime: `2026-01-02 03:04:0${i}.000000`,
    events: ids.map(at),
  }));
  createPythonDatabase({ folder, name: 'source', sessions }).database.close();
  const source = join(folder, 'source.db');
  const url = `sqlite:${join(folder, 'target.db')}`;

  let report: AdkImportReport | undefined;
  let runs = 0;
  while (report === undefined) {
    runs++;
    report = await importElsewhere({ source, url }, 2);
  }
  expect(runs).toBeGreaterThan(2);
  expect(report).toMatchObject({ sessions: 3, events: 27, skipped: 9 });
  expect(report.rows).toHaveLength(9);
  expect(report.written.events).toBeLessThan(27);

  const store = await SqliteSessionService.open({ url, driver: 'libsql' });
  for (const { id } of sessions) {
    const session = await store.get({ appName: 'app', userId: 'ada', sessionId: id });
    expect(session?.events.map((event) => event.id)).toEqual(ids.filter((_, i) => i % 4 !== 3));
  }
  await store.close();
});
