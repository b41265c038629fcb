import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startProcess, type TestProcess } from './child-process.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';
import type { Acknowledged, WriterOptions, WriterReport } from './writer-process.fixture.ts';

const folder = tempFolder();
const owner = { appName: 'app', userId: 'user' };
const sessionIds = ['one', 'two', 'three'];
const WRITERS_EACH = 4;
const STORM_MS = 2_500;
const BUSY_TIMEOUT = 8_000;

interface Writer {
  readonly process: TestProcess;
  readonly log: string;
}

function acknowledgedIn({ log }: Writer): Acknowledged[] {
  // One that was killed early has acknowledged nothing, or is in the middle of a line.
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
}

async function reportOf({ process }: Writer): Promise<WriterReport> {
  for (;;) {
    const message = await process.next<WriterReport | string>();
    if (typeof message !== 'string') return message;
  }
}

function anyOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}

it.each(drivers)(
  'loses nothing in a storm of writers that are killed and halted, and of others, by %s',
  async (driver) => {
    const file = join(folder, `${driver.replace(':', '-')}.db`);
    const url = `sqlite:${file}`;
    const service = await SqliteSessionService.open({ url, driver, busyTimeout: BUSY_TIMEOUT });
    for (const sessionId of sessionIds) await service.create({ ...owner, sessionId });

    const all: Writer[] = [];
    const start = async (): Promise<Writer> => {
      const name = `p${all.length}`;
      const log = join(folder, `${driver.replace(':', '-')}-${name}.log`);
      const options: Partial<WriterOptions> & { busyTimeout: number } = {
        url,
        driver,
        log,
        name,
        sessionIds,
        writers: WRITERS_EACH,
        appendsEach: 1_000_000,
        triesAgain: true,
        busyTimeout: BUSY_TIMEOUT,
      };
      const writer = { process: startProcess('./writer-process.fixture.ts', options), log };
      all.push(writer);
      expect(await writer.process.next()).toBe('ready');
      writer.process.send('go');
      return writer;
    };
    const running = await Promise.all([start(), start(), start()]);
    const killed = new Set<Writer>();

    const shell = await openDatabase(file, driver);
    shell.exec('PRAGMA busy_timeout = 0');
    const reads = { done: 0 };
    const end = performance.now() + STORM_MS;
    const disturb = async () => {
      while (performance.now() < end) {
        await sleep(20 + Math.random() * 200);
        const at = Math.floor(Math.random() * running.length);
        const writer = running[at] as Writer;
        if (Math.random() < 0.3 && all.length < 8) {
          killed.add(writer);
          await writer.process.kill();
          running[at] = await start();
        } else {
          // It may have the lock, or be about to get it.
          writer.process.halt();
          await sleep(100 + Math.random() * 200);
          writer.process.resume();
        }
      }
    };
    const look = async () => {
      while (performance.now() < end) {
        const session = await service.get({ ...owner, sessionId: anyOf(sessionIds) });
        expect(session?.events).toHaveLength(session?.revision ?? -1);
        expect(session?.state.get('last')).toBe(session?.events.at(-1)?.id);
        // Others write meanwhile, so it may be busy.
        shell.prepare(`PRAGMA wal_checkpoint(${anyOf(['PASSIVE', 'TRUNCATE'])})`).all();
        shell.exec('BEGIN; SELECT count(*) FROM holdfast_events; COMMIT');
        reads.done++;
        await sleep(10);
      }
    };
    await Promise.all([disturb(), look()]);
    for (const { process } of running) process.send('stop');
    const reports = await Promise.all(running.map(reportOf));
    for (const { errors, slowestAppend, longestHold } of reports) {
      expect(errors).toStrictEqual([]);
      expect(slowestAppend).toBeLessThan(BUSY_TIMEOUT + 2_000);
      // Who waits for the others inside of SQLite holds the loop for most of a second.
      expect(longestHold).toBeLessThan(250);
    }
    expect(reads.done).toBeGreaterThan(0);
    shell.close();

    const acknowledged = all.flatMap(acknowledgedIn);
    expect(acknowledged.length).toBeGreaterThan(100);
    let stored = 0;
    for (const sessionId of sessionIds) {
      const session = await service.get({ ...owner, sessionId });
      const events = session?.events ?? [];
      stored += events.length;
      expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
      expect(session?.revision).toBe(events.length);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      const told = acknowledged.filter((each) => each.sessionId === sessionId);
      expect(told.filter(({ id, seq }) => events[seq - 1]?.id !== id)).toStrictEqual([]);
      expect(session?.state.get('last')).toBe(events.at(-1)?.id);
    }
    // Of one that was killed, the last append of each writer may be there, and not be told.
    const untold = stored - acknowledged.length;
    expect(untold).toBeGreaterThanOrEqual(0);
    expect(untold).toBeLessThanOrEqual(killed.size * WRITERS_EACH);
    await service.close();
  },
);
