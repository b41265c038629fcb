import { ftruncateSync, openSync, writeSync } from 'node:fs';

/** What is written again and again. */
export interface LogOptions {
  readonly path: string;
}

const FRAMES = 100;
const PAGE_BYTES = 4096;

const { path }: LogOptions = JSON.parse(process.argv[2] ?? '{}');
const log = openSync(path, 'w+');
const header = Buffer.alloc(32);
header.writeUInt32BE(0x377f0683, 0);
header.writeUInt32BE(PAGE_BYTES, 8);
const frame = Buffer.alloc(24 + PAGE_BYTES);
frame.writeUInt32BE(1, 0);

/** As SQLite does: a checkpoint empties the log, and the next commits begin it anew. */
function writeAnew(): void {
  ftruncateSync(log, 0);
  writeSync(log, header, 0, header.length, 0);
  for (let i = 0; i < FRAMES; i++) {
    writeSync(log, frame, 0, frame.length, header.length + i * frame.length);
  }
}

writeAnew();
process.send?.('ready');
// Until it is killed, or its parent has ended.
while (process.connected) for (let i = 0; i < 1_000; i++) writeAnew();
