import { HoldfastError } from '@holdfast/core';
import type { SqlQuery } from '@holdfast/sql';
import { charactersOf } from './insert-statements.ts';
import type { MysqlConnection } from './mysql-driver.ts';
import { writeLiterals } from './mysql-literals.ts';
import { type Answer, runPrepared, runText } from './run-statement.ts';

/** Statements with more characters than this are prepared: a text may double what it carries. */
export const CHARACTERS_PER_TEXT = 2 ** 19;

// Of what goes over the wire beside the values: a header, and for each value its type and length.
const BYTES_PER_STATEMENT = 64;
const BYTES_PER_VALUE = 16;

/** Runs a statement of any size; `too_large` where the server takes none of that size. */
export async function runSized(
  connection: MysqlConnection,
  { query, maxPacketBytes }: { readonly query: SqlQuery; readonly maxPacketBytes: number },
): Promise<Answer> {
  if (query.text.length + charactersOf(query.values) <= CHARACTERS_PER_TEXT) {
    const text = writeLiterals(query);
    if (fitsPacket(Buffer.byteLength(text), { maxPacketBytes })) return runText(connection, text);
  }
  let bytes = BYTES_PER_STATEMENT;
  for (const value of query.values) {
    bytes += BYTES_PER_VALUE + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  if (bytes >= maxPacketBytes) {
    throw new HoldfastError('too_large', {
      message: `a statement of ${bytes} bytes is larger than the server takes: its max_allowed_packet is ${maxPacketBytes}`,
    });
  }
  return runPrepared(connection, query);
}

/** Whether a text of so many bytes can be sent at once. */
export function fitsPacket(
  bytes: number,
  { maxPacketBytes }: { readonly maxPacketBytes: number },
): boolean {
  return bytes + BYTES_PER_STATEMENT < maxPacketBytes;
}
