// A process of its own that writes events, and notes each that was acknowledged in a file.
import { appendFileSync } from 'node:fs';
import { PostgresSessionService } from './postgres-session-service.ts';

/** What such a process is told, as JSON. */
export interface WriterOrder {
  readonly url: string;
  readonly schema: string;
  /** The name of the process: its event ids begin with it. */
  readonly name: string;
  /** How many write at the same time. */
  readonly writers: number;
  readonly eventsEach: number;
  readonly sessionIds: readonly string[];
  readonly log: string;
}

const user = { appName: 'writers', userId: 'ada' };

const order = JSON.parse(process.argv[2] ?? '{}') as WriterOrder;
const { url, schema, name, writers, eventsEach, sessionIds, log } = order;
const service = await PostgresSessionService.open({ url, schema, migrate: false });
await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
await service.close();

/** Each event has a key of the session, of the user and of the app to itself. */
async function write(writer: number): Promise<void> {
  for (let i = 0; i < eventsEach; i++) {
    const id = `${name}-${writer}-${i}`;
    const sessionId = sessionIds[(writer + i) % sessionIds.length] ?? '';
    const stateDelta = { [id]: i, [`user:${id}`]: i, [`app:${id}`]: i };
    const event = { id, actions: { stateDelta } };
    const { seq } = await service.appendEvent({ ...user, sessionId, event });
    appendFileSync(log, `${JSON.stringify({ sessionId, id, seq })}\n`);
  }
}
