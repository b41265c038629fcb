// What a process does that writes through a storm. Its first line of input tells it to stop
// writing, and the second one to end.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  type EventInput,
  isHoldfastError,
  type SessionKey,
  type SessionService,
} from '@holdfast/session';
import { watchEventLoop } from '../../session/src/event-loop-watch.fixture.ts';

/** What such a process tells, a line each. */
export type StormReport =
  | { readonly type: 'acknowledged'; readonly id: string; readonly seq: number }
  | { readonly type: 'failed' }
  | {
      readonly type: 'stopped';
      /** In ms. */
      readonly longestCall: number;
      readonly longestHold: number;
    };

const WRITERS_EACH = 4;

/** The session that is written to. */
export function stormKey(sessionId: string): SessionKey {
  return { appName: 'storms', userId: 'ada', sessionId };
}

/** Writes to one session over each of the services, and tries again what is unavailable. */
export async function writeThroughStorm(
  services: readonly SessionService[],
  sessionId: string,
): Promise<void> {
  const key = stormKey(sessionId);
  let isStopped = false;
  let longestCall = 0;

  async function append(service: SessionService, event: EventInput & { readonly id: string }) {
    for (;;) {
      const start = performance.now();
      try {
        const { seq = 0 } = await service.appendEvent({ ...key, event });
        tell({ type: 'acknowledged', id: event.id, seq });
        return;
      } catch (error) {
        if (!isHoldfastError(error, 'unavailable')) throw error;
        tell({ type: 'failed' });
        await new Promise((resolve) => setTimeout(resolve, 2));
      } finally {
        longestCall = Math.max(longestCall, performance.now() - start);
      }
    }
  }

  async function write(service: SessionService, writer: string) {
    for (let i = 0; !isStopped; i++) {
      const stateDelta = { [writer]: i, 'app:last': i };
      await append(service, { id: `${writer}-${i}`, actions: { stateDelta } });
    }
  }

  await Promise.all(services.map((service) => service.getOrCreate(key)));
  const lines = createInterface({ input: process.stdin });
  lines.once('line', () => {
    isStopped = true;
  });
  const watch = watchEventLoop();
  await Promise.all(
    services.flatMap((service, i) =>
      Array.from({ length: WRITERS_EACH }, (_, writer) => write(service, `${i}-${writer}`)),
    ),
  );
  watch.stop();
  tell({ type: 'stopped', longestCall, longestHold: watch.longestHold() });
  await once(lines, 'line');
  lines.close();
  process.stdin.destroy();
}

function tell(report: StormReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
