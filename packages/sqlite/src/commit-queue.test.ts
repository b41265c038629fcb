import { join } from 'node:path';
import { plainCommand, queryOf, sql } from '@holdfast/sql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommitQueue } from './commit-queue.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import {
  drivers,
  observe,
  openDatabase,
  type Statement,
  tempFolder,
} from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

/** A service in memory with one session, whose statements are seen. */
async function watched(before: (statement: Statement) => void = () => {}) {
  const texts: string[] = [];
  const client = observe(await openDatabase(':memory:'), (statement) => {
    texts.push(statement.text);
    before(statement);
  });
  const service = new SqliteSessionService({ client, closeClient: true });
  await service.migrate();
  await service.create(key);
  texts.length = 0;
  const count = (text: string) => texts.filter((each) => each === text).length;
  return { service, count, texts };
}

async function revisionOf(service: SqliteSessionService): Promise<number | undefined> {
  return (await service.get({ ...key, numRecentEvents: 0 }))?.revision;
}

describe('appends that wait at the same moment', () => {
  // A group that takes long is ended: here, nothing does.
  beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0));
  afterEach(() => vi.restoreAllMocks());

  it('share one commit', async () => {
    const { service, count } = await watched();
    const appends = Array.from({ length: 40 }, () => service.appendEvent({ ...key, event: {} }));
    const events = await Promise.all(appends);
    expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
    expect(count('BEGIN IMMEDIATE')).toBe(1);
    expect(count('COMMIT')).toBe(1);
    await service.close();
  });

  it('are not told before the commit', async () => {
    let committed = false;
    const { service } = await watched(({ text }) => {
      if (text === 'COMMIT') committed = true;
    });
    committed = false;
    const seen: boolean[] = [];
    const appends = Array.from({ length: 10 }, async () => {
      await service.appendEvent({ ...key, event: {} });
      seen.push(committed);
    });
    await Promise.all(appends);
    expect(seen).toStrictEqual(seen.map(() => true));
    await service.close();
  });

  it('each have an outcome of their own', async () => {
    const { service, count } = await watched();
    const stored = await service.appendEvent({ ...key, event: { id: 'there', author: 'a' } });
    const outcomes = await Promise.allSettled([
      service.appendEvent({ ...key, event: { id: 'first' } }),
      service.appendEvent({ ...key, event: {}, expectedRevision: 7 }),
      service.appendEvent({ ...key, event: { id: 'there', author: 'b' } }),
      service.appendEvent({ ...key, event: { id: 'there', author: 'a' } }),
      service.appendEvent({ ...key, sessionId: 'none', event: {} }),
      service.appendEvents({ ...key, events: [{ id: 'half' }, { id: 'there', author: 'b' }] }),
      service.create(key),
      service.appendEvent({ ...key, event: { id: 'last' } }),
    ]);
    expect(
      outcomes.map((each) =>
        each.status === 'fulfilled' ? each.value : (each.reason as { code: string }).code,
      ),
    ).toMatchObject([
      { id: 'first', seq: 2 },
      'conflict',
      'already_exists',
      { ...stored },
      'not_found',
      'already_exists',
      'already_exists',
      { id: 'last', seq: 3 },
    ]);
    const { events } = await service.listEvents(key);
    expect(events.map(({ id }) => id)).toStrictEqual(['there', 'first', 'last']);
    expect(count('COMMIT')).toBe(2);
    await service.close();
  });

  it('are committed in several groups where they are many', async () => {
    const { service, count } = await watched();
    const appends = Array.from({ length: 150 }, () => service.appendEvent({ ...key, event: {} }));
    const events = await Promise.all(appends);
    expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
    expect(count('COMMIT')).toBe(3);
    await service.close();
  });

  it('all fail with a commit that fails, and leave nothing', async () => {
    let isFull = false;
    const { service } = await watched(({ text }) => {
      const full = { code: 'SQLITE_FULL', message: 'database or disk is full' };
      if (isFull && text === 'COMMIT') throw Object.assign(new Error(full.message), full);
    });
    isFull = true;
    const appends = Array.from({ length: 5 }, () => service.appendEvent({ ...key, event: {} }));
    for (const outcome of await Promise.allSettled(appends)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'unavailable', retryable: true },
      });
    }
    expect(await revisionOf(service)).toBe(0);
    isFull = false;
    expect(await service.appendEvent({ ...key, event: {} })).toMatchObject({ seq: 1 });
    await service.close();
  });
});

