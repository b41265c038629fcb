import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OwnServer, serverPrograms } from './own-server.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import type { StormReport } from './storm-writer.fixture.ts';

const isSkipped = serverPrograms === undefined && !process.env['CI'];
if (isSkipped) console.warn('Skipped: no initdb. To install it: apt-get install postgresql');

const callTimeout = 1_000;

/** What a storm is told of the writers. */
interface Writer {
  failures(): number;
}

describe.skipIf(isSkipped)('Eight writers to PostgreSQL who try again', () => {
  let server: OwnServer;
  let admin: pg.Client;
  beforeAll(async () => {
    server = await OwnServer.create();
    server.start();
    await (await PostgresSessionService.open({ url: server.url })).close();
  });
  afterAll(() => {
    server.stop('immediate');
    server.remove();
  });

  const children: ChildProcess[] = [];
  afterEach(() => {
    // One that has failed a test is still writing.
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const connect = async () => {
    admin = new pg.Client(server.url);
    admin.on('error', () => {});
    await admin.connect();
  };

  /** Does something to every connection but its own, every so many ms, until many calls failed. */
  const toOthers = async (writer: Writer, storm: { what: string; every: number }) => {
    await connect();
    const end = performance.now() + 20_000;
    for (let i = 0; (i < 60 || writer.failures() < 20) && performance.now() < end; i++) {
      await admin.query(
        `SELECT ${storm.what}(pid) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      await pause(storm.every);
    }
    await admin.end();
  };

  const storms: Readonly<Record<string, (writer: Writer) => Promise<void>>> = {
    'connections are terminated, also while they are made': (writer) =>
      toOthers(writer, { what: 'pg_terminate_backend', every: 20 }),
    'statements are cancelled': (writer) =>
      toOthers(writer, { what: 'pg_cancel_backend', every: 3 }),
    'the server stands still for longer than a call may take': async () => {
      for (const time of [100, 1.5 * callTimeout]) {
        const goOn = server.freeze();
        await pause(time);
        goOn();
        await pause(200);
      }
    },
    'the server is restarted, and crashes': async () => {
      for (const mode of ['fast', 'immediate'] as const) {
        server.stop(mode);
        server.start();
      }
    },
  };

  for (const [title, storm] of Object.entries(storms)) {
    it(`lose nothing that was acknowledged, and wait for no call too long, while ${title}`, async () => {
      const sessionId = title.replaceAll(/\W/g, '-');
      const writer = startWriter(sessionId);
      await writer.hasAcknowledged(50);
      await storm(writer);
      await writer.hasAcknowledged(writer.acknowledged.size + 50);
      const { longestCall, longestHold } = await writer.stop();
      expect(writer.failures()).toBeGreaterThan(0);
      // A refused append may make a second call, which says why; and a busy machine has its time.
      expect(longestCall).toBeLessThan(2 * callTimeout + 5_000);
      expect(longestHold).toBeLessThan(50);

      await connect();
      const held = async () => {
        const { rows } = await admin.query(
          `SELECT state, query FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()`,
        );
        return rows;
      };
      await expect.poll(held, { timeout: 20_000 }).toStrictEqual([]);
      await admin.end();
      expect(await writer.end()).toStrictEqual([0, null]);

      const service = await PostgresSessionService.open({ url: server.url });
      const events =
        (await service.get({ appName: 'app', userId: 'ada', sessionId }))?.events ?? [];
      expect(events.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      const places = new Map(events.map(({ id, seq }) => [id, seq]));
      for (const [id, seq] of writer.acknowledged)
        expect([id, places.get(id)]).toStrictEqual([id, seq]);
      await service.close();
    });
  }

  function startWriter(sessionId: string) {
    const fixture = fileURLToPath(new URL('./storm-writer.fixture.ts', import.meta.url));
    const args = ['--import', 'tsx', fixture, server.url, sessionId, String(callTimeout)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const exit = once(child, 'exit');
    const acknowledged = new Map<string, number>();
    let failures = 0;
    let stopped: Extract<StormReport, { type: 'stopped' }> | undefined;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as StormReport;
      if (report.type === 'stopped') stopped = report;
      else if (report.type === 'failed') failures++;
      else acknowledged.set(report.id, report.seq);
    });
    const until = async (isSo: () => boolean) => {
      await vi.waitUntil(() => isSo() || child.exitCode !== null, { timeout: 40_000 });
      expect(child.exitCode).toBeNull();
    };
    return {
      acknowledged,
      failures: () => failures,
      hasAcknowledged: (count: number) => until(() => acknowledged.size >= count),
      async stop() {
        child.stdin.write('stop\n');
        await until(() => stopped !== undefined);
        return stopped as NonNullable<typeof stopped>;
      },
      end() {
        child.stdin.write('end\n');
        return exit;
      },
    };
  }
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
