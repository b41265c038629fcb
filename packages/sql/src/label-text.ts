/**
 * The value of a label as a column keeps it: a text of PostgreSQL has no U+0000. No two values have
 * the same text, nor is it longer than twice the value.
 */
export function labelText(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
}
