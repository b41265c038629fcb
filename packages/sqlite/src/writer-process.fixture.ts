import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SqliteDriverName } from './sqlite-driver.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';

/** What a writing process is asked to do. */
export interface WriterOptions {
  readonly url: string;
  readonly driver: SqliteDriverName;
  /** Where it writes down what was acknowledged, one `Acknowledged` a line. */
  readonly log: string;
  /** Each id in it has the process in front, so that no two are the same. */
  readonly name: string;
  readonly writers: number;
  readonly appendsEach: number;
  /** The session of each writer. */
  readonly sessionIds: readonly string[];
}

export interface Acknowledged {
  readonly sessionId: string;
  readonly id: string;
  readonly seq: number;
}

export interface WriterReport {
  readonly errors: readonly string[];
  /** The longest the event loop stood still, in ms. */
  readonly longestDelay: number;
  /** The longest an append took, in ms. */
  readonly slowestAppend: number;
}

/** Tells that it is ready, waits for a word, opens, writes, and reports. */
async function main(options: WriterOptions): Promise<WriterReport> {
  const errors: string[] = [];
  process.on('unhandledRejection', (error) => errors.push(`unhandled: ${error}`));
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let slowestAppend = 0;
  const service = await SqliteSessionService.open(options);
  delay.enable();
  const write = async (writer: number) => {
    const sessionId = options.sessionIds[writer % options.sessionIds.length] as string;
    const key = { appName: 'app', userId: 'user', sessionId };
    for (let i = 0; i < options.appendsEach; i++) {
      const id = `${options.name}-${writer}-${i}`;
      const actions = { stateDelta: { last: id, [`of-${options.name}-${writer}`]: i } };
      const start = performance.now();
      const { seq = 0 } = await service.appendEvent({ ...key, event: { id, actions } });
      slowestAppend = Math.max(slowestAppend, performance.now() - start);
      const line: Acknowledged = { sessionId, id, seq };
      appendFileSync(options.log, `${JSON.stringify(line)}\n`);
      if ((i + 1) % 100 === 0) process.send?.('hundred');
    }
  };
  for (const each of await Promise.allSettled(
    Array.from({ length: options.writers }, (_, i) => write(i)),
  )) {
    if (each.status === 'rejected') errors.push(String(each.reason));
  }
  delay.disable();
  await service.close();
  return { errors, longestDelay: delay.max / 1e6, slowestAppend };
}

process.send?.(await main(JSON.parse(process.argv[2] ?? '{}')));
process.disconnect();
