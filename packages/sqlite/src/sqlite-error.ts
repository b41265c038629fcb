import { isHoldfastError } from '@holdfast/core';
import { type ErrorDescription, translateWith } from '@holdfast/session/store';

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

/** Whether what SQLite read, or could not read, may be due to a file that was lost or cut. */
export function isOfFile(error: unknown): boolean {
  const code = resultCode(error) ?? '';
  return ['IOERR', 'CORRUPT', 'NOTADB', 'CANTOPEN', 'READONLY'].includes(code);
}

export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no such table');
}

const DESCRIPTIONS: Readonly<Record<string, ErrorDescription>> = {
  BUSY: ['unavailable', 'another connection held the database for too long'],
  LOCKED: ['unavailable', 'another connection held the database for too long'],
  CORRUPT: ['corrupt', 'the database file cannot be read'],
  NOTADB: ['corrupt', 'the database file cannot be read'],
  TOOBIG: ['too_large', 'SQLite takes no value of that size'],
  FULL: ['unavailable', 'the disk is full'],
  IOERR: ['unavailable', 'the disk failed'],
  READONLY: ['unavailable', 'the database cannot be written'],
  CANTOPEN: ['unavailable', 'the database file cannot be opened'],
};

// SQLite has one code for all that is left.
const BY_MESSAGE: readonly (readonly [RegExp, ...ErrorDescription])[] = [
  [/no such table/, 'misconfigured', 'the tables do not exist, call migrate()'],
  [
    /no such column|has no column named/,
    'misconfigured',
    'the tables are not those of this package',
  ],
  [
    /within a transaction/,
    'unavailable',
    'someone else has begun a transaction on the same connection',
  ],
  [/not open/, 'unavailable', 'someone else has closed the database'],
];

/** What a driver's error is to a caller. */
export const translateError = translateWith((error, reason) => {
  const known = DESCRIPTIONS[resultCode(error) ?? ''];
  if (known !== undefined) return known;
  const found = BY_MESSAGE.find(([pattern]) => pattern.test(reason));
  return found === undefined ? ['internal', 'SQLite failed'] : [found[1], found[2]];
});
