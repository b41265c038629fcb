import { describeType, invalidArgument } from '@holdfast/core/internal';
import type { AdkDatabaseRow } from './adk-database.ts';

const path = 'database.query';

/** The answer of a caller's `query`, if it is rows with the columns that were asked for. */
export function answeredRows(
  answer: unknown,
  columns: readonly string[],
): readonly AdkDatabaseRow[] {
  if (!Array.isArray(answer)) {
    throw invalidArgument(path, `must answer with an array of rows, got ${describeType(answer)}`);
  }
  for (const row of answer) {
    if (typeof row !== 'object' || row === null) {
      throw invalidArgument(
        path,
        `must answer with rows that are objects, got ${describeType(row)}`,
      );
    }
    const missing = columns.find((column) => !(column in row));
    if (missing === undefined) continue;
    const found = Object.keys(row).join(', ');
    throw invalidArgument(
      path,
      `has given a row without the column ${missing} that was asked for; it has: ${found}. A driver must leave the names of columns as they are`,
    );
  }
  return answer;
}
