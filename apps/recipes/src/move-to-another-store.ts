// Moves an app from one store to another, by way of a file of lines.

import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InMemorySessionService } from '@holdfast/in-memory';
import { type ExportRecord, exportApp, importRecords } from '@holdfast/session';
import { SqliteSessionService } from '@holdfast/sqlite';

const folder = mkdtempSync(join(tmpdir(), 'move-'));
const file = join(folder, 'shop.jsonl');
const source = new InMemorySessionService();
for (const userId of ['ada', 'bob']) {
  const chat = await source.create({ appName: 'shop', userId, sessionId: 'chat', state: { n: 1 } });
  await source.appendEvent({ ...chat, event: { id: 'hello', author: 'user' } });
}

/** One record a line: a state, a session, or one of its events. */
async function* linesOf(records: AsyncIterable<ExportRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

async function* recordsOf(path: string): AsyncGenerator<ExportRecord> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    yield JSON.parse(line);
  }
}

const lines = Readable.from(linesOf(exportApp(source, { appName: 'shop' })));
await pipeline(lines, createWriteStream(file));

const target = await SqliteSessionService.open({ url: `sqlite:${join(folder, 'shop.db')}` });
console.log(await importRecords(target, recordsOf(file)));
// It can be run again, after a failure as well: what is there stays as it is.
console.log(await importRecords(target, recordsOf(file)));

const chat = await target.get({ appName: 'shop', userId: 'bob', sessionId: 'chat' });
console.log(chat?.events[0]?.id, chat?.revision, chat?.state.toJSON());
await target.close();
rmSync(folder, { recursive: true });
