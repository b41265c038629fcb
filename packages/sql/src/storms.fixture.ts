import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { afterEach, expect, it, vi } from 'vitest';
import { type StormReport, stormKey } from './storm-writer.fixture.ts';

/** What happens to a server while processes write to it. */
export interface StormOptions {
  readonly callTimeout: number;
  /** By what happens. */
  readonly storms: Readonly<Record<string, () => Promise<void>>>;
  /** The program that writes to a session through a storm, and its arguments. */
  writer(sessionId: string): readonly string[];
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
      const writer = startWriter(options.writer(sessionId));
      await writer.hasAcknowledged(50);
      await storm();
      await writer.hasAcknowledged(writer.acknowledged.size + 50);
      const { failures, longestCall, longestHold } = await writer.stop();
      expect(failures).toBeGreaterThan(0);
      // A refused append may make a second call, which says why; and a busy machine has its time.
      expect(longestCall).toBeLessThan(2 * callTimeout + 5_000);
      expect(longestHold).toBeLessThan(50);
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

  function startWriter(program: readonly string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', ...program]);
    children.push(child);
    const exit = once(child, 'exit');
    const complaints = text(child.stderr);
    const acknowledged = new Map<string, number>();
    let stopped: Extract<StormReport, { type: 'stopped' }> | undefined;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as StormReport;
      if (report.type === 'stopped') stopped = report;
      else acknowledged.set(report.id, report.seq);
    });
    const until = async (isSo: () => boolean) => {
      await vi.waitUntil(() => isSo() || child.exitCode !== null, { timeout: 60_000 });
      if (child.exitCode !== null) throw new Error(`the writer ended: ${await complaints}`);
    };
    return {
      acknowledged,
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
