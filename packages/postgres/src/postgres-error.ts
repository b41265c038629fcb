import { isHoldfastError } from '@holdfast/core';
import { type ErrorDescription, translateWith } from '@holdfast/session/store';
import type { SqlDriverErrors } from '@holdfast/sql';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';

// Of classes: a connection; a server that takes no writes any more, or a transaction that someone
// has left open; an operator's doing, but for a cancelled query.
const CONNECTION_LOST = /^(?:08|25|57(?!014))/;

/** The SQLSTATE of a driver's error; undefined if the server has not spoken. */
function sqlState(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  // Those of Node, such as EPIPE, begin with an E, and no SQLSTATE does.
  return typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined;
}

function stateIsOneOf(...states: readonly string[]): (error: unknown) => boolean {
  return (error) => states.includes(sqlState(error) ?? '');
}

export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? !isHoldfastError(error) : CONNECTION_LOST.test(state);
}

/** The server does not know a statement by its name, or knows it by that name already. */
export const isPreparedStatementLost = stateIsOneOf('26000', '42P05');

export const isMissingTable = stateIsOneOf('42P01', '3F000');

const STATES: Readonly<Record<string, ErrorDescription>> = {
  '22P05': ['misconfigured', 'the database must be encoded in UTF8'],
  '3D000': ['misconfigured', 'the database does not exist'],
  '3F000': ['misconfigured', 'the schema does not exist'],
  '40001': ['unavailable', 'other transactions were in the way too often'],
  '40P01': ['unavailable', 'other transactions were in the way too often'],
  '42501': ['misconfigured', 'the role lacks a permission'],
  '42703': ['misconfigured', 'the tables are not those of this package'],
  '42P01': ['misconfigured', 'the tables do not exist, call migrate()'],
  '55P03': ['unavailable', 'other transactions were in the way too often'],
  XX001: ['corrupt', 'what PostgreSQL has stored cannot be read'],
  XX002: ['corrupt', 'what PostgreSQL has stored cannot be read'],
};

const CLASSES: Readonly<Record<string, ErrorDescription>> = {
  '08': ['unavailable', 'the connection was lost'],
  '25': ['unavailable', 'the database cannot be written'],
  '28': ['misconfigured', 'PostgreSQL refuses the role or its password'],
  '40': ['unavailable', 'the transaction was given up'],
  '53': ['unavailable', 'PostgreSQL has run out of something'],
  '54': ['too_large', 'PostgreSQL takes no value of that size'],
  '57': ['unavailable', 'PostgreSQL was stopped, or the query was'],
  '58': ['unavailable', 'the system under PostgreSQL failed'],
};

/** What a driver's error is to a caller. */
export const translateError = translateWith((error, reason) => {
  // A string of JavaScript has an end: at 512 MiB in Node.
  if (error instanceof RangeError) return ['too_large', 'the batch is too large for one statement'];
  const state = sqlState(error);
  if (state === undefined) {
    // The driver has no code for what it says about passwords.
    return /^SASL\b|password/.test(reason)
      ? ['misconfigured', 'PostgreSQL needs another password']
      : ['unavailable', 'PostgreSQL cannot be reached'];
  }
  return STATES[state] ?? CLASSES[state.slice(0, 2)] ?? ['internal', 'PostgreSQL failed'];
});

export const postgresErrors: SqlDriverErrors = {
  isConnectionLost,
  isContention: stateIsOneOf('40001', '40P01', '55P03'),
  // The first is what two CREATE … IF NOT EXISTS at the same time meet, in the catalog's own keys.
  isSchemaRace: stateIsOneOf(UNIQUE_VIOLATION, '42P06', '42P07'),
  isDuplicate: stateIsOneOf(UNIQUE_VIOLATION),
  translate: translateError,
};
