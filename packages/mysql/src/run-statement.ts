import type { SqlQuery, SqlResult } from '@holdfast/sql';
import type { MysqlConnection, MysqlStatement } from './mysql-driver.ts';

/** What a statement gives. */
export interface Answer extends SqlResult {
  /** What it gave to LAST_INSERT_ID; 0 where nothing. */
  readonly lastInsertId: number;
}

/** Runs one statement, whose values are in its text. */
export async function runText(connection: MysqlConnection, text: string): Promise<Answer> {
  const [result] = await connection.query(statementOf(text));
  return answerOf(result);
}

/** Runs statements in one round trip. The first one that fails is the last one that is run. */
export async function runScript(
  connection: MysqlConnection,
  texts: readonly string[],
): Promise<readonly Answer[]> {
  const [results] = await connection.query(statementOf(texts.join(';\n')));
  return (results as readonly unknown[]).map(answerOf);
}

/** Prepares a statement and runs it, with its values as they are. */
export async function runPrepared(
  connection: MysqlConnection,
  { text, values }: SqlQuery,
): Promise<Answer> {
  const [result] = await connection.execute({ ...statementOf(text), values: [...values] });
  return answerOf(result);
}

function statementOf(sql: string): MysqlStatement {
  return {
    sql,
    rowsAsArray: true,
    typeCast: true,
    nestTables: false,
    namedPlaceholders: false,
  };
}

function answerOf(result: unknown): Answer {
  if (Array.isArray(result)) return { rows: result.map(readRow), changes: 0, lastInsertId: 0 };
  const { affectedRows, insertId } = result as Record<string, unknown>;
  return { rows: [], changes: Number(affectedRows), lastInsertId: Number(insertId) };
}

// Ids are bytes to the database.
function readRow(row: readonly unknown[]): readonly unknown[] {
  return row.map((value) => (Buffer.isBuffer(value) ? value.toString() : value));
}
