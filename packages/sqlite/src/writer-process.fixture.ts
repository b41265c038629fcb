import { appendFileSync } from 'node:fs';
import { isHoldfastError } from '@holdfast/core';
import type { AppendEventRequest } from '@holdfast/session';
import { type EventLoopWatch, watchEventLoop } from '../../session/src/event-loop-watch.fixture.ts';
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
  /** Fewer if it gets another word meanwhile. */
  readonly appendsEach: number;
  /** Whether it sends an event again, with the same id, for as long as that may help. */
  readonly triesAgain?: boolean;
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
  /** The longest time in ms that it held its event loop, once it had begun. */
  readonly longestHold: number;
  /** The longest an append took, in ms. */
  readonly slowestAppend: number;
}

/** Tells that it is ready, waits for a word, opens, writes, and reports. */
async function main(options: WriterOptions): Promise<WriterReport> {
  const errors: string[] = [];
  process.on('unhandledRejection', (error) => errors.push(`unhandled: ${error}`));
  process.send?.('ready');
  let isOver = false;
  await new Promise<void>((resolve) => {
    let words = 0;
    // The second may come together with the first.
    process.on('message', () => {
      words++;
      resolve();
      isOver = words > 1;
    });
  });
  let slowestAppend = 0;
  const service = await SqliteSessionService.open(options);
  const append = async (request: AppendEventRequest) => {
    for (;;) {
      const start = performance.now();
      try {
        return await service.appendEvent(request);
      } catch (error) {
        const passes = isHoldfastError(error) && error.retryable;
        if (!passes || !options.triesAgain) throw error;
      } finally {
        slowestAppend = Math.max(slowestAppend, performance.now() - start);
      }
    }
  };
  let watch: EventLoopWatch | undefined;
  const write = async (writer: number) => {
    const sessionId = options.sessionIds[writer % options.sessionIds.length] as string;
    const key = { appName: 'app', userId: 'user', sessionId };
    for (let i = 0; i < options.appendsEach && !isOver; i++) {
      const id = `${options.name}-${writer}-${i}`;
      const actions = { stateDelta: { last: id, [`of-${options.name}-${writer}`]: i } };
      const { seq = 0 } = await append({ ...key, event: { id, actions } });
      watch ??= options.triesAgain ? watchEventLoop() : undefined;
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
  watch?.stop();
  await service.close();
  return { errors, longestHold: watch?.longestHold() ?? 0, slowestAppend };
}

process.send?.(await main(JSON.parse(process.argv[2] ?? '{}')));
process.disconnect();
