import { closeSync, openSync, readSync } from 'node:fs';

// https://www.sqlite.org/fileformat2.html#walformat
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

// More would hold the event loop for longer than a few ms.
const MOST_FRAMES = 2_000;

/**
 * Whether a write-ahead log has something else at its beginning than a log. SQLite writes that
 * before all else, so such a log was cut to nothing and written to afterwards.
 */
export function hasLostItsBeginning(path: string): boolean {
  return withReader(path, (numberAt) => {
    const magic = numberAt(0);
    // The last bit tells the order of bytes.
    return magic !== undefined && (magic & ~1) !== MAGIC;
  });
}

/**
 * Whether there is a hole in a write-ahead log. SQLite writes one frame after the other, and each
 * begins with the number of a page, which is not 0. If a log is cut while it is open, whoever has
 * it open goes on behind the place where it ended. Of a very long log, some frames are looked at.
 */
export function hasHole(path: string, size: number): boolean {
  return withReader(path, (numberAt) => {
    const pageBytes = numberAt(8);
    // Another process has emptied it since, and may be writing to it again.
    if (pageBytes === undefined) return false;
    const frameBytes = FRAME_HEADER_BYTES + pageBytes;
    const frames = Math.floor((size - HEADER_BYTES) / frameBytes);
    const step = Math.ceil(frames / MOST_FRAMES);
    for (let i = frames - 1; i >= 0; i -= step) {
      if (numberAt(HEADER_BYTES + i * frameBytes) === 0) return true;
    }
    return false;
  });
}

/** Undefined behind the end. */
type NumberAt = (position: number) => number | undefined;

// To close a file ends the locks that this process has on it, and SQLite locks the database and
// its -shm file. A log has no locks, so it alone can be read.
function withReader(path: string, look: (numberAt: NumberAt) => boolean): boolean {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    // It is gone by now, or this process may open no more files. Nothing is known against it.
    return false;
  }
  const bytes = Buffer.alloc(4);
  try {
    return look((position) =>
      readSync(handle, bytes, 0, 4, position) === 4 ? bytes.readUInt32BE() : undefined,
    );
  } finally {
    closeSync(handle);
  }
}
