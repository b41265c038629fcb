import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { afterEach, expect, it, vi } from 'vitest';
import { bundleModule } from '../../testkit/src/process/bundle-module.fixture.ts';
import { type StormReport, stormKey } from './storm-writer.fixture.ts';

/** What a storm is told of the process that writes through it. */
export interface StormedWriter {
  /** How many of its calls have failed so far. */
  failures(): number;
}

export interface StormOptions {
  readonly callTimeout: number;
  /** What happens to the server while a process writes to it, by how a title goes on. */
  readonly storms: Readonly<Record<string, (writer: StormedWriter) => Promise<void>>>;
  /** The program that writes to a session through a storm. */
  readonly writer: URL;
  /** Its arguments. */
  argsOf(sessionId: string): readonly string[];
  /** How many transactions of others are open. */
  openTransactions(): Promise<number>;
  /** A service to look with. */
  open(): Promise<SessionService>;
}

/** What must hold of every store over connections to a server, within a `describe`. */
export function itLosesNothingInStorms(options: StormOptions): void {
  const { callTimeout, storms } = options;
  const children: ChildProcess[] = [];
  afterEach(() => {
    // One that has failed a test is still writing.
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  for (const [what, storm] of Object.entries(storms)) {
    it(`lose nothing that was acknowledged, and wait for no call too long, while ${what}`, {
      timeout: 90_000,
    }, async () => {
      const sessionId = what.replaceAll(/\W+/g, '-');
      const writer = await startWriter(options.argsOf(sessionId));
      await writer.hasAcknowledged(50);
      await storm(writer);
      await writer.hasAcknowledged(writer.acknowledged.size + 50);
      const { longestCall, longestHold } = await writer.stop();
      expect(writer.failures()).toBeGreaterThan(0);
      // A refused append may make a second call, which says why; and a busy machine has its time.
      expect(longestCall).toBeLessThan(2 * callTimeout + 5_000);
      // Of connections that were never made, drivers leave much to collect.
      expect(longestHold).toBeLessThan(250);
      await expect
        .poll(() => options.openTransactions(), { interval: 250, timeout: 20_000 })
        .toBe(0);
      expect(await writer.end()).toStrictEqual([0, null]);

      const service = await options.open();
      const places = new Map<string, number>();
      let last = 0;
      for await (const { id, seq = 0 } of iterateEvents(service, stormKey(sessionId))) {
        expect(seq).toBe(++last);
        places.set(id, seq);
      }
      expect(places.size).toBe(last);
      for (const [id, seq] of writer.acknowledged) {
        expect([id, places.get(id)]).toStrictEqual([id, seq]);
      }
      await service.close();
    });
  }

  async function startWriter(args: readonly string[]) {
    const child = spawn(process.execPath, [await bundleModule(options.writer), ...args]);
    children.push(child);
    const exit = once(child, 'exit');
    const complaints = text(child.stderr);
    const acknowledged = new Map<string, number>();
    let failures = 0;
    let stopped: Extract<StormReport, { type: 'stopped' }> | undefined;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as StormReport;
      switch (report.type) {
        case 'acknowledged':
          acknowledged.set(report.id, report.seq);
          break;
        case 'failed':
          failures++;
          break;
        case 'stopped':
          stopped = report;
      }
    });
    const until = async (isSo: () => boolean) => {
      await vi.waitUntil(() => isSo() || child.exitCode !== null, { timeout: 60_000 });
      if (child.exitCode !== null) throw new Error(`the writer ended: ${await complaints}`);
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
}
