import {
  joinSql,
  type SqlInsert,
  type SqlQuery,
  type SqlStatement,
  type SqlText,
  type SqlValue,
  type SqlWrite,
  sql,
} from '@holdfast/sql';
import { GUARD, postgresDialect } from './postgres-dialect.ts';

/** A value of a statement, or a column of values. */
export type PostgresValue = SqlValue | readonly SqlValue[];

export interface PostgresQuery {
  /** With `$1`, `$2` … for the values. */
  readonly text: string;
  readonly values: readonly PostgresValue[];
  /** Under which the text is prepared, once on each connection. Without one it is planned each time. */
  readonly name?: string | undefined;
}

/** Makes what PostgreSQL takes of statements, each once. */
export class StatementComposer {
  readonly #preparedStatements: boolean;
  readonly #queries = new WeakMap<SqlStatement, Omit<PostgresQuery, 'values'>>();
  readonly #writes = new WeakMap<object, WriteShape>();

  constructor({ preparedStatements }: { readonly preparedStatements: boolean }) {
    this.#preparedStatements = preparedStatements;
  }

  query({ statement, values }: SqlQuery): PostgresQuery {
    let composed = this.#queries.get(statement);
    if (composed === undefined) {
      const text = numbered(statement);
      // With a name, a text is taken apart once. One whose plan might be kept has none.
      const isNamed = this.#preparedStatements && statement.planEachUse === true;
      composed = { text, name: isNamed ? statementName(text) : undefined };
      this.#queries.set(statement, composed);
    }
    return { text: composed.text, name: composed.name, values };
  }

  /** A write as one statement, which gives the guard's row if it was done. */
  write(write: SqlWrite): PostgresQuery {
    const { guard, inserts } = write;
    let shape = this.#shapeOf(guard?.statement ?? UNGUARDED);
    const values: PostgresValue[] = guard === undefined ? [] : [...guard.values];
    for (const { insert, rows } of inserts) {
      const [first] = rows;
      const isOne = rows.length === 1 && first !== undefined;
      shape = shape.next(insert, isOne ? 'one' : 'many');
      if (isOne) values.push(...first);
      else values.push(...insert.columns.map((_, i) => rows.map((row) => row[i] ?? '')));
    }
    shape.text ??= numbered(composeText(write));
    return {
      text: shape.text,
      name: this.#preparedStatements ? shape.nextName() : undefined,
      values,
    };
  }

  #shapeOf(guard: SqlStatement | typeof UNGUARDED): WriteShape {
    let shape = this.#writes.get(guard);
    if (shape === undefined) {
      shape = new WriteShape();
      this.#writes.set(guard, shape);
    }
    return shape;
  }
}

const UNGUARDED = {};

/** What a write is made of: after a guard, one row or many go into this table, and then into that. */
class WriteShape {
  text: string | undefined;
  #name: string | undefined;
  #uses = 0;
  readonly #one = new Map<SqlInsert, WriteShape>();
  readonly #many = new Map<SqlInsert, WriteShape>();

  next(insert: SqlInsert, rows: 'one' | 'many'): WriteShape {
    const shapes = rows === 'one' ? this.#one : this.#many;
    let shape = shapes.get(insert);
    if (shape === undefined) {
      shape = new WriteShape();
      shapes.set(insert, shape);
    }
    return shape;
  }

  /**
   * The name for the next use. PostgreSQL keeps the plan of a name, even one that was made for a
   * table of a few rows and reads the whole of it. After 10, 100, 1,000 … uses there is a new
   * name, and so a new plan, which knows how large the tables have become.
   */
  nextName(): string {
    this.#name ??= statementName(this.text ?? '');
    this.#uses++;
    return `${this.#name}_${String(this.#uses).length}`;
  }
}

function composeText({ guard, inserts }: SqlWrite): SqlText {
  const guarded = guard !== undefined;
  const parts = inserts.map(({ insert, rows }, i) => {
    const rowsOf = postgresDialect.insertRows(insert, { count: rows.length, guarded });
    return sql`${`write_${i}`} AS (${rowsOf})`;
  });
  if (guard === undefined) return sql`WITH ${joinSql(parts, ', ')} SELECT 0`;
  const all = [sql`${GUARD} AS (${guard.statement})`, ...parts];
  return sql`WITH ${joinSql(all, ', ')} SELECT revision, incarnation FROM ${GUARD}`;
}

/** A text with `$1`, `$2` … for its values. */
function numbered({ pieces }: SqlText): string {
  return pieces.reduce((text, piece, i) => `${text}$${i}${piece}`);
}

/**
 * The name under which a text is prepared. It comes from the text, so that it means the same text
 * to everyone with whom the connection is shared: other services, copies of this package, and
 * other processes behind a pooler.
 */
function statementName(text: string): string {
  return `holdfast_${hashText(text).toString(36)}`;
}

/** A number that stands for a text, the same in every process: 53 bits of its FNV-1a hash. */
export function hashText(text: string): number {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return Number(BigInt.asUintN(53, hash));
}
