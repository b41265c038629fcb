// A process of its own, which appends events and writes down each that was acknowledged.

import { openSync, writeSync } from 'node:fs';
import { MysqlSessionService } from './mysql-session-service.ts';

export interface AppendWriterTask {
  readonly url: string;
  readonly tablePrefix: string;
  readonly appName: string;
  /** Told apart from those of other processes. */
  readonly name: string;
  /** The sessions of each writer, which appends to them in turn. */
  readonly writers: readonly (readonly string[])[];
  readonly appendsEach: number;
  /** Where each acknowledged append is written down: session, event id, `seq`. */
  readonly log: string;
}

const task = JSON.parse(process.argv[2] ?? '') as AppendWriterTask;
const { url, tablePrefix, appName } = task;
const service = await MysqlSessionService.open({ url, tablePrefix, maxConnections: 8 });
const log = openSync(task.log, 'a');

await Promise.all(
  task.writers.map(async (sessions, writer) => {
    for (let i = 0; i < task.appendsEach; i++) {
      const sessionId = sessions[i % sessions.length] as string;
      const id = `${task.name}-${writer}-${i}`;
      const { seq } = await service.appendEvent({
        appName,
        userId: 'ada',
        sessionId,
        event: {
          id,
          author: 'user',
          actions: { stateDelta: { [id]: i, 'app:last': id, 'user:last': id } },
        },
      });
      const line = `${sessionId} ${id} ${seq}\n`;
      writeSync(log, line);
      process.stdout.write(line);
    }
  }),
);
await service.close();
