import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';
import type { WriterOrder } from './writer.fixture.ts';

interface Acknowledged {
  readonly sessionId: string;
  readonly id: string;
  readonly seq: number;
}

describeWithDatabase('PostgresSessionService in several processes', () => {
  const { schema, open } = useDatabase();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const titles = { 'to one session': 1, 'to many sessions': 5 };
  for (const [title, sessionCount] of Object.entries(titles)) {
    it(`loses nothing of two processes that write ${title}`, { timeout: 60_000 }, async () => {
      const user = { appName: 'writers', userId: 'ada' };
      const sessionIds = await createSessions(sessionCount);
      const order = { writers: 8, eventsEach: 25, sessionIds };
      const writers = ['a', 'b'].map((name) => startWriter({ ...order, name: `${title}-${name}` }));
      expect(await Promise.all(writers.map(({ exit }) => exit))).toStrictEqual([0, 0]);

      const acknowledged = writers.flatMap(({ read }) => read());
      expect(acknowledged).toHaveLength(2 * 8 * 25);
      const service = open();
      for (const sessionId of sessionIds) {
        const session = await service.get({ ...user, sessionId });
        const own = acknowledged.filter((each) => each.sessionId === sessionId);
        expect(placesOf(session?.events ?? [])).toStrictEqual(placesOf(own));
        expect(session?.events.map(({ seq }) => seq)).toStrictEqual(own.map((_, i) => i + 1));
        for (const { id } of acknowledged) {
          expect(session?.state.has(`user:${id}`) && session.state.has(`app:${id}`)).toBe(true);
        }
      }
      await service.close();
    });
  }

  it('has all that was acknowledged to a process that was killed, and nothing by half', {
    timeout: 60_000,
  }, async () => {
    const sessionIds = await createSessions(3);
    const order = { name: 'killed', writers: 8, eventsEach: 125, sessionIds };
    const writer = startWriter(order);
    await writer.hasAcknowledged(200);
    writer.child.kill('SIGKILL');
    expect(await writer.exit).toBeNull();

    const acknowledged = writer.read();
    expect(acknowledged.length).toBeLessThan(1_000);
    const service = open();
    const stored: Acknowledged[] = [];
    for (const sessionId of sessionIds) {
      const session = await service.get({ appName: 'writers', userId: 'ada', sessionId });
      const events = session?.events ?? [];
      stored.push(...events.map(({ id, seq = 0 }) => ({ sessionId, id, seq })));
      expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
      const keys = [...(session?.state.keys() ?? [])].filter((key) => !key.includes(':'));
      expect(keys.sort()).toStrictEqual(events.map(({ id }) => id).sort());
    }
    expect(placesOf(stored)).toEqual(expect.arrayContaining(placesOf(acknowledged)));
    const app = await service.getState({ scope: 'app', appName: 'writers' });
    const ofKilled = Object.keys(app).filter((id) => id.startsWith('killed-'));
    expect(ofKilled.sort()).toStrictEqual(stored.map(({ id }) => id).sort());
    await service.close();
  });

  async function createSessions(count: number): Promise<readonly string[]> {
    const service = open();
    const user = { appName: 'writers', userId: 'ada' };
    const sessions = Array.from({ length: count }, () => service.create(user));
    const ids = (await Promise.all(sessions)).map(({ id }) => id);
    await service.close();
    return ids;
  }

  function startWriter(order: Omit<WriterOrder, 'url' | 'schema' | 'log'>) {
    const log = join(folder, order.name);
    const fixture = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url));
    const args = JSON.stringify({ ...order, url: TEST_URL, schema, log });
    const child = spawn(process.execPath, ['--import', 'tsx', fixture, args], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const read = () => readLog(log);
    const hasAcknowledged = (count: number) =>
      waitForFile(folder, () => read().length >= count || child.exitCode !== null);
    return { child, read, hasAcknowledged, exit: exitOf(child) };
  }
});

/** What a process noted. A line that it was killed over is not whole. */
function readLog(log: string): readonly Acknowledged[] {
  let text: string;
  try {
    text = readFileSync(log, 'utf8');
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Acknowledged);
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}

async function waitForFile(folder: string, isThere: () => boolean): Promise<void> {
  const watcher = watch(folder);
  try {
    while (!isThere()) await once(watcher, 'change');
  } finally {
    watcher.close();
  }
}

function placesOf(events: readonly { readonly id: string; readonly seq?: number }[]) {
  return events.map(({ id, seq }) => `${seq} ${id}`).sort();
}
