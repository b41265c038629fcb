import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProcess, type TestProcess } from './child-process.fixture.ts';
import type { SqliteDriverName } from './sqlite-driver.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';
import type { Acknowledged, WriterOptions, WriterReport } from './writer-process.fixture.ts';

const folder = tempFolder();
const owner = { appName: 'app', userId: 'user' };

function acknowledgedIn(log: string): Acknowledged[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
}

async function startAll(all: readonly Partial<WriterOptions>[]): Promise<TestProcess[]> {
  const processes = all.map((options) => startProcess('./writer-process.fixture.ts', options));
  for (const each of processes) expect(await each.next()).toBe('ready');
  for (const each of processes) each.send('go');
  return processes;
}

async function reportOf(process: TestProcess): Promise<WriterReport> {
  for (;;) {
    const message = await process.next<WriterReport | string>();
    if (typeof message !== 'string') return message;
  }
}

/** Two processes with eight writers each; checks that all is there, and in order. */
async function writeTogether(driver: SqliteDriverName, sessionIds: readonly string[]) {
  const name = `${driver.replace(':', '-')}-${sessionIds.length}`;
  const url = `sqlite:${join(folder, name)}.db`;
  const service = await SqliteSessionService.open({ url, driver });
  for (const sessionId of sessionIds) await service.create({ ...owner, sessionId });
  const logs = ['a', 'b'].map((each) => join(folder, `${name}-${each}.log`));
  const processes = await startAll(
    logs.map((log, i) => ({
      url,
      driver,
      log,
      name: `p${i}`,
      writers: 8,
      appendsEach: 100,
      sessionIds,
    })),
  );
  const reports = await Promise.all(processes.map(reportOf));
  for (const { errors } of reports) expect(errors).toStrictEqual([]);

  const acknowledged = logs.flatMap(acknowledgedIn);
  expect(acknowledged).toHaveLength(1600);
  for (const sessionId of sessionIds) {
    const session = await service.get({ ...owner, sessionId });
    const found = session?.events.map(({ id, seq }) => ({ sessionId, id, seq }));
    const expected = acknowledged
      .filter((each) => each.sessionId === sessionId)
      .sort((a, b) => a.seq - b.seq);
    expect(found).toStrictEqual(expected);
    expect(found?.map(({ seq }) => seq)).toStrictEqual(expected.map((_, i) => i + 1));
    expect(session?.state.get('last')).toBe(expected.at(-1)?.id);
  }
  await service.close();
}

describe.each(drivers)('two processes with eight writers each, by %s', (driver) => {
  it('lose nothing of one session', () => writeTogether(driver, ['one']));

  it('lose nothing of many sessions', () =>
    writeTogether(
      driver,
      Array.from({ length: 8 }, (_, i) => `session-${i}`),
    ));

  it('keep what was acknowledged when one is killed, and nothing by half', async () => {
    const name = `${driver.replace(':', '-')}-killed`;
    const url = `sqlite:${join(folder, name)}.db`;
    const log = join(folder, `${name}.log`);
    const service = await SqliteSessionService.open({ url, driver });
    await service.create({ ...owner, sessionId: 'one' });
    const [writer] = await startAll([
      { url, driver, log, name: 'p', writers: 4, appendsEach: 1000, sessionIds: ['one'] },
    ]);
    await writer?.next();
    await writer?.next();
    await writer?.kill();

    const acknowledged = acknowledgedIn(log).sort((a, b) => a.seq - b.seq);
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.length).toBeLessThan(4000);
    const session = await service.get({ ...owner, sessionId: 'one' });
    const ids = session?.events.map(({ id }) => id) ?? [];
    expect(session?.revision).toBe(ids.length);
    for (const { id, seq } of acknowledged) expect(ids[seq - 1]).toBe(id);
    // At most one for each writer was committed, and not yet written down.
    expect(ids.length - acknowledged.length).toBeLessThanOrEqual(4);
    expect(session?.state.get('last')).toBe(ids.at(-1));
    for (const writer of [0, 1, 2, 3]) {
      const last = ids.filter((id) => id.startsWith(`p-${writer}-`)).at(-1);
      expect(`p-${writer}-${session?.state.get(`of-p-${writer}`)}`).toBe(last);
    }
    const next = await service.appendEvent({ ...owner, sessionId: 'one', event: {} });
    expect(next.seq).toBe(ids.length + 1);
    await service.close();
  });
});

describe('opening one new file at once', () => {
  it.each(drivers)('succeeds in eight processes, by %s', async (driver) => {
    const url = `sqlite:${join(folder, driver.replace(':', '-'))}-many.db`;
    const options = { url, driver, writers: 0 };
    const processes = await startAll(Array.from({ length: 8 }, () => options));
    for (const each of processes) expect((await reportOf(each)).errors).toStrictEqual([]);
  });

  it.each(drivers)('succeeds in fifty services of one process, by %s', async (driver) => {
    const url = `sqlite:${join(folder, driver.replace(':', '-'))}-fifty.db`;
    const opening = Array.from({ length: 50 }, () => SqliteSessionService.open({ url, driver }));
    const services = await Promise.all(opening);
    const key = { ...owner, sessionId: 'one' };
    await Promise.all(services.map((service) => service.getOrCreate(key)));
    const events = await Promise.all(
      services.map((service) => service.appendEvent({ ...key, event: {} })),
    );
    expect(events.map(({ seq = 0 }) => seq).sort((a, b) => a - b)).toStrictEqual(
      events.map((_, i) => i + 1),
    );
    await Promise.all(services.map((service) => service.close()));
  });
});
