import { isHoldfastError } from '@holdfast/core';
import { isError } from '@holdfast/core/internal';
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

const NOT_OUR_TABLES: ErrorDescription = [
  'misconfigured',
  'the tables are not those of this package, or a temporary table hides them',
];
const REFUSED_SETTING: ErrorDescription = [
  'misconfigured',
  'PostgreSQL refuses a setting of the connection',
];
const DAMAGED: ErrorDescription = ['corrupt', 'what PostgreSQL has stored cannot be read'];
const CONTENTION: ErrorDescription = [
  'unavailable',
  'other transactions were in the way too often',
];

const STATES: Readonly<Record<string, ErrorDescription>> = {
  '0A000': ['unsupported', 'PostgreSQL is too old, or lacks a feature'],
  // A value that is refused though all that is sent was checked: the column is another one.
  '22001': NOT_OUR_TABLES,
  '22023': REFUSED_SETTING,
  '22P05': ['misconfigured', 'the database must be encoded in UTF8'],
  '25006': [
    'unavailable',
    'the database cannot be written now: it is a standby, or default_transaction_read_only is on',
  ],
  '3D000': ['misconfigured', 'the database does not exist'],
  '3F000': ['misconfigured', 'the schema does not exist, or search_path names none that does'],
  '40001': CONTENTION,
  '40P01': CONTENTION,
  '42501': ['misconfigured', 'the role lacks a permission'],
  '42703': NOT_OUR_TABLES,
  '42704': REFUSED_SETTING,
  '42804': NOT_OUR_TABLES,
  '42809': NOT_OUR_TABLES,
  '428C9': NOT_OUR_TABLES,
  '42P01': [
    'misconfigured',
    'the tables do not exist, or are not in search_path: call migrate(), or set schema',
  ],
  '42P10': NOT_OUR_TABLES,
  '53400': ['misconfigured', 'a limit of PostgreSQL is set too low'],
  '54001': ['misconfigured', 'max_stack_depth of PostgreSQL is set too low'],
  '55P02': REFUSED_SETTING,
  '55P03': CONTENTION,
  '57P04': ['misconfigured', 'the database does not exist any more'],
  P0001: ['misconfigured', 'a trigger on the tables refuses what is written'],
  XX001: DAMAGED,
  XX002: DAMAGED,
};

const CLASSES: Readonly<Record<string, ErrorDescription>> = {
  '08': ['unavailable', 'the connection was lost'],
  // All constraints but unique keys, which are not translated, are somebody else's.
  '23': NOT_OUR_TABLES,
  '25': ['unavailable', 'the transaction was ended, or was not ours'],
  '28': ['misconfigured', 'PostgreSQL refuses the role or its password'],
  '40': ['unavailable', 'the transaction was given up'],
  '53': ['unavailable', 'PostgreSQL has run out of something'],
  '54': ['too_large', 'PostgreSQL takes no value of that size'],
  '57': ['unavailable', 'PostgreSQL was stopped, or the query was'],
  '58': ['unavailable', 'the system under PostgreSQL failed'],
};

// What Node and the driver say about TLS. Of a certificate, it is the code that says it.
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/;
const NO_TLS = /does not support SSL|SSL connection/;
// One code is for all that is wrong with what was sent. A pooler has it for what passes, as well.
const REFUSED_STARTUP =
  /startup (?:parameter|packet)|replication|no such (?:user|database)|auth(?:entication)? failed/;

// What the system says of a path on which no socket can be, or that this user may not use.
const REFUSED_SOCKET = /^(?:EACCES|EPERM|ENOTDIR|ENAMETOOLONG)$/;

// What Node says of a value that is none for what it is used for.
const INVALID_OPTION = /^ERR_(?:SOCKET_BAD_PORT|INVALID_(?:ARG_\w+|IP_ADDRESS))$/;

/** Whether a file could not be read, such as one with a certificate. */
export function isFileError(error: unknown): boolean {
  const { syscall, code } = (error ?? {}) as {
    readonly syscall?: unknown;
    readonly code?: unknown;
  };
  // To read from a connection is another call of the same name.
  return syscall === 'open' || code === 'EISDIR';
}

/** What an error means on which no server has put a code, or only a general one. */
function describeUncoded(error: unknown, reason: string): ErrorDescription {
  if (isError(error) && error.name === 'TypeError')
    return ['internal', 'the driver of PostgreSQL failed'];
  // The driver has no code for what it says about passwords.
  if (/^SASL\b|password/i.test(reason)) {
    return ['misconfigured', 'PostgreSQL needs another password'];
  }
  if (isFileError(error)) return ['misconfigured', 'a file that the URL names cannot be read'];
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (REFUSED_SOCKET.test(String(code))) {
    return ['misconfigured', 'the socket of PostgreSQL cannot be used'];
  }
  if (CERTIFICATE.test(String(code)) || NO_TLS.test(reason)) {
    return ['misconfigured', 'no secure connection to PostgreSQL can be made'];
  }
  return ['unavailable', 'PostgreSQL cannot be reached'];
}

/** What a driver's error is to a caller. */
export const translateError = translateWith((error, reason) => {
  if (INVALID_OPTION.test(String((error as { readonly code?: unknown } | null)?.code))) {
    return ['misconfigured', 'pg cannot use an option of the connection'];
  }
  // A string of JavaScript has an end: at 512 MiB in Node.
  if (isError(error) && error.name === 'RangeError')
    return ['too_large', 'the batch is too large for one statement'];
  const state = sqlState(error);
  if (state === undefined) return describeUncoded(error, reason);
  if (state === '08P01' && REFUSED_STARTUP.test(reason)) {
    return ['misconfigured', 'PostgreSQL, or a pooler before it, refuses the connection'];
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
