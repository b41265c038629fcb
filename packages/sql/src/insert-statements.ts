import type { SqlInsert, SqlRows } from './sql-client.ts';
import type { InsertSource, SqlDialect } from './sql-dialect.ts';
import type { SqlQuery, SqlStatement, SqlValue } from './sql-statement.ts';

const ROWS_PER_STATEMENT = 32;

// A longer row has a statement to itself.
const CHARACTERS_PER_STATEMENT = 2 ** 17;

/**
 * The statements that insert rows one by one, a few dozen at a time, for a database that takes a
 * text for each number of rows. Each text is made once.
 */
export class InsertStatements {
  readonly #dialect: SqlDialect;
  // By the insert, whether it is guarded, and how many rows it is.
  readonly #statements = new Map<SqlInsert, [plain: SqlStatement[], guarded: SqlStatement[]]>();

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  /** Inserts that happen only if the guard before them has met its row. */
  guarded({ insert, rows }: SqlRows): readonly SqlQuery[] {
    return chunksOf(rows).map((chunk) => ({
      statement: this.#statement(insert, { count: chunk.length, guarded: true }),
      values: chunk.flat(),
    }));
  }

  /** Inserts that happen in any case, at a revision that is known. */
  plain({ insert, rows }: SqlRows, revision: number): readonly SqlQuery[] {
    return chunksOf(rows).map((chunk) => ({
      statement: this.#statement(insert, { count: chunk.length, guarded: false }),
      values: valuesAt(revision, { insert, rows: chunk }),
    }));
  }

  #statement(insert: SqlInsert, source: InsertSource): SqlStatement {
    let statements = this.#statements.get(insert);
    if (statements === undefined) {
      statements = [[], []];
      this.#statements.set(insert, statements);
    }
    const byCount = statements[source.guarded ? 1 : 0];
    byCount[source.count] ??= { ...this.#dialect.insertRows(insert, source), givesRows: false };
    return byCount[source.count] as SqlStatement;
  }
}

function valuesAt(revision: number, { insert: { columns }, rows }: SqlRows): SqlValue[] {
  const values: SqlValue[] = [];
  for (const row of rows) {
    for (let i = 0; i < columns.length; i++) {
      const value = row[i] ?? null;
      values.push(columns[i]?.fromRevision ? Number(value) + revision : value);
    }
  }
  return values;
}

function chunksOf(rows: SqlRows['rows']): readonly SqlRows['rows'][] {
  if (rows.length <= 1) return rows.length === 0 ? [] : [rows];
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
