import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { type ErrorDescription, translateWith } from '@holdfast/session/store';
import type { SqlDriverErrors } from '@holdfast/sql';

// Server errors: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
// and https://mariadb.com/kb/en/mariadb-error-code-reference/
const DUPLICATE_KEY = 1062;
const FOREIGN_TRANSACTION = 1568;
const CONTENTION = [1205, 1213]; // a lock that was waited for too long, a deadlock
// The server goes down; a connection was aborted, killed, or idle for too long.
const SHUTDOWN = [1053, 1077, 1079, 1080, 1152, 1184, 1927, 4031];
// A server that has become a replica: another connection may lead to the new primary.
const READ_ONLY = [1290, 1792, 1836];

const IN_TRANSACTION = 'the connection is in a transaction of somebody else';

const DESCRIPTIONS: readonly (readonly [...ErrorDescription, errnos: readonly number[]])[] = [
  ['unavailable', 'other transactions were in the way too often', CONTENTION],
  ['unavailable', 'the database cannot be written', READ_ONLY],
  ['unavailable', 'the connection was ended', SHUTDOWN],
  ['unavailable', 'the disk is full', [1021, 1114]],
  ['unavailable', 'the database has no connection left', [1040, 1203, 1226]],
  ['unavailable', 'the query was stopped', [1317, 1969, 3024]],
  ['misconfigured', 'the database refuses access', [1044, 1045, 1142, 1143, 1227, 1698]],
  ['misconfigured', 'the connection has no database', [1046]],
  ['misconfigured', 'the database does not exist', [1049]],
  ['misconfigured', 'the tables do not exist, call migrate()', [1146]],
  ['misconfigured', 'the tables are not those of this package', [1054]],
  ['misconfigured', 'binlog_format must be ROW or MIXED', [1665]],
  // A packet, a string, a result, a column.
  ['too_large', 'the database takes no value of that size', [1153, 1162, 1301, 1406]],
  // A key file, a table, an index.
  ['corrupt', 'what is stored cannot be read', [1034, 1035, 1194, 1195, 1712, 1877]],
  // Syntax, a character set, a collation, a storage engine.
  ['unsupported', 'MySQL 8 or MariaDB 10.11 is needed', [1064, 1115, 1235, 1273, 1286]],
  ['unsupported', IN_TRANSACTION, [FOREIGN_TRANSACTION]],
];

/** The number of a server's error; undefined if the server has not spoken. */
function serverErrno(error: unknown): number | undefined {
  const errno = (error as { readonly errno?: unknown } | null | undefined)?.errno;
  // The system's own errors are negative.
  return typeof errno === 'number' && errno >= 1000 ? errno : undefined;
}

function errnoIsOneOf(...errnos: readonly number[]): (error: unknown) => boolean {
  return (error) => errnos.includes(serverErrno(error) ?? 0);
}

export function isConnectionLost(error: unknown): boolean {
  if (isHoldfastError(error)) return false;
  const isFatal = (error as { readonly fatal?: unknown } | null | undefined)?.fatal === true;
  const errno = serverErrno(error);
  return isFatal || errno === undefined || SHUTDOWN.includes(errno) || READ_ONLY.includes(errno);
}

/** Whether the connection is in a transaction that is not ours, and so not ours to end. */
export const isForeignTransaction = errnoIsOneOf(FOREIGN_TRANSACTION);

/** A connection that is in one, which has not shown in an error. */
export function foreignTransaction(): HoldfastError {
  return new HoldfastError('unsupported', { message: IN_TRANSACTION });
}

export const isContention = errnoIsOneOf(...CONTENTION);

/** A table, or its database. */
export const isMissingTable = errnoIsOneOf(1146, 1049);

/** What a driver's error is to a caller. */
export const translateError = translateWith((error) => {
  const errno = serverErrno(error);
  if (errno === undefined) return ['unavailable', 'the database cannot be reached'];
  const found = DESCRIPTIONS.find(([, , errnos]) => errnos.includes(errno));
  return found === undefined ? ['internal', 'the database failed'] : [found[0], found[1]];
});

export const mysqlErrors: SqlDriverErrors = {
  isConnectionLost,
  isContention,
  // The lock of a migration keeps everyone out, whatever tables they create.
  isSchemaRace: () => false,
  isDuplicate: errnoIsOneOf(DUPLICATE_KEY),
  translate: translateError,
};
