import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { isError } from '@holdfast/core/internal';
import { type ErrorDescription, translateWith } from '@holdfast/session/store';

// Primary result codes: https://www.sqlite.org/rescode.html
const NAMES = new Map([
  [3, 'PERM'],
  [5, 'BUSY'],
  [6, 'LOCKED'],
  [7, 'NOMEM'],
  [8, 'READONLY'],
  [9, 'INTERRUPT'],
  [10, 'IOERR'],
  [11, 'CORRUPT'],
  [13, 'FULL'],
  [14, 'CANTOPEN'],
  [15, 'PROTOCOL'],
  [18, 'TOOBIG'],
  [19, 'CONSTRAINT'],
  [23, 'AUTH'],
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

/** Whether a unique key is taken. Whoever else puts constraints on the tables makes other ones. */
export function isDuplicate(error: unknown): boolean {
  return resultCode(error) === 'CONSTRAINT' && /^UNIQUE/.test((error as Error).message);
}

/** Whether it may be due to a file that was lost or cut, or to what may be done with a file. */
export function isOfFile(error: unknown): boolean {
  const code = resultCode(error) ?? '';
  return ['IOERR', 'CORRUPT', 'NOTADB', 'CANTOPEN', 'READONLY'].includes(code);
}

/** Whether it is about what may be done with a file. */
export function isOfAccess(error: unknown): boolean {
  const code = resultCode(error) ?? '';
  return ['CANTOPEN', 'READONLY', 'PERM'].includes(code);
}

export function isMissingTable(error: unknown): boolean {
  return isError(error) && error.message.includes('no such table');
}

const HELD = 'another connection held the database for too long';
const UNREADABLE = 'the database file cannot be read';
const IN_TRANSACTION = 'the connection is in a transaction of somebody else';
const NOT_OURS = 'the tables are not those of this package';

const DESCRIPTIONS: Readonly<Record<string, ErrorDescription>> = {
  BUSY: ['unavailable', HELD],
  LOCKED: ['unavailable', HELD],
  PROTOCOL: ['unavailable', HELD],
  INTERRUPT: ['unavailable', 'someone else has interrupted the database'],
  NOMEM: ['unavailable', 'SQLite has no memory left'],
  FULL: ['unavailable', 'the disk is full, or the database has as many pages as it may'],
  IOERR: ['unavailable', 'the disk failed'],
  CANTOPEN: ['unavailable', 'the database file cannot be opened'],
  READONLY: ['misconfigured', 'the database cannot be written'],
  PERM: ['misconfigured', 'the database may not be used'],
  AUTH: ['misconfigured', 'the authorizer of the connection forbids what is needed'],
  CONSTRAINT: ['misconfigured', `${NOT_OURS}: someone has added a constraint or a trigger`],
  CORRUPT: ['corrupt', UNREADABLE],
  NOTADB: ['corrupt', UNREADABLE],
  TOOBIG: ['too_large', 'SQLite takes no value of that size'],
};

// SQLite has one code for all that is left, and what a driver says by itself has none.
const BY_MESSAGE: readonly (readonly [RegExp, ...ErrorDescription])[] = [
  [/no such table/, 'misconfigured', 'the tables do not exist, call migrate()'],
  [
    /no such column|has no column named|because it is a view|ON CONFLICT clause does not match/,
    'misconfigured',
    NOT_OURS,
  ],
  [
    /^too many |^Expression tree is too large/,
    'misconfigured',
    'the limits of the connection are too low for what is needed',
  ],
  [/within a transaction/, 'unsupported', IN_TRANSACTION],
  [
    /busy executing a query/,
    'unsupported',
    'the connection is in the middle of a query of somebody else',
  ],
  [/not open|has closed|closed database/, 'unavailable', 'someone else has closed the database'],
];

/** What a driver's error is to a caller. */
export const translateError = translateWith((error, reason) => {
  const known = DESCRIPTIONS[resultCode(error) ?? ''];
  if (known !== undefined) return known;
  const found = BY_MESSAGE.find(([pattern]) => pattern.test(reason));
  return found === undefined ? ['internal', 'SQLite failed'] : [found[1], found[2]];
});

/** Of a read within a transaction of the connection's owner. A write is refused by SQLite itself. */
export function foreignTransaction(): HoldfastError {
  return new HoldfastError('unsupported', { message: IN_TRANSACTION });
}

/** Of rows that were to be written, and were not, although nothing has failed. */
export function leftOut(): HoldfastError {
  return new HoldfastError('misconfigured', {
    message: `${NOT_OURS}: someone has added a trigger that leaves rows out`,
  });
}

/** What it means that a file cannot be used, with what keeps this process from it, if anything does. */
export function accessError(cause: unknown, problem: string | undefined): HoldfastError {
  const known = DESCRIPTIONS[resultCode(cause) ?? ''];
  if (problem === undefined || known === undefined) return translateError(cause);
  return new HoldfastError('misconfigured', { message: `${known[1]}: ${problem}`, cause });
}
