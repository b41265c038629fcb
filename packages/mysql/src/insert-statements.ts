import type { SqlInsert, SqlQuery, SqlRows, SqlValue } from '@holdfast/sql';
import { mysqlDialect } from './mysql-dialect.ts';

const ROWS_PER_STATEMENT = 32;

// A longer row has a statement to itself.
const CHARACTERS_PER_STATEMENT = 2 ** 17;

/** Writes the statements that insert rows, each of a size that the server takes at once. */
export class InsertStatements {
  // By table, then by the number of rows.
  readonly #guarded = new Map<string, string[]>();
  readonly #plain = new Map<string, string[]>();

  /** Inserts that happen only if the guard before them has met its row. */
  guarded(inserts: readonly SqlRows[]): readonly SqlQuery[] {
    return inserts.flatMap(({ insert, rows }) =>
      chunksOf(rows).map((chunk) => ({
        text: this.#text(insert, { count: chunk.length, guarded: true }),
        values: chunk.flat(),
      })),
    );
  }

  /** Inserts that happen in any case, at a revision that is known. */
  plain(inserts: readonly SqlRows[], revision: number): readonly SqlQuery[] {
    return inserts.flatMap(({ insert, rows }) =>
      chunksOf(rows).map((chunk) => ({
        text: this.#text(insert, { count: chunk.length, guarded: false }),
        values: chunk.flatMap((row) => rowAt(insert, { row, revision })),
      })),
    );
  }

  #text(insert: SqlInsert, source: { readonly count: number; readonly guarded: boolean }): string {
    const texts = source.guarded ? this.#guarded : this.#plain;
    const ofTable = texts.get(insert.table) ?? [];
    texts.set(insert.table, ofTable);
    ofTable[source.count] ??= mysqlDialect.insertRows(insert, source);
    return ofTable[source.count] as string;
  }
}

function rowAt(
  insert: SqlInsert,
  { row, revision }: { readonly row: readonly SqlValue[]; readonly revision: number },
): readonly SqlValue[] {
  return insert.columns.map(({ fromRevision }, i) => {
    const value = row[i] ?? null;
    return fromRevision ? Number(value) + revision : value;
  });
}

function chunksOf(rows: SqlRows['rows']): readonly SqlRows['rows'][] {
  const chunks: (readonly SqlValue[])[][] = [];
  let characters = 0;
  for (const row of rows) {
    const chunk = chunks.at(-1);
    const added = charactersOf(row);
    characters += added;
    if (
      chunk === undefined ||
      chunk.length === ROWS_PER_STATEMENT ||
      characters > CHARACTERS_PER_STATEMENT
    ) {
      chunks.push([row]);
      characters = added;
    } else {
      chunk.push(row);
    }
  }
  return chunks;
}

/** How many characters values have together, roughly. */
export function charactersOf(values: readonly SqlValue[]): number {
  let sum = 0;
  for (const value of values) sum += typeof value === 'string' ? value.length : 8;
  return sum;
}
