// A process of its own that does some writes, each of which stops before one of its scripts, to be
// killed there.
import type { EventActionsInput } from '@holdfast/session';
import { Cluster } from 'ioredis';
import { interceptedClient } from './intercepted-client.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

/** What such a process is told, as JSON. */
export interface KilledWriterOrder {
  readonly port: number;
  readonly writes: readonly KilledWrite[];
}

export interface KilledWrite {
  readonly type: 'append' | 'create' | 'increment';
  readonly sessionId: string;
  /** How many scripts it runs. */
  readonly scripts: number;
}

const { port, writes } = JSON.parse(process.argv[2] ?? '{}') as KilledWriterOrder;
const cluster = new Cluster([{ host: '127.0.0.1', port }]);
let left = writes.length;

for (const { type, sessionId, scripts } of writes) {
  const client = interceptedClient(cluster, async ({ number, run }) => {
    if (number <= scripts) return await run();
    // A create would read as well, beside what it does in the background.
    if (number === scripts + 1 && --left === 0) process.stdout.write('all stopped\n');
    return await new Promise(() => {});
  });
  const service = new RedisSessionService({ client, callTimeout: 60_000 });
  // Apps of their own: nobody is to finish what another one has left.
  const key = { appName: `killed-${sessionId}`, userId: 'ada', sessionId };
  const state = { own: 1, 'app:a': 1, 'app:b': 2 };
  const append = (actions: EventActionsInput) =>
    service.appendEvent({ ...key, event: { id: 'e', actions } });
  const calls = {
    create: () => service.create({ ...key, state }),
    append: () => append({ stateDelta: state }),
    increment: () => append({ stateIncrements: state }),
  };
  const write: Promise<unknown> = calls[type]();
  write.catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
