import { utf8ByteLength } from '@holdfast/core/internal';

/** A key of a state, and its value. */
export type StateEntry = readonly [name: string, value: unknown];

/** So much state goes into one write, if no single value is larger. */
const CHUNK_BYTES = 1024 * 1024;

/** The entries in groups of about 1 MiB: a state as a whole may be larger than a write. */
export function chunksOf(entries: readonly StateEntry[]): readonly (readonly StateEntry[])[] {
  const chunks: StateEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    if (size > room || chunks.length === 0) {
      chunks.push([]);
      room = CHUNK_BYTES;
    }
    chunks.at(-1)?.push(entry);
    room -= size;
  }
  return chunks;
}

function sizeOf([name, value]: StateEntry): number {
  try {
    const text = JSON.stringify(value, (_, inner) =>
      typeof inner === 'bigint' ? String(inner) : inner,
    );
    return utf8ByteLength(name) + utf8ByteLength(text ?? '');
  } catch {
    return CHUNK_BYTES; // It nests too deep to be written.
  }
}
