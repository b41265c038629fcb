import type { SqlWrite } from '@holdfast/sql';
import type { PostgresQuery, PostgresValue } from './postgres-connections.ts';
import { GUARD, postgresDialect } from './postgres-dialect.ts';
import { StatementName } from './statement-name.ts';

/** Puts a write into one statement, which gives the guard's revision where it was done. */
export class WriteComposer {
  // By the guard's text, then by how many rows go into which table.
  readonly #statements = new Map<string, Map<string, ComposedStatement>>();
  readonly #preparedStatements: boolean;

  constructor({ preparedStatements }: { readonly preparedStatements: boolean }) {
    this.#preparedStatements = preparedStatements;
  }

  compose(write: SqlWrite): PostgresQuery {
    const { guard, inserts } = write;
    const shape = inserts
      .map(({ insert, rows }) => (rows.length === 1 ? insert.table : `${insert.table}*`))
      .join();
    const guardText = guard?.text ?? '';
    const statements = this.#statements.get(guardText) ?? new Map<string, ComposedStatement>();
    this.#statements.set(guardText, statements);
    const statement = statements.get(shape) ?? this.#composeStatement(write);
    statements.set(shape, statement);
    const values: PostgresValue[] = guard === undefined ? [] : [...guard.values];
    for (const { insert, rows } of inserts) {
      const [first] = rows;
      if (rows.length === 1 && first !== undefined) values.push(...first);
      else values.push(...insert.columns.map((_, i) => rows.map((row) => row[i] ?? null)));
    }
    const { text, name } = statement;
    return name === undefined ? { text, values } : { text, values, name: name.next() };
  }

  #composeStatement(write: SqlWrite): ComposedStatement {
    const text = numberValues(composeText(write));
    return { text, name: this.#preparedStatements ? new StatementName(text) : undefined };
  }
}

interface ComposedStatement {
  readonly text: string;
  /** Undefined: it is planned each time. */
  readonly name: StatementName | undefined;
}

function composeText({ guard, inserts }: SqlWrite): string {
  const parts = inserts.map(({ insert, rows }, i) => {
    const source = { count: rows.length, guarded: guard !== undefined };
    return `write_${i} AS (${postgresDialect.insertRows(insert, source)})`;
  });
  if (guard === undefined) return `WITH ${parts.join(', ')} SELECT 0`;
  const first = `${GUARD} AS (${guard.text} RETURNING revision)`;
  return `WITH ${[first, ...parts].join(', ')} SELECT revision FROM ${GUARD}`;
}

/** A text whose values are `?`, with `$1`, `$2` … for them. */
export function numberValues(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => `$${++count}`);
}
