import { HoldfastError } from '@holdfast/core';
import {
  charactersOf,
  readInteger,
  readRows,
  type SqlQuery,
  type SqlResult,
  type SqlValue,
} from '@holdfast/sql';
import { identityOf, type MysqlConnection, type MysqlStatement } from './mysql2-client.ts';

/** What a statement gives. */
export interface MysqlResult extends SqlResult {
  /** What it gave to LAST_INSERT_ID; 0 if nothing. */
  readonly lastInsertId: bigint;
  /** Whether it has left the connection in a transaction. Of a statement with rows it is not known. */
  readonly isInTransaction: boolean;
}

/** Statements with more characters than this are prepared: a text may double what it carries. */
export const CHARACTERS_PER_TEXT = 2 ** 19;

// Of what goes over the wire beside the values: a header, and for each value its type and length.
const BYTES_PER_STATEMENT = 64;
const BYTES_PER_VALUE = 16;

// https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html
const SERVER_STATUS_IN_TRANS = 1;

/** Runs one statement, whose values are in its text. */
export async function runText(connection: MysqlConnection, text: string): Promise<MysqlResult> {
  return readResult(resultOf(await connection.query(driverStatement(connection, text))));
}

/**
 * Runs statements in one round trip, two or more. The first one that fails is the last one that is
 * run. A server that is told to stop a query, and that is just between two of them, may leave out
 * the rest without an error.
 */
export async function runScript(
  connection: MysqlConnection,
  texts: readonly string[],
): Promise<readonly MysqlResult[]> {
  const statement = driverStatement(connection, texts.join(';\n'));
  const results = resultOf(await connection.query(statement));
  // If there is one result, it is not in a list, and it may have rows.
  if (!Array.isArray(results) || results.length !== texts.length) throw new ScriptCut();
  return results.map(readResult);
}

/** The server has not run all of a script: what it has begun is still there. */
export class ScriptCut extends Error {
  override readonly name = 'ScriptCut';
  readonly fatal = true;

  constructor() {
    super('the server has left out statements of a script');
  }
}

/** Runs a statement of any size; `too_large` if the server takes none of that size. */
export async function runStatement(
  connection: MysqlConnection,
  { query, maxPacketBytes }: { readonly query: SqlQuery; readonly maxPacketBytes: number },
): Promise<MysqlResult> {
  const text = textOf(query, maxPacketBytes);
  if (text !== undefined) return runText(connection, text);
  let bytes = BYTES_PER_STATEMENT;
  for (const value of query.values) {
    bytes += BYTES_PER_VALUE + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }
  if (bytes >= maxPacketBytes) {
    throw new HoldfastError('too_large', {
      message: `a statement of ${bytes} bytes is larger than the server takes: its max_allowed_packet is ${maxPacketBytes}`,
    });
  }
  const statement = driverStatement(connection, query.statement.pieces.join('?'));
  const values = [...query.values];
  return readResult(resultOf(await connection.execute({ ...statement, values })));
}

/** A statement with its values in its text; undefined if that is too long to be sent at once. */
export function textOf(query: SqlQuery, maxPacketBytes: number): string | undefined {
  if (queryLength(query) > CHARACTERS_PER_TEXT) return undefined;
  const text = writeLiterals(query);
  return fitsPacket(Buffer.byteLength(text), maxPacketBytes) ? text : undefined;
}

/** How many characters a statement has with its values, roughly. */
export function queryLength({ statement, values }: SqlQuery): number {
  return charactersOf(statement.pieces) + charactersOf(values);
}

/** Whether a text of so many bytes can be sent at once. */
export function fitsPacket(bytes: number, maxPacketBytes: number): boolean {
  return bytes + BYTES_PER_STATEMENT < maxPacketBytes;
}

function driverStatement(connection: MysqlConnection, sql: string): MysqlStatement {
  return {
    sql,
    rowsAsArray: true,
    typeCast: hasTypeCast(connection) ? castAsUsual : true,
    nestTables: false,
    namedPlaceholders: false,
  };
}

/** Whether the client has a `typeCast` of its own, which only another function takes the place of. */
function hasTypeCast(connection: MysqlConnection): boolean {
  type Inside = { readonly config?: { readonly typeCast?: unknown } };
  return typeof (identityOf(connection) as Inside).config?.typeCast === 'function';
}

function castAsUsual(_field: unknown, next: () => unknown): unknown {
  return next();
}

/** What a statement gave, which comes with its columns; `misconfigured` if it comes in another way. */
function resultOf(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer[0];
  throw new HoldfastError('misconfigured', {
    message: 'the client, or a wrapper around it, does not answer as mysql2 does',
  });
}

function readResult(result: unknown): MysqlResult {
  if (Array.isArray(result)) {
    const rows = readRows(result).map(readRow);
    return { rows, changes: 0, lastInsertId: 0n, isInTransaction: false };
  }
  const { affectedRows, insertId, serverStatus } = (result ?? {}) as Record<string, unknown>;
  return {
    rows: [],
    changes: readInteger(affectedRows),
    lastInsertId: readInsertId(insertId),
    isInTransaction: (readInteger(serverStatus) & SERVER_STATUS_IN_TRANS) !== 0,
  };
}

/** It may have more digits than a number: then it is a string. */
function readInsertId(insertId: unknown): bigint {
  const isString = typeof insertId === 'string' && /^\d{1,20}$/.test(insertId);
  return BigInt.asUintN(64, BigInt(isString ? insertId : readInteger(insertId)));
}

// Ids are bytes to the database.
function readRow(row: readonly unknown[]): readonly unknown[] {
  return row.map((value) => (Buffer.isBuffer(value) ? value.toString() : value));
}

/** A statement with its values in its text, whatever `sql_mode` the connection is in. */
export function writeLiterals({ statement: { pieces }, values }: SqlQuery): string {
  let text = pieces[0] as string;
  for (let i = 1; i < pieces.length; i++) {
    text += writeLiteral(values[i - 1] ?? null) + pieces[i];
  }
  return text;
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
