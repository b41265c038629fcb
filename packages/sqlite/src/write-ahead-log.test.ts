import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProcess } from './child-process.fixture.ts';
import type { LogOptions } from './log-process.fixture.ts';
import { tempFolder } from './test-database.fixture.ts';
import { hasHole, hasLostItsBeginning } from './write-ahead-log.ts';

const folder = tempFolder();

describe('A write-ahead log', () => {
  it('is never taken for one that was cut while another process empties and writes it', async () => {
    const path = join(folder, 'busy-wal');
    const options: LogOptions = { path };
    const writer = startProcess('./log-process.fixture.ts', options);
    expect(await writer.next()).toBe('ready');
    let cuts = 0;
    for (let look = 0; look < 20_000; look++) {
      const { size } = statSync(path);
      if (hasLostItsBeginning(path) || hasHole(path, size)) cuts++;
    }
    expect(cuts).toBe(0);
    await writer.kill();
  });

  it('has lost its beginning, or has a hole, if it was cut and written to', () => {
    const path = join(folder, 'cut-wal');
    const frameBytes = 24 + 4096;
    const whole = Buffer.alloc(32 + 10 * frameBytes);
    whole.writeUInt32BE(0x377f0682, 0);
    whole.writeUInt32BE(4096, 8);
    for (let i = 0; i < 10; i++) whole.writeUInt32BE(1, 32 + i * frameBytes);
    writeFileSync(path, whole);
    expect(hasHole(path, whole.length)).toBe(false);
    expect(hasLostItsBeginning(path)).toBe(false);
    truncateSync(path, 32 + 4 * frameBytes);
    truncateSync(path, whole.length);
    expect(hasHole(path, whole.length)).toBe(true);
    expect(hasLostItsBeginning(path)).toBe(false);
    truncateSync(path, 0);
    truncateSync(path, whole.length);
    expect(hasLostItsBeginning(path)).toBe(true);
  });
});
