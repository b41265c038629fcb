import type { SqlQuery, SqlValue } from '@holdfast/sql';

// A service has a few dozen texts. Those of services that are gone make room in the end.
const MOST_TEXTS = 1_000;
const pieces = new Map<string, readonly string[]>();

/** A statement with its values in its text, whatever `sql_mode` the connection is in. */
export function writeLiterals({ text, values }: SqlQuery): string {
  if (values.length === 0) return text;
  let between = pieces.get(text);
  if (between === undefined) {
    between = text.split('?');
    if (pieces.size >= MOST_TEXTS) pieces.clear();
    pieces.set(text, between);
  }
  let written = between[0] as string;
  for (let i = 1; i < between.length; i++) {
    written += writeLiteral(values[i - 1] ?? null) + between[i];
  }
  return written;
}

function writeLiteral(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  // Both ways name the character set: the parts of a union must be of one collation.
  // It depends on the connection whether a backslash escapes: https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html#sqlmode_no_backslash_escapes
  if (value.includes('\\') || value.includes('\0')) {
    return `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`;
  }
  return `_utf8mb4 '${value.replaceAll("'", "''")}'`;
}
