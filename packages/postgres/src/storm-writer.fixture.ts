// A process of its own that writes to one session, over a pool of its own and a brought one, and
// tries again what is unavailable. It tells each event that was acknowledged; after 'stop' what it
// has measured; and after another line it ends.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isHoldfastError } from '@holdfast/session';
import pg from 'pg';
import { watchEventLoop } from '../../session/src/event-loop-watch.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

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
const [url = '', sessionId = '', callTimeout = ''] = process.argv.slice(2);
const key = { appName: 'app', userId: 'ada', sessionId };
const timeouts = { acquireTimeout: Number(callTimeout), callTimeout: Number(callTimeout) };

const opened = await PostgresSessionService.open({ url, maxConnections: 3, ...timeouts });
const pool = new pg.Pool({ connectionString: url, max: 3 });
pool.on('error', () => {});
const brought = new PostgresSessionService({ client: pool, ...timeouts });

const tell = (report: StormReport) => process.stdout.write(`${JSON.stringify(report)}\n`);
const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
let isStopped = false;
let longestCall = 0;

await Promise.all([opened.getOrCreate(key), brought.get(key)]);
const lines = createInterface({ input: process.stdin });
lines.once('line', () => (isStopped = true));
const watch = watchEventLoop();
await Promise.all(
  [opened, brought].flatMap((service, pool) =>
    Array.from({ length: WRITERS_EACH }, (_, writer) => write(service, `${pool}-${writer}`)),
  ),
);
watch.stop();
tell({ type: 'stopped', longestCall, longestHold: watch.longestHold() });
await once(lines, 'line');
lines.close();
process.stdin.destroy();
await Promise.all([opened.close(), brought.close()]);
await pool.end();

async function write(service: PostgresSessionService, writer: string): Promise<void> {
  for (let i = 0; !isStopped; i++) {
    const event = { id: `${writer}-${i}`, actions: { stateDelta: { [writer]: i, 'app:last': i } } };
    for (;;) {
      const start = performance.now();
      try {
        const { seq = 0 } = await service.appendEvent({ ...key, event });
        tell({ type: 'acknowledged', id: event.id, seq });
        break;
      } catch (error) {
        if (!isHoldfastError(error, 'unavailable')) throw error;
        tell({ type: 'failed' });
        await pause();
      } finally {
        longestCall = Math.max(longestCall, performance.now() - start);
      }
    }
  }
}