describe('CommitQueue', () => {
  async function newQueue(before: (statement: Statement) => void = () => {}) {
    const database = await openDatabase(':memory:');
    const statements = new PreparedStatements(observe(database, before));
    const run = (text: string) => statements.run(plainCommand(text));
    run('CREATE TABLE t (a INTEGER PRIMARY KEY)');
    const read = () => statements.run(queryOf(sql`SELECT a FROM t`)({})).rows;
    return { queue: new CommitQueue({ statements, busyTimeout: 50 }), run, read };
  }

  it('ends a group that takes long, so that others have their turn', async () => {
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => time);
    const commits: number[] = [];
    let done = 0;
    const { queue, run } = await newQueue(({ text }) => {
      if (text === 'COMMIT') commits.push(done);
    });
    const work = () => {
      run(`INSERT INTO t VALUES (${++done})`);
      time += 12;
      return done;
    };
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => queue.add(work)));
    expect(results).toStrictEqual([1, 2, 3, 4, 5]);
    expect(commits).toStrictEqual([2, 4, 5]);
    vi.restoreAllMocks();
  });

  it('lets nobody in between a begin and its commit', async () => {
    const own: Promise<unknown>[] = [];
    const { queue, run, read } = await newQueue(({ text }) => {
      if (text !== 'BEGIN IMMEDIATE') return;
      own.push(
        Promise.resolve().then(() => {
          run('BEGIN');
          run(`INSERT INTO t VALUES (${1000 + own.length})`);
          run('COMMIT');
        }),
      );
    });
    await Promise.all([1, 2, 3].map((i) => queue.add(() => run(`INSERT INTO t VALUES (${i})`))));
    await queue.add(() => run('INSERT INTO t VALUES (4)'));
    await Promise.all(own);
    expect(read()).toHaveLength(6);
  });

  it('runs a group again where its commit was busy, with what has arrived', async () => {
    let isBusy = true;
    const { queue, run, read } = await newQueue(({ text }) => {
      if (text !== 'COMMIT' || !isBusy) return;
      isBusy = false;
      late = queue.add(() => run('INSERT INTO t VALUES (2)'));
      throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
    });
    let late: Promise<unknown> = Promise.resolve();
    await queue.add(() => run('INSERT INTO t VALUES (1)'));
    await late;
    expect(read()).toStrictEqual([[1], [2]]);
  });

  it('lets each wait for its whole time, whoever was first', async () => {
    const { queue, run } = await newQueue(({ text }) => {
      if (text === 'BEGIN IMMEDIATE') {
        throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
      }
    });
    const waited = async () => {
      const start = performance.now();
      await expect(queue.add(() => run('SELECT 1'))).rejects.toThrow('locked');
      return performance.now() - start;
    };
    const first = waited();
    await new Promise((resolve) => setTimeout(resolve, 25));
    const second = waited();
    expect(await first).toBeGreaterThanOrEqual(49);
    expect(await second).toBeGreaterThanOrEqual(49);
  });

  it('goes on after work that is at fault itself', async () => {
    const { queue, run, read } = await newQueue();
    const fault = queue.add(() => {
      run('INSERT INTO t VALUES (1)');
      throw new TypeError('a bug');
    });
    await expect(fault).rejects.toThrow('a bug');
    await queue.add(() => run('INSERT INTO t VALUES (2)'));
    expect(read()).toStrictEqual([[2]]);
  });
});

describe.each(drivers)('the event loop, by %s', (driver) => {
  afterEach(() => void vi.useRealTimers());

  async function openWithEvents(name: string) {
    const url = `sqlite:${join(folder, `${name}-${driver.replace(':', '-')}`)}.db`;
    const service = await SqliteSessionService.open({ url, driver });
    await service.create(key);
    await service.appendEvents({ ...key, events: Array.from({ length: 50 }, () => ({})) });
    return service;
  }

  it('is not needed by timers that a test has replaced', async () => {
    vi.useFakeTimers();
    const service = await openWithEvents('fake');
    for (let i = 0; i < 3; i++) await service.appendEvent({ ...key, event: {} });
    expect(await revisionOf(service)).toBe(53);
    await service.close();
  });

  it('lets an append through between reads that follow each other', async () => {
    const service = await openWithEvents('readers');
    for (let i = 0; i < 5; i++) {
      let isAppended = false;
      const append = service.appendEvent({ ...key, event: {} }).then(() => {
        isAppended = true;
      });
      // The first may have begun before it.
      let reads = 0;
      while (!isAppended && reads < 100) {
        await service.get({ ...key, numRecentEvents: 20 });
        reads++;
      }
      expect(reads).toBeLessThan(20);
      await append;
    }
    await service.close();
  });

  it('lets reads through between appends that follow each other', async () => {
    const service = await openWithEvents('writers');
    let appends = 0;
    let isOver = false;
    const write = async () => {
      while (!isOver && appends < 10_000) {
        await service.appendEvent({ ...key, event: {} });
        appends++;
      }
    };
    const writing = Promise.all([write(), write()]);
    for (let reads = 0; reads < 20; reads++) {
      await service.get({ ...key, numRecentEvents: 1 });
    }
    isOver = true;
    await writing;
    expect(appends).toBeLessThan(1_000);
    await service.close();
  });
});
