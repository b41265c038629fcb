import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';

// Primary result codes: https://www.sqlite.org/rescode.html
const NAMES = new Map([
  [5, 'BUSY'],
  [6, 'LOCKED'],
  [8, 'READONLY'],
  [10, 'IOERR'],
  [11, 'CORRUPT'],
  [13, 'FULL'],
  [14, 'CANTOPEN'],
  [18, 'TOOBIG'],
  [19, 'CONSTRAINT'],
  [26, 'NOTADB'],
]);

/** The primary result code of a driver's error by name, such as `BUSY`; undefined if it has none. */
export function resultCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errcode, rawCode } = error as Record<string, unknown>;
  const extended = errcode ?? rawCode;
  if (typeof extended === 'number') return NAMES.get(extended & 0xff);
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return undefined;
  return code.split('_')[1];
}

/** Whether another connection is in the way, so that the same call may go through soon. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 'BUSY' || code === 'LOCKED';
}

/** Whether a statement was refused, and what came before it in the transaction still stands. */
export function isOfStatement(error: unknown): boolean {
  const code = resultCode(error);
  return isHoldfastError(error) || code === 'CONSTRAINT' || code === 'TOOBIG';
}

/** Whether a unique key is taken: no other constraint can be broken. */
export function isDuplicate(error: unknown): boolean {
  return resultCode(error) === 'CONSTRAINT';
}

export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no such table');
}

/** What a driver's error is to a caller. */
export function translateError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const [code, problem] = describe(error);
  return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
}

function describe(error: unknown): [HoldfastErrorCode, string] {
  switch (resultCode(error)) {
    case 'BUSY':
    case 'LOCKED':
      return ['unavailable', 'another connection held the database for too long'];
    case 'CORRUPT':
    case 'NOTADB':
      return ['corrupt', 'the database file cannot be read'];
    case 'TOOBIG':
      return ['too_large', 'SQLite takes no value of that size'];
    case 'FULL':
      return ['unavailable', 'the disk is full'];
    case 'READONLY':
      return ['unavailable', 'the database cannot be written'];
    case 'CANTOPEN':
      return ['unavailable', 'the database file cannot be opened'];
    default:
      return ['unavailable', describeByMessage(error)];
  }
}

// SQLite has one code for all that is left.
function describeByMessage(error: unknown): string {
  if (isMissingTable(error)) return 'the tables are not there, call migrate()';
  if (error instanceof Error && error.message.includes('within a transaction')) {
    return 'someone else has begun a transaction on the same connection';
  }
  return 'SQLite failed';
}
